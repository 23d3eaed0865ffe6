import type {
  CheckRow,
  DeploymentDetail,
  DeploymentRow,
  DeviceProgress,
  PartState,
  PartView,
  PhaseCell,
  Policy,
  SequenceView,
  TranscriptRow,
} from "@/api";
import { edited } from "./drafts";
import { drafts } from "./drafts";
import { DAY, iso, service } from "./fabric";
import { CHECKS, type FakePlan, PHASES, makePlan } from "./plans";

export interface Run {
  detail: DeploymentDetail;
  plan: FakePlan;
  log: TranscriptRow[];
  before: string;
}
export const runs = new Map<number, Run>();
export const history: DeploymentRow[] = [];

export interface Emit {
  deployment: (id: number) => void;
  transcript: (id: number, rows: TranscriptRow[]) => void;
  data: (topics: string[]) => void;
}

export function seedHistory(): void {
  const base = { kind: "edit", undoes: null, undoneBy: null, by: "kestrel" } as const;
  history.push(
    {
      ...base,
      id: 212,
      domain: "g_kestrel_v251",
      status: "verified",
      sentence: "2 attachments added, 3 devices",
      started: iso(3600_000),
      seconds: 51,
      devices: 3,
    },
    {
      ...base,
      id: 211,
      domain: "g_birch_v307",
      status: "refused",
      sentence: "LEAF-B14 refused, both devices old",
      by: "birch",
      started: iso(5 * 3600_000),
      seconds: 19,
      devices: 2,
    },
    {
      ...base,
      id: 210,
      domain: "g_heron_v328",
      kind: "undo",
      undoes: 207,
      status: "verified",
      sentence: "Undo of 207, text equals before",
      by: "heron",
      started: iso(1.2 * DAY),
      seconds: 46,
      devices: 5,
    },
    {
      ...base,
      id: 206,
      domain: "g_marten_v335",
      status: "aborted",
      sentence: "Aborted in Prepare, 3 devices old",
      by: "marten",
      started: iso(1.6 * DAY),
      seconds: 33,
      devices: 3,
    },
  );
}

const STEP_MS = 420;

/** Plays a deployment: phases one after another on every device, a log, a clock, checks, a decision. */
export function startRun(
  plan: FakePlan,
  emit: Emit,
  speed: number,
  policy: Policy = "all-or-nothing",
): DeploymentDetail {
  const id = Math.max(213, ...history.map((row) => row.id + 1));
  const devices = plan.view.devices.map((d): DeviceProgress => ({
    device: d.device,
    state: "old",
    stateAt: null,
    notes: [],
    cells: PHASES.map(([phase]) => cell(phase)),
    seconds: 0,
    group: d.group,
    hashBefore: d.base,
    hashAfter: null,
  }));
  const row: DeploymentRow = {
    id,
    domain: plan.view.domain,
    kind: plan.view.kind,
    undoes: plan.view.undoes,
    undoneBy: null,
    status: "running",
    sentence: "Preflight",
    by: "kestrel",
    started: iso(),
    seconds: 0,
    devices: devices.length,
  };
  const detail: DeploymentDetail = {
    row,
    plan: plan.view.hash,
    phase: "preflight",
    devices,
    clock: null,
    decided: null,
    checks: [],
    card: null,
    sequence: policy === "all-or-nothing" ? null : parts(policy, id),
    childOf: null,
    rollback: {
      sentence: "Nothing to roll back: no device has committed.",
      possible: false,
      reason: "It is running.",
      lines: plan.view.reverseLines,
      devices: devices.length,
    },
    leftovers: [],
    abort: "Abort",
    error: null,
  };
  const run: Run = { detail, plan, log: [], before: JSON.stringify(service(plan.view.domain)) };
  runs.set(id, run);
  history.unshift(row);
  void play(run, emit, speed);
  return detail;
}

/** The first part has begun; the fake plays no second one. */
function parts(policy: Policy, deployment: number): SequenceView {
  const part = (device: string, state: PartState): PartView => ({
    devices: [device],
    deployment: state === "running" ? deployment : null,
    state,
    sentence: state === "running" ? "Going on." : "Waits for its turn.",
  });
  return {
    policy,
    parts: [part("LEAF-A03", "running"), part("LEAF-B14", "waiting")],
    running: true,
    sentence: "Part 1 of 2 goes on.",
  };
}

function cell(phase: string): PhaseCell {
  return { phase, state: "waiting", word: null, seconds: null, done: 0, total: 0 };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function play(run: Run, emit: Emit, speed: number): Promise<void> {
  const { detail } = run;
  const id = detail.row.id;
  const say = (device: string | null, kind: string, text: string) => {
    const row = { seq: run.log.length, at: iso(), device, kind, text };
    run.log.push(row);
    emit.transcript(id, [row]);
  };
  const until = iso(-600_000);
  for (const [at, [phase, label]] of PHASES.entries()) {
    detail.phase = phase;
    detail.row.sentence = label;
    for (const [n, device] of detail.devices.entries()) {
      const one = device.cells[at];
      if (one === undefined) continue;
      one.state = "running";
      emit.deployment(id);
      for (const line of (phase === "prepare" ? run.plan.view.devices[n]?.forward : [`show system commit`]) ?? []) {
        say(device.device, "sent", line);
        if (phase === "prepare") say(device.device, "sent", "top");
      }
      if (phase === "prepare") say(device.device, "answer", "Commit check passed successfully");
      if (phase === "commit-confirm") say(device.device, "answer", "Commit succeeded by kestrel");
      await pause(STEP_MS / speed);
      one.state = "passed";
      one.seconds = 1.2 + n;
      if (phase === "commit-confirm") {
        device.state = "pending-until";
        device.stateAt = until;
        detail.clock = { until, secondsLeft: 590, window: 600 };
        detail.abort = "Cancel and go back";
        detail.rollback.sentence = `Cancel the pending commit: all ${detail.devices.length} devices are old again in about 5 s.`;
      }
      if (phase === "verify") {
        one.word = "9 of 9";
        detail.checks = checks(detail, n);
      }
      if (phase === "confirm") {
        device.state = "new";
        device.stateAt = null;
        device.hashAfter = "b27e51";
      }
      device.seconds += 3;
      detail.row.seconds += 1;
      emit.deployment(id);
    }
    say(null, "note", `barrier passed, ${label}`);
    if (phase === "verify") {
      detail.decided = iso();
      detail.abort = "Finish, then roll back";
      say(null, "note", "decision: confirm, written to the journal");
    }
  }
  finish(run);
  emit.deployment(id);
  emit.data(["deployments", "domains", "drafts", "snapshots", "status"]);
}

function checks(detail: DeploymentDetail, upTo: number): CheckRow[] {
  return CHECKS.map(([check, label, gating], row) => ({
    check,
    label,
    gating,
    evidence: `${label}: as planned`,
    results: detail.devices.map((d, n) => ({
      device: d.device,
      result:
        n > upTo
          ? "running"
          : row === 8 && n === 0
            ? "failed"
            : row === 8
              ? "not-observable"
              : row === 6 && n === 1
                ? "not-applicable"
                : "passed",
      evidence: row === 8 ? "12 of 14 on ge100-0/0/29.251" : "as planned",
      before:
        row === 8 ? "| 00:10:94:00:25:0c | ge100-0/0/31.251 | D |\n| 00:10:94:00:25:0d | ge100-0/0/31.251 | D |" : null,
      after: row === 8 ? "| 00:10:94:00:25:0c | ge100-0/0/29.251 | D |" : null,
    })),
  }));
}

function finish(run: Run): void {
  const { detail, plan } = run;
  const target = service(plan.view.domain);
  if (target !== undefined) {
    if (plan.draft !== null) {
      const after = edited(plan.draft);
      target.members = after.members;
      target.vlan = after.vlan;
      drafts.delete(plan.draft.id);
    } else {
      const undone = [...runs.values()].find((r) => r.detail.row.id === plan.view.undoes);
      if (undone !== undefined) Object.assign(target, JSON.parse(undone.before));
      const row = history.find((r) => r.id === plan.view.undoes);
      if (row !== undefined) row.undoneBy = detail.row.id;
    }
    target.changedAgo = 0;
  }
  detail.clock = null;
  detail.abort = null;
  detail.row.status = "verified";
  detail.row.sentence =
    plan.view.kind === "undo"
      ? `Undo of ${plan.view.undoes ?? 0}, text equals before`
      : `${plan.view.lines} lines, ${detail.devices.length} devices`;
  detail.leftovers = ["No pending commit, no running timer", "Candidates empty, no session of ours open"];
  detail.rollback = {
    sentence: `${plan.view.reverseLines} lines on ${detail.devices.length} devices would undo ${detail.row.id}. No later deployment touched these objects.`,
    possible: true,
    reason: null,
    lines: plan.view.reverseLines,
    devices: detail.devices.length,
  };
}

export function undoPlan(id: number): FakePlan | null {
  const run = runs.get(id);
  if (run === undefined) return null;
  const lines = run.plan.view.devices.map((d) => ({ device: d.device, forward: d.reverse, reverse: d.forward }));
  const changes = run.plan.view.changes.map((c) => ({
    ...c,
    sign: c.sign === "added" ? ("removed" as const) : c.sign === "removed" ? ("added" as const) : c.sign,
  }));
  return makePlan(null, run.plan.view.domain, changes, lines, id);
}
