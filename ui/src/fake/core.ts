import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type {
  ActivityView,
  AppStatus,
  CheckRequest,
  DeployOptions,
  DraftOperation,
  ErrorView,
  ImportRequest,
} from "@/api";
import { checkAnswers, noteRun, seedChecks } from "./checks";
import { connectionTest, fabricMap, hits, importReport } from "./answers";
import { history, runs, seedHistory, startRun, undoPlan } from "./deployments";
import { draftView, drafts, openDraft } from "./drafts";
import { driftAnswers, driftOf, seedDrift, seenAgain } from "./drift";
import {
  BOXES,
  configText,
  deviceRows,
  domainDetail,
  domainRow,
  fillDevices,
  growTo,
  iso,
  portsOf,
  service,
  services,
} from "./fabric";
import { audit, cleanUpPlan } from "./leftovers";
import { makePlan, planText, plans } from "./plans";
import { scanAnswers } from "./scans";
import { type Scene, playScene } from "./scenes";
import { seedSettings, settingsAnswers } from "./settings";
import { snapshotAnswers } from "./snapshots";

/** The in-memory core: the same commands and events as the real one, for `npm run dev:fake` and the tests. */
export interface FakeOptions {
  /** Starts with the practice lab discovered. */
  filled: boolean;
  /** 1 is for eyes, 50 for tests. */
  speed: number;
  mode?: AppStatus["mode"];
  scene?: Scene;
  /** Number of services; forty when not given. */
  services?: number;
  /** Number of open drift events; six when not given. */
  drift?: number;
  /** Whether the desktop shows tray icons; it does when not given. */
  tray?: boolean;
}

type Args = Record<string, unknown>;
class Refusal {
  constructor(readonly view: ErrorView) {}
}

export function refuse(code: string, sentence: string): never {
  throw new Refusal({ code, sentence, next: null, device: null, object: null, words: null });
}

const activities: ActivityView[] = [];
function mapWithDrift() {
  const map = fabricMap();
  const counted = (node: (typeof map.devices)[number]) => ({
    ...node,
    drift: driftOf((event) => event.device === node.device),
  });
  return { ...map, devices: map.devices.map(counted) };
}

export function installFakeCore(options: FakeOptions): void {
  for (const map of [drafts, plans, runs]) map.clear();
  history.length = 0;
  deviceRows.length = 0;
  activities.length = 0;
  seedSettings(options.tray ?? true);
  seedDrift(options.filled ? options.drift : 0);
  seedChecks(options.filled);
  if (options.filled) {
    if (options.services !== undefined) growTo(options.services);
    fillDevices();
    seedHistory();
    if (options.scene !== undefined) playScene(options.scene);
  }
  mockIPC(
    (command, payload) => {
      try {
        return answer(command, (payload ?? {}) as Args, options);
      } catch (thrown) {
        if (thrown instanceof Refusal) return Promise.reject(thrown.view);
        throw thrown;
      }
    },
    { shouldMockEvents: true },
  );
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function status(options: FakeOptions): AppStatus {
  return {
    version: "0.1.0",
    lab: deviceRows.length === 0 ? "No lab" : "Practice lab",
    mode: deviceRows.length === 0 ? "empty" : (options.mode ?? "practice"),
    user: "kestrel",
    devices: deviceRows.length,
    devicesFresh: deviceRows.length,
    newestRead: deviceRows.length === 0 ? null : iso(60_000),
    keyring: { available: true, name: "Secret Service keyring", reason: null },
    dataFolder: "/home/kestrel/.local/share/bridgekeeper",
    domains: deviceRows.length === 0 ? 0 : services.length,
    drafts: drafts.size,
    openDeployments: [...runs.values()].filter((r) => r.detail.row.status === "running").map((r) => r.detail.row.id),
    lockedByAnother: false,
  };
}

function say(topics: string[]): void {
  void emit("data-changed", { topics });
}

function discover(object: string, options: FakeOptions, total = BOXES.length): ActivityView {
  const activity: ActivityView = {
    id: `a-${activities.length + 1}`,
    kind: object === "Practice lab" ? "practice-lab" : "discovery",
    state: "running",
    object,
    fact: `0 of ${total} devices`,
    done: 0,
    total,
    secondsLeft: 3,
    started: iso(),
    canCancel: true,
    devices: [],
  };
  activities.unshift(activity);
  const step = () => {
    if (activity.state !== "running") return;
    activity.done += 1;
    activity.fact = `${activity.done} of ${activity.total} devices`;
    if (activity.done === activity.total) {
      activity.state = "done";
      activity.secondsLeft = null;
      activity.canCancel = false;
      fillDevices();
      seenAgain();
      say(["status", "devices", "domains", "snapshots", "drift"]);
    } else setTimeout(step, 220 / options.speed);
    void emit("activity-changed", { ...activity });
  };
  setTimeout(step, 300 / options.speed);
  return { ...activity };
}

function draftOf(args: Args) {
  return drafts.get(text(args.draft)) ?? refuse("draft-unknown", "This draft does not exist any more.");
}

function runOf(args: Args) {
  const id = Number(args.deployment);
  return runs.get(id) ?? refuse("deployment-unknown", `Deployment ${id} is only in the list of this invented history.`);
}

function answer(command: string, args: Args, options: FakeOptions): unknown {
  // An answer may be null, so only what is undefined is asked for further on.
  for (const part of [scanAnswers, snapshotAnswers, driftAnswers, checkAnswers, settingsAnswers]) {
    const known = part(command, args, say);
    if (known !== undefined) return known;
  }
  const events = {
    deployment: (deployment: number) => void emit("deployment-changed", { deployment }),
    transcript: (deployment: number, rows: unknown[]) => void emit("transcript-added", { deployment, rows }),
    data: say,
  };
  switch (command) {
    case "app_status":
      return status(options);
    case "activities":
      return activities.map((activity) => ({ ...activity }));
    case "activity_cancel": {
      const activity = activities.find((one) => one.id === args.id);
      if (activity !== undefined) Object.assign(activity, { state: "cancelled", canCancel: false });
      void emit("activity-changed", { ...activity });
      return null;
    }
    case "start_practice_lab":
      return discover("Practice lab", options);
    case "discovery_start":
      return discover("Discovery", options);
    case "check_now": {
      const activity = discover("Drift check", options, (args.request as CheckRequest).devices?.length);
      return { run: noteRun((args.request as CheckRequest).devices), activity };
    }
    case "devices_list":
      return [...deviceRows];
    case "credentials_list":
      return deviceRows.length === 0
        ? []
        : [
            {
              name: "practice-lab",
              user: "kestrel",
              way: "password",
              key: null,
              storedIn: "Secret Service keyring",
              devices: 9,
            },
          ];
    case "credential_set":
      say(["devices"]);
      return null;
    case "agent_keys":
      return [{ fingerprint: `SHA256:${"k".repeat(43)}`, algorithm: "ssh-ed25519", comment: "kestrel at the desk" }];
    case "jump_hosts_list":
    case "host_keys_list":
      return [];
    case "pick_import_file":
      return { text: "name,address\nLEAF-X01,192.0.2.11\n", source: "devices.csv", credentials: null };
    case "devices_import_preview":
    case "devices_import":
      return importReport(args.request as ImportRequest, command === "devices_import");
    case "device_remove":
      deviceRows.splice(
        deviceRows.findIndex((d) => d.name === args.device),
        1,
      );
      say(["devices", "status"]);
      return null;
    case "device_test":
      return connectionTest(text(args.device));
    case "host_key_trust":
    case "host_key_replace":
      return deviceRows.find((d) => d.name === args.device);
    case "domains_list":
      return deviceRows.length === 0
        ? []
        : services.map((s) => ({
            ...domainRow(s, draftIdOf(s.name)),
            drift: driftOf((event) => event.domains.includes(s.name)),
          }));
    case "domain_detail": {
      const s =
        service(text(args.domain)) ??
        refuse("domain-unknown", `No device holds a bridge domain named ${text(args.domain)}.`);
      const past = history.filter((row) => row.domain === s.name).map((row) => row.id);
      return { ...domainDetail(s, draftIdOf(s.name)), history: past };
    }
    case "domain_config": {
      const s = service(text(args.domain));
      return (s === undefined ? [] : domainRow(s, null).devices).map((device) => ({
        device,
        text: configText(device),
        hash: "9c41f0",
        read: iso(60_000),
      }));
    }
    case "fabric_map":
      return mapWithDrift();
    case "search":
      return hits(text(args.query));
    case "drafts_list":
      return [...drafts.values()].map((d) => ({
        id: d.id,
        domain: d.domain,
        changes: draftView(d).changes.length,
        saved: d.saved,
      }));
    case "draft_open":
      return draftView(openDraft(text(args.domain)));
    case "draft_get":
      return draftView(draftOf(args));
    case "draft_apply": {
      const draft = draftOf(args);
      draft.done.push(args.operation as DraftOperation);
      draft.undone = [];
      draft.saved = iso();
      return draftView(draft);
    }
    case "draft_undo":
    case "draft_redo": {
      const draft = draftOf(args);
      const [from, to] = command === "draft_undo" ? [draft.done, draft.undone] : [draft.undone, draft.done];
      const op = from.pop();
      if (op !== undefined) to.push(op);
      return draftView(draft);
    }
    case "draft_include": {
      const draft = draftOf(args);
      if (args.included === true) draft.left.delete(text(args.change));
      else draft.left.add(text(args.change));
      return draftView(draft);
    }
    case "draft_discard":
      drafts.delete(text(args.draft));
      say(["drafts", "domains", "status"]);
      return null;
    case "ports_of": {
      const draft = drafts.get(text(args.draft));
      const taken =
        draft === undefined ? [] : draftView(draft).rows.map((r) => (r.after?.interface ?? "").split(".")[0] ?? "");
      return { device: args.device, ports: portsOf(text(args.device), taken), read: iso(60_000) };
    }
    case "plan_make": {
      const draft = draftOf(args);
      const view = draftView(draft);
      return makePlan(draft, draft.domain, view.changes, view.lines, null).view;
    }
    case "plan_get":
      return plans.get(text(args.plan))?.view ?? refuse("plan-unknown", "This plan is not kept any more.");
    case "plan_export":
      return planText((plans.get(text(args.plan)) ?? refuse("plan-unknown", "This plan is not kept any more.")).view);
    case "plan_precheck": {
      const total = plans.get(text(args.plan))?.view.devices.length ?? 0;
      return [
        ["reachable", "Reachable, signed in"],
        ["host-key", "Host key known"],
        ["pending", "No pending commit, candidate empty"],
        ["base", "Base unchanged"],
      ].map(([check, label]) => ({ check, label, passed: total, total, result: "passed", errors: [] }));
    }
    case "rollback_plan":
      return (undoPlan(Number(args.deployment)) ?? refuse("deployment-unknown", "Its plan is not kept.")).view;
    case "sync_target":
      return {
        target: "Discover and sync",
        devices: [],
        added: 0,
        updated: 0,
        removed: 0,
        unchanged: 0,
        failed: 0,
        sentence: "0 added, 0 updated, 0 removed, 0 unchanged.",
      };
    case "rollback_choices":
      return { deployment: Number(args.deployment), undoable: true, overlaps: [], choices: [] };
    case "audit":
      return audit();
    case "clean_up_plan":
      return cleanUpPlan();
    case "restore_plan":
      return { ...cleanUpPlan(), kind: "restore" };
    case "deployment_start": {
      const plan = plans.get(text(args.plan)) ?? refuse("plan-unknown", "This plan is not kept.");
      const { policy } = args.options as DeployOptions;
      return structuredClone(startRun(plan, events, options.speed, policy));
    }
    case "deployment_choose": {
      const run = runOf(args);
      return structuredClone(args.choice === "retry" ? startRun(run.plan, events, options.speed) : run.detail);
    }
    case "deployment_detail":
      return structuredClone(runOf(args).detail);
    case "deployments_list":
      return structuredClone(history);
    case "deployment_transcript":
      return runs.get(Number(args.deployment))?.log.slice(Number(args.from)) ?? [];
    case "drift_detail":
      return refuse("not-known", `There is no drift ${Number(args.id)}.`);
    default:
      return refuse("unknown-command", `The in-memory core does not know ${command}.`);
  }
}

function draftIdOf(domain: string): string | null {
  return [...drafts.values()].find((d) => d.domain === domain)?.id ?? null;
}
