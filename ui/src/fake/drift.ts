import type {
  DiffLine,
  DriftChoiceView,
  DriftClosed,
  DriftDecided,
  DriftDecisionView,
  DriftDetail,
  DriftKind,
  DriftPolicyTerms,
  DriftPolicyTrial,
  DriftPolicyView,
  DriftRow,
  DriftSynced,
  PlanView,
  TextDiffView,
} from "@/api";
import { DAY, downBundle, iso } from "./fabric";
import { makePlan } from "./plans";

const MIN = 60_000;

interface Event {
  row: DriftRow;
  expected: string[];
  actual: string[];
}
const events: Event[] = [];
/** The newest first. */
const decisions: DriftDecisionView[] = [];

const DECIDED: Record<DriftDecided, string> = {
  sync: "Took what the device holds",
  override: "Puts back what is expected",
  leave: "Left open",
  skip: "Went on without it",
  ask: "Asked a person",
};

function decide(of: Event, choice: DriftDecided, why: string | null): void {
  decisions.unshift({
    id: decisions.length + 1,
    event: of.row.id,
    device: of.row.device,
    object: of.row.object,
    at: iso(),
    by: "kestrel",
    choice,
    title: DECIDED[choice],
    why: why ?? "",
    policy: null,
    deployment: null,
    expectedBefore: of.expected,
    actual: of.actual,
    expectedAfter: choice === "sync" ? of.actual : of.expected,
  });
}

const TITLES: Record<DriftKind, string> = {
  "already-configured": "Already configured",
  "domain-exists": "Bridge domain exists",
  "vlan-conflict": "VLAN conflict",
  mismatch: "Mismatch",
  "missing-on-device": "Missing on device",
  "foreign-commit": "Foreign commit",
  unknown: "Not understood",
};

/** An event; `ago` is how many minutes ago it was seen first. */
function event(
  [device, object, kind, severity]: [string, string, DriftKind, DriftRow["severity"]],
  rest: { why: string; ago: number; domains?: string[]; expected?: string[]; actual?: string[]; closed?: DriftClosed },
): Event {
  return {
    row: {
      id: events.length + 41,
      device,
      object,
      kind,
      title: TITLES[kind],
      severity,
      why: rest.why,
      domains: rest.domains ?? [],
      source: rest.ago > DAY / MIN ? "discovery" : "check",
      firstSeen: iso(rest.ago * MIN),
      lastSeen: iso(MIN),
      times: 1 + Math.ceil(rest.ago / 600),
      closed: rest.closed ?? null,
      left: null,
    },
    expected: rest.expected ?? [],
    actual: rest.actual ?? [],
  };
}

const lines = (name: string, vlan: number) => [
  `interfaces ${name} l2-service enabled`,
  `interfaces ${name} vlan-id ${vlan}`,
];
const member = (domain: string, name: string) => `network-services bridge-domain instance ${domain} interface ${name}`;

/** What the invented lab differs in; with a number, as many events as a bad day brings. */
export function seedDrift(count: number | undefined): void {
  events.length = 0;
  decisions.length = 0;
  policies.length = 0;
  if (count === 0) return;
  const bundle = `${downBundle("SPINE-2", "LEAF-B14")}.251`;
  const kestrel = "g_kestrel_v251";
  const add = (...of: Parameters<typeof event>) => events.push(event(...of));
  add(["SPINE-2", bundle, "missing-on-device", "critical"], {
    why: `${bundle} carries ${kestrel} between devices; the service is cut there.`,
    ago: 35,
    domains: [kestrel],
    expected: [member(kestrel, bundle), ...lines(bundle, 251)],
  });
  add(["LEAF-B10", "the device", "foreign-commit", "medium"], {
    why: "Another committed on this device.",
    ago: 250,
  });
  add(["LEAF-B06", "ge100-0/0/13.1360", "vlan-conflict", "high"], {
    why: "ge100-0/0/13.1360 takes a tag that the records give to ge100-0/0/13.360.",
    ago: 2900,
    domains: ["g_birch_v1360"],
    actual: [member("g_birch_v1360", "ge100-0/0/13.1360"), ...lines("ge100-0/0/13.1360", 360)],
  });
  add(["LEAF-B06", "ge100-0/0/21.1361", "mismatch", "medium"], {
    why: "ge100-0/0/21.1361 no longer serves g_birch_v1361 as recorded.",
    ago: 2900,
    domains: ["g_birch_v1361", "g_birch_v1360"],
    expected: lines("ge100-0/0/21.1361", 1361),
    actual: lines("ge100-0/0/21.1361", 1363),
  });
  add(["LEAF-A02", "ge10-0/0/12.1810", "already-configured", "low"], {
    why: "ge10-0/0/12.1810 is an end of g_marten_v1810 that the records do not know.",
    ago: 1500,
    domains: ["g_marten_v1810"],
    actual: [member("g_marten_v1810", "ge10-0/0/12.1810"), ...lines("ge10-0/0/12.1810", 1810)],
  });
  add(["LEAF-A02", "wren_mgmt_bd", "mismatch", "low"], {
    why: "No frame takes another way because of it.",
    ago: 8700,
    domains: ["wren_mgmt_bd"],
    expected: ["network-services bridge-domain instance wren_mgmt_bd description core"],
    actual: ["network-services bridge-domain instance wren_mgmt_bd description edge"],
  });
  for (let n = events.length; n < (count ?? 0); n += 1) {
    const name = `ge100-0/0/${n % 36}.${1000 + n}`;
    add([`LEAF-${n % 400}`, name, "mismatch", "low"], {
      why: "No frame takes another way because of it.",
      ago: n,
      expected: lines(name, 7),
      actual: lines(name, 8),
    });
  }
  add(["LEAF-A03", "ge10-0/0/8.251", "mismatch", "medium"], {
    why: `ge10-0/0/8.251 no longer serves ${kestrel} as recorded.`,
    ago: 13_000,
    domains: [kestrel],
    expected: lines("ge10-0/0/8.251", 251),
    actual: lines("ge10-0/0/8.251", 252),
    closed: { at: iso(9 * DAY), by: "rowan", how: "a deployment decided it" },
  });
}

const LINE = /^(interfaces|network-services bridge-domain) ((?:instance )?\S+) (.*)$/u;

/** Full-path lines as the blocks of a device's text. */
function blocks(paths: readonly string[]): string[] {
  const out: string[] = [];
  let open: string[] = [];
  const close = (depth: number) => {
    for (; open.length > depth; open = open.slice(0, -1)) out.push(`${"  ".repeat(open.length - 1)}!`);
  };
  for (const path of paths) {
    const [, top = "", name = "", leaf = ""] = LINE.exec(path) ?? [];
    const names = [...top.split(" "), name];
    const same = names.findIndex((one, at) => open[at] !== one);
    if (same >= 0) close(same);
    for (const one of same < 0 ? [] : names.slice(same)) {
      out.push(`${"  ".repeat(open.length)}${one}`);
      open = [...open, one];
    }
    out.push(`${"  ".repeat(open.length)}${leaf}`);
  }
  close(0);
  return out;
}

function diff(before: readonly string[], after: readonly string[]): TextDiffView {
  const line = (kind: DiffLine["kind"]) => (text: string) =>
    ({ kind, text, before: 1, after: 1, marks: [] }) as DiffLine;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const both = [
    ...before.slice(0, head).map(line("same")),
    ...before.slice(head, before.length - tail).map(line("removed")),
    ...after.slice(head, after.length - tail).map(line("added")),
    ...before.slice(before.length - tail).map(line("same")),
  ];
  let [b, a] = [0, 0];
  for (const line of both) {
    line.before = line.kind === "added" ? null : (b += 1);
    line.after = line.kind === "removed" ? null : (a += 1);
  }
  return {
    hunks: both.length === 0 ? [] : [{ folded: 0, block: null, lines: both, foldedAfter: 0 }],
    added: both.filter((line) => line.kind === "added").length,
    removed: both.filter((line) => line.kind === "removed").length,
    linesBefore: b,
    linesAfter: a,
    hashBefore: "9c41f0",
    hashAfter: "b27e51",
    identical: both.every((line) => line.kind === "same"),
  };
}

function back(of: Event) {
  const forward = [
    ...of.actual.filter((line) => !of.expected.includes(line)).map((line) => `no ${line}`),
    ...of.expected.filter((line) => !of.actual.includes(line)),
  ];
  const reverse = forward.map((line) => (line.startsWith("no ") ? line.slice(3) : `no ${line}`)).reverse();
  return { device: of.row.device, forward, reverse };
}

/** Not offered for what is left already. */
const LEAVE: DriftChoiceView = {
  choice: "leave",
  label: "Leave it",
  consequence: "Nothing is done. The event stays open until the device holds again what is expected.",
  refused: null,
};

function detail(of: Event): DriftDetail {
  const lines = back(of);
  const refused = lines.forward.length === 0 ? "No line of this device differs." : null;
  const says = (texts: string[]) => texts.map((line) => line.replace(/^(interfaces|network-services) /u, "Holds "));
  return {
    row: structuredClone(of.row),
    commits: null,
    committed: "not observable",
    expectedRead: iso(DAY),
    actualRead: of.row.lastSeen,
    text: diff(blocks(of.expected), blocks(of.actual)),
    meaning: diff(says(of.expected), says(of.actual)),
    decisions: decisions.filter((one) => one.event === of.row.id).reverse(),
    overrideLines: of.row.closed === null && refused === null ? [lines] : [],
    choices:
      of.row.closed !== null
        ? []
        : [
            {
              choice: "sync",
              label: "Discover and sync",
              consequence: `${of.row.device} is read again; what it holds of ${of.row.object} becomes what is expected.`,
              refused: null,
            },
            {
              choice: "override",
              label: "Override",
              consequence: `Puts ${of.row.object} back on ${of.row.device}: ${lines.forward.length} lines, as a deployment with a confirm window.`,
              refused,
            },
            ...(of.row.left === null ? [LEAVE] : []),
          ],
  };
}

/** LEAF-B10 does not answer when it is to be synced. */
function sync(ids: readonly number[], why: string | null): DriftSynced {
  const synced: DriftSynced = { added: 0, updated: 0, unchanged: 0, failed: [] };
  for (const one of events.filter((of) => ids.includes(of.row.id))) {
    if (one.row.device === "LEAF-B10") {
      const sentence = "LEAF-B10 does not answer on port 22. Its events stay open.";
      const error = {
        code: "device-unreachable",
        sentence,
        next: null,
        device: one.row.device,
        object: null,
        words: null,
      };
      synced.failed.push({ id: one.row.id, device: one.row.device, error });
      continue;
    }
    decide(one, "sync", why);
    one.row.closed = { at: iso(), by: "kestrel", how: "what the device holds was taken" };
    if (one.expected.length === 0) synced.added += 1;
    else synced.updated += 1;
  }
  return synced;
}

function overridePlan(ids: readonly number[]): PlanView {
  const chosen = events.filter((of) => ids.includes(of.row.id));
  const { view } = makePlan(null, chosen[0]?.row.domains[0] ?? "drift", [], chosen.map(back), null);
  view.kind = "restore";
  for (const device of view.devices) device.label = "put back";
  return view;
}

/** Open events that ask for something, as the core counts them for its lists and its map. */
export function driftOf(isMeant: (row: DriftRow) => boolean): number {
  return events.filter(({ row }) => row.closed === null && row.left === null && isMeant(row)).length;
}

/** Open events on a device. */
export function openDrift(device: string): DriftRow[] {
  return events.filter(({ row }) => row.closed === null && row.device === device).map(({ row }) => ({ ...row }));
}

export function driftAnswers(command: string, args: Record<string, unknown>, say: (topics: string[]) => void): unknown {
  const why = typeof args.why === "string" ? args.why : null;
  switch (command) {
    case "drift_list":
      return {
        open: events.filter((of) => of.row.closed === null).map((of) => ({ ...of.row })),
        closed: events.filter((of) => of.row.closed !== null).map((of) => ({ ...of.row })),
        background: [],
      };
    case "drift_detail": {
      const of = events.find((one) => one.row.id === args.id);
      return of === undefined ? undefined : detail(of);
    }
    case "drift_sync": {
      const synced = sync(args.ids as number[], why);
      say(["drift", "devices", "domains", "snapshots", "status"]);
      return synced;
    }
    case "drift_override_plan":
      return overridePlan(args.ids as number[]);
    case "drift_leave":
      for (const of of events.filter((one) => (args.ids as number[]).includes(one.row.id))) {
        decide(of, "leave", why);
        of.row.left = { at: iso(), by: "kestrel", why: why ?? "" };
      }
      say(["drift"]);
      return null;
    case "drift_decisions":
      return [...decisions];
    case "drift_policies":
      return policies.map((policy) => ({ ...policy }));
    case "drift_policy_save": {
      const saved = policyView(args.terms as DriftPolicyTerms);
      const old = policies.find((policy) => policy.id === args.replaces);
      if (old !== undefined) Object.assign(old, { state: "ended", ended: "by kestrel" });
      policies.unshift(saved);
      say(["drift"]);
      return saved;
    }
    case "drift_policy_end": {
      const old = policies.find((policy) => policy.id === args.id);
      if (old !== undefined) Object.assign(old, { state: "ended", ended: "by kestrel" });
      say(["drift"]);
      return null;
    }
    case "drift_policy_try":
      return trial(args.terms as DriftPolicyTerms, Number(args.days));
    default:
      return undefined;
  }
}

const policies: DriftPolicyView[] = [];

const DOES: Record<DriftPolicyTerms["action"], string> = {
  leave: "Leaves open",
  sync: "Takes what the device holds of",
  override: "Puts back",
};

function policyView(terms: DriftPolicyTerms): DriftPolicyView {
  const names = (list: readonly string[], all: string) => (list.length === 0 ? all : list.join(", "));
  return {
    id: policies.length + 1,
    terms,
    sentence: `${DOES[terms.action]} ${names(terms.objects, "everything")} on ${names(terms.devices, "every device")}.`,
    state: "in-force",
    created: iso(),
    by: "kestrel",
    ended: null,
    decided: 0,
  };
}

const RANK: Record<DriftRow["severity"], number> = { low: 0, medium: 1, high: 2, critical: 3 };

function trial(terms: DriftPolicyTerms, days: number): DriftPolicyTrial {
  const past = events.filter((of) => Date.parse(of.row.firstSeen) > Date.now() - days * DAY);
  const covered = past.filter(
    ({ row }) =>
      RANK[row.severity] <= RANK[terms.atMost] && (terms.devices.length === 0 || terms.devices.includes(row.device)),
  );
  return {
    days,
    events: past.length,
    covered: covered.map((of) => ({ event: { ...of.row }, acts: true, would: "left it open" })),
    sentence: `It would have decided ${covered.length} of ${past.length} events in the last ${days} days.`,
  };
}

/** A check saw what is open once more. */
export function seenAgain(): void {
  for (const of of events.filter((one) => one.row.closed === null))
    Object.assign(of.row, { lastSeen: iso(), times: of.row.times + 1 });
}
