import type { ChangeView, DeviceLines, DiffHunk, DiffLine, PlanView, TextDiffView } from "@/api";
import { type Draft, draftView } from "./drafts";
import { box, configText, iso } from "./fabric";

export interface FakePlan {
  view: PlanView;
  draft: Draft | null;
}
export const plans = new Map<string, FakePlan>();
export const PHASES = [
  ["preflight", "Preflight"],
  ["prepare", "Prepare"],
  ["commit-confirm", "Commit confirm"],
  ["verify", "Verify"],
  ["confirm", "Confirm"],
  ["settle", "Settle"],
] as const;
export const CHECKS = [
  ["fresh-session", "Fresh session, sign-in", true],
  ["delta", "Change equals the plan", true],
  ["active", "Every intended line is active", true],
  ["obsolete", "Nothing obsolete is left", true],
  ["orphan", "No orphan", true],
  ["interfaces", "Interfaces up as before", true],
  ["path", "Path complete", true],
  ["tags", "Tags agree hop by hop", true],
  ["macs", "No fewer MACs than before", false],
] as const;

let salt = 0x5be1c7;

/** A predicted text: forward lines shown as blocks in the interfaces part, enough to draw a diff. */
export function textDiff(device: string, lines: DeviceLines): TextDiffView {
  const base = configText(device).trimEnd().split("\n");
  const names = (list: string[]) => [
    ...new Set(list.filter((l) => l.startsWith("interfaces ")).map((l) => l.split(" ")[1] ?? "")),
  ];
  const added = names(lines.forward);
  const removed = lines.forward.filter((l) => l.startsWith("no interfaces ")).map((l) => l.split(" ")[2] ?? "");
  const hunk: DiffLine[] = [];
  let b = 0;
  let a = 0;
  const push = (kind: DiffLine["kind"], text: string, marks: [number, number][] = []) => {
    if (kind !== "added") b += 1;
    if (kind !== "removed") a += 1;
    hunk.push({ kind, text, before: kind === "added" ? null : b, after: kind === "removed" ? null : a, marks });
  };
  let gone = false;
  base.forEach((line, at) => {
    const name = line.trim();
    if (removed.includes(name)) gone = true;
    if (name.startsWith("interface ") && removed.includes(name.split(" ")[1] ?? "")) {
      push("removed", line);
      return;
    }
    push(
      gone ? "removed" : "same",
      line,
      gone && removed.includes(name) ? [[line.length - name.length, line.length]] : [],
    );
    if (gone && name === "!") gone = false;
    if (at === 0)
      for (const one of added) {
        push("added", `  ${one}`, [[2, one.length + 2]]);
        for (const l of lines.forward.filter((x) => x.startsWith(`interfaces ${one} `)))
          push("added", `    ${l.split(" ").slice(2).join(" ")}`);
        push("added", "  !");
      }
  });
  const hunks = fold(hunk);
  return {
    hunks,
    added: hunk.filter((l) => l.kind === "added").length,
    removed: hunk.filter((l) => l.kind === "removed").length,
    linesBefore: b,
    linesAfter: a,
    hashBefore: "9c41f0",
    hashAfter: "b27e51",
    identical: hunk.every((l) => l.kind === "same"),
  };
}

export function fold(lines: DiffLine[]): DiffHunk[] {
  const keep = lines.map((_, at) => lines.slice(Math.max(0, at - 3), at + 4).some((l) => l.kind !== "same"));
  const hunks: DiffHunk[] = [];
  let folded = 0;
  lines.forEach((line, at) => {
    if (keep[at] !== true) {
      folded += 1;
      return;
    }
    if (folded > 0 || hunks.length === 0) hunks.push({ folded, block: "interfaces", lines: [], foldedAfter: 0 });
    folded = 0;
    hunks.at(-1)?.lines.push(line);
  });
  const last = hunks.at(-1);
  if (last !== undefined) last.foldedAfter = folded;
  return hunks;
}

export function makePlan(
  draft: Draft | null,
  domain: string,
  changes: ChangeView[],
  lines: DeviceLines[],
  undoes: number | null,
): FakePlan {
  salt = (salt * 1103515245 + 12345) & 0xffffff;
  const hash = salt.toString(16).padStart(6, "0").repeat(11).slice(0, 64);
  const touched = lines.map((l) => l.device);
  const view: PlanView = {
    hash,
    short: `p-${hash.slice(0, 6)}`,
    kind: undoes === null ? "edit" : "undo",
    undoes,
    domain,
    made: iso(),
    by: "kestrel",
    devices: lines.map((l) => ({
      device: l.device,
      tier: box(l.device).tier,
      role: "modified",
      label:
        box(l.device).tier === "leaf"
          ? l.forward.some((x) => x.startsWith("no "))
            ? "removal"
            : "new here"
          : "derived",
      base: hash.slice(3, 9),
      group: box(l.device).tier === "leaf" ? 2 : 1,
      forward: l.forward,
      reverse: l.reverse,
      diff: textDiff(l.device, l),
    })),
    changes,
    groups: [
      { group: 1, devices: touched.filter((d) => box(d).tier !== "leaf"), constraint: null },
      { group: 2, devices: touched.filter((d) => box(d).tier === "leaf"), constraint: "after its spine" },
    ],
    impact: draft === null ? emptyImpact(domain, touched.length) : draftView(draft).impact,
    risk: "medium",
    risks: [
      { rule: "R4", level: "medium", sentence: "A live attachment is removed: about 3 s without traffic on LEAF-A03." },
      { rule: "R7", level: "low", sentence: "SPINE-2 carries 63 services. Only a new sub-interface is added there." },
    ],
    risksClear: ["R1", "R2", "R3", "R5", "R6", "R8"],
    estimate: {
      phases: PHASES.map(([phase, label], at) => ({
        phase,
        label,
        seconds: [4, 18, 9, 12, 6, 5][at] ?? 4,
        devices: touched.map((_, n) => [3, 14, 6, 11, 5, 4][at] ?? n),
      })),
      seconds: 54,
      measuredFrom: 31,
    },
    validation: CHECKS.map(([check, label, gating]) => ({ check, label, gating, devices: touched })),
    findings: [],
    lines: lines.reduce((n, l) => n + l.forward.length, 0),
    reverseLines: lines.reduce((n, l) => n + l.reverse.length, 0),
    reverseProven: true,
    windowMinutes: 10,
    empty: lines.length === 0,
    policies: [
      {
        policy: "all-or-nothing",
        label: "All or nothing",
        consequence: "One transaction: a failure anywhere takes every device back.",
        parts: [touched],
        refused: null,
      },
      {
        policy: "stop-on-first",
        label: "Stop on first",
        consequence: "",
        parts: [],
        refused: "This plan is one part: nothing in it can hold without the rest.",
      },
      {
        policy: "independent",
        label: "Independent",
        consequence: "2 parts, one after the other. One that fails goes back and stays in the draft; the others go on.",
        parts: [["LEAF-A03"], ["LEAF-B14"]],
        refused: null,
      },
    ],
    leftOut: [],
  };
  const plan = { view, draft };
  plans.set(hash, plan);
  return plan;
}

function emptyImpact(domain: string, devices: number): PlanView["impact"] {
  return {
    devices,
    devicesTotal: 9,
    services: [domain],
    accessAdded: 1,
    accessRemoved: 1,
    accessChanged: 0,
    derived: 2,
    othersOnPorts: [],
    traffic: null,
  };
}

export function planText(view: PlanView): string {
  return view.devices.map((d) => [`# ${d.device}`, ...d.forward, "# back", ...d.reverse].join("\n")).join("\n\n");
}
