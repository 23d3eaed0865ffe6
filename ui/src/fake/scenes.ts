import type { CellState, DecisionCard, DeploymentDetail } from "@/api";
import { runs, history } from "./deployments";
import { draftView, openDraft } from "./drafts";
import { deviceRows, iso } from "./fabric";
import { makePlan, PHASES } from "./plans";

/** States that are hard to reach by hand, for looking at them. */
export type Scene = "refused" | "doubt" | "keys" | "silent";

export function playScene(scene: Scene): void {
  if (scene === "keys") keys();
  else if (scene === "silent") silent();
  else stopped(scene);
}

function silent(): void {
  for (const row of deviceRows) Object.assign(row, { reachability: "no-answer", lastRead: iso(7_200_000) });
}

function keys(): void {
  const [, changed, unknown] = deviceRows;
  if (changed === undefined || unknown === undefined) return;
  Object.assign(changed, {
    reachability: "key-changed",
    offeredKey: "SHA256:Zb4T8sWqXf2Kp0LmR7vY5HsJ3nAe9DuG1oQiNxEtHkCw",
    error: {
      code: "host-key-changed",
      sentence: `The host key of ${changed.name} has changed. The connection was closed before the password was sent.`,
      next: "Compare fingerprints",
      device: changed.name,
      object: null,
      words: null,
    },
  });
  Object.assign(unknown, {
    reachability: "key-unknown",
    hostKey: null,
    offeredKey: "SHA256:q7Vn3XkLw0Tz9RfB2mYc5HsJ8dPe1GuA6oKiNxEtQvMk",
  });
}

function stopped(scene: "refused" | "doubt"): void {
  const draft = openDraft("g_kestrel_v251");
  draft.done.push({ op: "addAttachment", device: "LEAF-B06", port: "ge100-0/0/5", vlan: null });
  const view = draftView(draft);
  const plan = makePlan(draft, draft.domain, view.changes, view.lines, null);
  const doubt = scene === "doubt";
  const devices = plan.view.devices.map((device, at) => ({
    device: device.device,
    state: doubt ? (at === 0 ? "unknown-since" : "new") : "old-candidate-not-proven-clean",
    stateAt: doubt && at === 0 ? iso(60_000) : null,
    notes: [],
    cells: PHASES.map(([phase], n) => ({
      phase,
      state: cellState(doubt, at, n),
      word: !doubt && n === 1 && at === 0 ? "refused" : null,
      seconds: n < 2 ? 1.2 + at : null,
      done: 0,
      total: 0,
    })),
    seconds: 7,
    group: device.group,
    hashBefore: device.base,
    hashAfter: null,
  }));
  const id = 214;
  const sentence = doubt ? "LEAF-B06 did not answer at Confirm." : "In Prepare, needs your decision";
  const detail: DeploymentDetail = {
    row: {
      id,
      domain: draft.domain,
      kind: "edit",
      undoes: null,
      undoneBy: null,
      status: doubt ? "in-doubt" : "running",
      sentence,
      by: "kestrel",
      started: iso(120_000),
      seconds: 14,
      devices: devices.length,
    },
    plan: plan.view.hash,
    phase: doubt ? "confirm" : "prepare",
    devices,
    clock: doubt ? { until: iso(-252_000), secondsLeft: 252, window: 600 } : null,
    decided: doubt ? iso(70_000) : null,
    checks: [],
    card: card(doubt),
    sequence: null,
    childOf: null,
    rollback: {
      sentence: doubt ? "Possible when all devices are new." : "Nothing to roll back: no device has committed.",
      possible: false,
      reason: null,
      lines: plan.view.reverseLines,
      devices: devices.length,
    },
    leftovers: [],
    abort: doubt ? "Finish, then roll back" : "Abort",
    error: null,
  };
  runs.set(id, { detail, plan, log: [], before: "{}" });
  history.unshift(detail.row);
}

function cellState(doubt: boolean, device: number, phase: number): CellState {
  if (doubt) return phase < 4 ? "passed" : phase === 4 ? (device === 0 ? "unknown" : "passed") : "waiting";
  if (phase === 0) return "passed";
  return phase === 1 ? (device === 0 ? "refused" : "held") : "waiting";
}

function card(doubt: boolean): DecisionCard {
  if (doubt)
    return {
      kind: "in-doubt",
      sentence: "Deployment 214 is in doubt. LEAF-B06 did not answer at Confirm.",
      certain: [],
      notKnown: ["LEAF-B06: its commit was sent; new if it arrived, else old at the end of its timer."],
      ifNothing:
        "Tried every 15 s. After its timer and a margin it is read again: new, or old and its lines are applied again.",
      words: null,
      diff: null,
      choices: [
        {
          choice: "recover",
          label: "Reach LEAF-B06 and confirm",
          consequence: "Signs in again and confirms.",
          refused: null,
        },
        { choice: "abort", label: "Finish, then roll back", consequence: "Completes, then undoes.", refused: null },
      ],
    };
  return {
    kind: "refused",
    sentence: "LEAF-B06 refused the change at commit check. Nothing has changed on any device.",
    certain: ["All devices run the old configuration."],
    notKnown: [],
    ifNothing: null,
    words: "LEAF-B06(cfg)# commit check\nERROR: TRANSACTION_COMMIT_CHECK_FAILED\u001b[0m",
    diff: null,
    choices: [
      {
        choice: "retry",
        label: "Retry LEAF-B06",
        consequence: "Removes our lines there, sends the same again, checks again.",
        refused: null,
      },
      {
        choice: "discover-and-sync",
        label: "Read and plan again",
        consequence: "Cleans all, reads LEAF-B06, opens Changes.",
        refused: null,
      },
      {
        choice: "continue-without",
        label: "Continue without it",
        consequence: "",
        refused: "Not allowed by the policy of this plan, all or nothing.",
      },
      {
        choice: "abort",
        label: "Abort",
        consequence: "Removes our lines everywhere and proves each old on a fresh session.",
        refused: null,
      },
    ],
  };
}
