import type {
  CheckDeviceView,
  CheckRunView,
  CheckScope,
  InsightDevice,
  InsightView,
  ScheduleInput,
  ScheduleView,
} from "@/api";
import { BOXES, DAY, iso } from "./fabric";

const HOUR = 3_600_000;
const schedules: ScheduleView[] = [];
/** The newest first. */
const runs: CheckRunView[] = [];

const BLANK: ScheduleInput = {
  id: null,
  name: "",
  scope: { what: "all" },
  cron: "0 * * * *",
  zone: "Europe/Berlin",
  jitterSeconds: 60,
  atOnce: 8,
  limitSeconds: 600,
  enabled: true,
};

function scopeWords(scope: CheckScope): string {
  if (scope.what === "all") return "all devices";
  return scope.what === "devices" ? scope.devices.join(", ") : `groups ${scope.groups.join(", ")}`;
}

const due = (inMs: number) => ({ at: iso(-inMs), local: `${iso(-inMs).slice(0, 16).replace("T", " ")} CEST` });

function view(input: ScheduleInput, id: number): ScheduleView {
  return {
    id,
    input: { ...input, id },
    scopeWords: scopeWords(input.scope),
    next: input.enabled ? due(1_260_000) : null,
    lastDue: null,
    created: iso(DAY),
    changed: iso(DAY),
  };
}

function run(ago: number, devices: readonly string[], silent: readonly string[], rest: Partial<CheckRunView>): void {
  const results = devices.map((device): CheckDeviceView => {
    const blind = silent.includes(device);
    const drift = device === "SPINE-2" || device === "LEAF-B06";
    return {
      device,
      at: iso(ago),
      outcome: blind ? "not-checked" : drift ? "drift" : "in-sync",
      events: drift && !blind ? 1 : 0,
      code: blind ? "device-unreachable" : null,
      reason: blind ? `${device} does not answer on port 22.` : null,
      millis: blind ? null : 240,
    };
  });
  const count = (outcome: CheckDeviceView["outcome"]) => results.filter((one) => one.outcome === outcome).length;
  runs.push({
    id: 100 - runs.length,
    schedule: null,
    scheduleName: null,
    why: "by-hand",
    whyWords: "asked for in the window",
    due: null,
    by: "kestrel",
    started: iso(ago),
    state: "ended",
    ended: iso(ago - 4000),
    inSync: count("in-sync"),
    drift: count("drift"),
    notChecked: count("not-checked"),
    devices: results,
    ...rest,
  });
}

export function seedChecks(filled: boolean): void {
  schedules.length = 0;
  runs.length = 0;
  if (!filled) return;
  schedules.push(view({ ...BLANK, name: "All, every hour" }, 1));
  schedules.push(
    view({ ...BLANK, name: "Spines at night", scope: { what: "groups", groups: ["spine"] }, enabled: false }, 2),
  );
  const names = BOXES.map((box) => box.name);
  const scheduled = { schedule: 1, scheduleName: "All, every hour", why: "scheduled", whyWords: "it was due" } as const;
  run(60_000, names, ["LEAF-B10"], scheduled);
  run(HOUR, names, [], scheduled);
  run(3 * HOUR, ["SPINE-2"], [], {});
}

/** A person asked for a check: it is there at once, with what was seen last. */
export function noteRun(devices: readonly string[] | null): number {
  const before = runs.length;
  run(0, devices ?? BOXES.map((box) => box.name), ["LEAF-B10"], {});
  const [made] = runs.splice(before, 1);
  if (made !== undefined) runs.unshift({ ...made, id: 100 + before });
  return 100 + before;
}

export function checkAnswers(command: string, args: Record<string, unknown>, say: (topics: string[]) => void): unknown {
  switch (command) {
    case "schedules_list":
      return schedules.map((one) => ({ ...one }));
    case "schedule_blank":
      return { ...BLANK };
    case "schedule_preview":
      return { times: [1, 2, 3, 4, 5].map((n) => due(n * HOUR)) };
    case "schedule_save": {
      const input = args.input as ScheduleInput;
      const at = schedules.findIndex((one) => one.id === input.id);
      const saved = view(input, input.id ?? schedules.length + 1);
      if (at < 0) schedules.push(saved);
      else schedules[at] = saved;
      say(["checks"]);
      return saved;
    }
    case "schedule_remove":
      schedules.splice(
        schedules.findIndex((one) => one.id === args.id),
        1,
      );
      say(["checks"]);
      return null;
    case "check_runs":
      return runs.slice(0, Number(args.limit));
    case "drift_insight":
      return insight(Number(args.days));
    default:
      return undefined;
  }
}

const KNOWN: Partial<InsightDevice> = {
  health: 52,
  reasons: [
    { reason: "1 open event of severity critical", points: 40 },
    { reason: "1 of 12 checks could not be made", points: 8 },
  ],
  leftOpen: 1,
  watched: "Watched for 14 of 35 days; what came in the rest is not known.",
  chancePercent: 74,
  forecast: "Drift within a day with a chance of 74 %.",
  forecastReasons: [
    "1.35 times a watched day lately; what is a week ago counts a third.",
    "61 % of them from 14:00 to 17:00.",
  ],
  intervalMinutes: 45,
  interval: "A check every 45 min: drift comes 1.35 times a day, so one interval in ten sees some.",
};

function insight(days: number): InsightView {
  const devices = BOXES.map((box): InsightDevice => {
    const quiet: InsightDevice = {
      device: box.name,
      health: 100,
      reasons: [],
      leftOpen: 0,
      watched: "Watched for 2 of 2 days.",
      chancePercent: null,
      forecast: "Too little history for a forecast.",
      forecastReasons: [],
      intervalMinutes: null,
      interval: "Too little history for a suggestion: 2 watched days; it takes 7.",
    };
    return box.name === "SPINE-2" ? { ...quiet, ...KNOWN } : quiet;
  });
  devices.sort((a, b) => (b.chancePercent ?? -1) - (a.chancePercent ?? -1));
  const filled = runs.length > 0;
  return {
    days,
    from: iso(days * DAY),
    to: iso(),
    zone: "Europe/Berlin",
    incomplete: null,
    events: filled ? 19 : 0,
    byDevice: filled
      ? [
          { name: "SPINE-2", count: 11 },
          { name: "LEAF-B06", count: 6 },
          { name: "LEAF-A02", count: 2 },
        ]
      : [],
    byKind: filled
      ? [
          { kind: "mismatch", title: "Mismatch", count: 12 },
          { kind: "missing-on-device", title: "Missing on device", count: 7 },
        ]
      : [],
    bySeverity: filled
      ? [
          { severity: "critical", count: 2 },
          { severity: "high", count: 10 },
          { severity: "low", count: 7 },
        ]
      : [],
    byOwner: filled
      ? [
          { name: "kestrel", count: 15 },
          { name: "no owner told", count: 4 },
        ]
      : [],
    byCommitter: filled
      ? [
          { name: "rowan", count: 9 },
          { name: "one of several", count: 6 },
          { name: "not observable", count: 4 },
        ]
      : [],
    bySource: filled
      ? [
          { name: "check", count: 17 },
          { name: "discovery", count: 2 },
        ]
      : [],
    byHour: Array.from({ length: 24 }, (_, hour) => (filled && hour > 8 && hour < 18 ? (hour * 7) % 5 : 0)),
    cameBack: filled ? 5 : 0,
    comesBackDays: 14,
    recurrences: filled ? [{ device: "SPINE-2", object: "bundle-60003.251", times: 4, last: iso(2 * HOUR) }] : [],
    lasted: filled ? { count: 13, meanSeconds: 8100, medianSeconds: 2400 } : null,
    lastedByEnding: filled
      ? [
          { ending: "what the device held was taken", span: { count: 9, meanSeconds: 6200, medianSeconds: 1900 } },
          { ending: "a deployment decided it", span: { count: 4, meanSeconds: 12_400, medianSeconds: 9000 } },
        ]
      : [],
    health: filled ? 71 : null,
    healthRule:
      "100 less what takes from it: open events, a last good check that is old, checks that could not be made.",
    devices: filled ? devices : [],
    forecasts: {
      forecasts: filled ? 34 : 0,
      unwatchedDays: 0,
      brier: filled ? 0.14 : null,
      naiveBrier: filled ? 0.22 : null,
      bins: [],
      sentence: filled ? "34 past days were forecast; better than the naive forecast." : "Too few forecasts to judge.",
    },
  };
}
