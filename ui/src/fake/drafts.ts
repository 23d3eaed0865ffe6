import type { AttachmentView, ChangeView, DeviceLines, DraftOperation, DraftRow, DraftView, Finding } from "@/api";
import {
  type Member,
  attachment,
  box,
  domainDetail,
  fabricMembers,
  finding,
  hopsFor,
  iso,
  order,
  service,
} from "./fabric";

export interface Draft {
  id: string;
  domain: string;
  done: DraftOperation[];
  undone: DraftOperation[];
  left: Set<string>;
  saved: string;
}
export const drafts = new Map<string, Draft>();
let next = 1;

export function openDraft(domain: string): Draft {
  for (const draft of drafts.values()) if (draft.domain === domain) return draft;
  const draft: Draft = { id: `d-${next}`, domain, done: [], undone: [], left: new Set(), saved: iso() };
  next += 1;
  drafts.set(draft.id, draft);
  return draft;
}

export function wordsOf(op: DraftOperation | undefined): string | null {
  if (op === undefined) return null;
  if (op.op === "addAttachment") return `add ${op.port} on ${op.device}`;
  if (op.op === "removeAttachment") return `remove ${op.interface}`;
  return `change the VLAN to ${op.vlan}`;
}

interface Edited {
  vlan: number | null;
  members: Member[];
  findings: Finding[];
}

export function edited(draft: Draft): Edited {
  const base = service(draft.domain);
  let vlan = base?.vlan ?? null;
  let members = [...(base?.members ?? [])];
  const findings: Finding[] = [];
  for (const op of draft.done) {
    if (op.op === "addAttachment") {
      const unit = op.vlan ?? vlan ?? 0;
      const name = `${op.port}.${unit}`;
      if (draft.left.has(`${op.device} ${name}`)) continue;
      members.push({ device: op.device, interface: name, written: String(unit), oper: "up", macs: 0 });
    } else if (op.op === "removeAttachment") {
      if (draft.left.has(`${op.device} ${op.interface}`)) continue;
      members = members.filter((m) => m.device !== op.device || m.interface !== op.interface);
    } else {
      vlan = op.vlan;
      members = members.map((m) => ({
        ...m,
        written: String(op.vlan),
        interface: `${m.interface.split(".")[0] ?? ""}.${op.vlan}`,
      }));
    }
  }
  if (members.length < 2)
    findings.push(
      finding("one-attachment", "warning", null, null, `${draft.domain} is left with ${members.length} attachment.`),
    );
  if (vlan === 307)
    findings.push(
      finding("vlan-in-use", "error", null, "307", "VLAN 307 is used by g_birch_v307 on SPINE-1. Choose another VLAN."),
    );
  return { vlan, members, findings };
}

const id = (m: { device: string; interface: string }) => `${m.device} ${m.interface}`;

function rowsOf(before: AttachmentView[], after: AttachmentView[]): DraftRow[] {
  const rows: DraftRow[] = [];
  const gone = before.filter((b) => !after.some((a) => id(a) === id(b)));
  for (const a of after) {
    const was = before.find((b) => id(a) === id(b)) ?? null;
    rows.push({
      id: id(a),
      device: a.device,
      tier: box(a.device).tier,
      sign: was === null ? "added" : "same",
      before: was,
      after: a,
      derived: a.isFabric,
      note: a.isFabric ? "derived" : was === null ? "added by you" : "in the record",
    });
  }
  for (const b of gone)
    rows.push({
      id: id(b),
      device: b.device,
      tier: box(b.device).tier,
      sign: "removed",
      before: b,
      after: null,
      derived: b.isFabric,
      note: b.isFabric ? "derived" : "removed by you",
    });
  const rank = order(rows.map((r) => r.device));
  return rows.sort((x, y) => rank.indexOf(y.device) - rank.indexOf(x.device) || Number(x.derived) - Number(y.derived));
}

export function attachmentsOf(members: Member[], vlan: number | null, kind: string): AttachmentView[] {
  return [
    ...members.map((m) => attachment(m, kind, false)),
    ...fabricMembers(
      members.map((m) => m.device),
      vlan,
    ).map((m) => attachment(m, kind, true)),
  ];
}

export function linesOf(rows: DraftRow[], domain: string): DeviceLines[] {
  const devices = [...new Set(rows.filter((r) => r.sign !== "same").map((r) => r.device))];
  return devices.map((device) => {
    const forward: string[] = [];
    const reverse: string[] = [];
    for (const row of rows.filter((r) => r.device === device && r.sign !== "same")) {
      const a = row.after ?? row.before;
      if (a === null) continue;
      const add = [`network-services bridge-domain instance ${domain} interface ${a.interface}`, ...a.lines];
      const del = [
        `no network-services bridge-domain instance ${domain} interface ${a.interface}`,
        `no interfaces ${a.interface}`,
      ];
      forward.push(...(row.sign === "added" ? add : del));
      reverse.push(...(row.sign === "added" ? del : add));
    }
    return { device, forward, reverse };
  });
}

function changesOf(rows: DraftRow[], draft: Draft): ChangeView[] {
  const changed = rows.filter((r) => r.sign !== "same");
  const own = changed.filter((r) => !r.derived);
  return changed.map((row) => {
    const a = row.after ?? row.before;
    const cause = row.derived ? (own.find((o) => o.device === row.device) ?? own[0]) : undefined;
    return {
      id: row.id,
      device: row.device,
      sign: row.sign,
      object: a?.interface ?? "",
      sentence: `${a?.interface ?? ""} ${row.sign}`,
      fields: [
        { field: "Encapsulation", before: row.before?.encapsulation ?? null, after: row.after?.encapsulation ?? null },
        { field: "VLAN", before: row.before?.vlan ?? null, after: row.after?.vlan ?? null },
      ],
      derivedFrom: cause?.id ?? null,
      derived: row.derived,
      included: !draft.left.has(row.id),
      lines: a === null ? 0 : row.sign === "added" ? a.lines.length + 1 : 2,
      leaveOut: row.derived ? null : "The edit stays in the draft; what was derived from it goes along.",
    };
  });
}

export function draftView(draft: Draft): DraftView {
  const base = service(draft.domain);
  const kind = base?.kind ?? "4A";
  const after = edited(draft);
  const before = attachmentsOf(base?.members ?? [], base?.vlan ?? null, kind);
  const now = attachmentsOf(after.members, after.vlan, kind);
  const rows = rowsOf(before, now);
  const changes = changesOf(rows, draft);
  const devices = order([...now.map((a) => a.device), ...before.map((a) => a.device)]);
  const hopsBefore = hopsFor((base?.members ?? []).map((m) => m.device)).map((h) => `${h.upper} ${h.lower}`);
  const hopsAfter = hopsFor(after.members.map((m) => m.device)).map((h) => `${h.upper} ${h.lower}`);
  const all = [...new Set([...hopsBefore, ...hopsAfter])];
  const touched = order(changes.map((c) => c.device));
  return {
    id: draft.id,
    domain: draft.domain,
    kind,
    vlanBefore: base?.vlan ?? null,
    vlan: after.vlan,
    saved: draft.saved,
    undo: wordsOf(draft.done.at(-1)),
    redo: wordsOf(draft.undone.at(-1)),
    rows,
    devices: devices.map((device) => ({
      device,
      tier: box(device).tier,
      under: box(device).under,
      attachments: now.filter((a) => a.device === device),
    })),
    links: all.map((key) => {
      const [upper = "", lower = ""] = key.split(" ");
      return {
        upper,
        lower,
        sign: !hopsBefore.includes(key) ? "added" : !hopsAfter.includes(key) ? "removed" : "same",
      };
    }),
    findings: [...after.findings, ...(base === undefined ? [] : domainDetail(base, null).notices)],
    changes,
    lines: linesOf(rows, draft.domain),
    impact: {
      devices: touched.length,
      devicesTotal: 9,
      services: [draft.domain],
      accessAdded: changes.filter((c) => !c.derived && c.sign === "added").length,
      accessRemoved: changes.filter((c) => !c.derived && c.sign === "removed").length,
      accessChanged: 0,
      derived: changes.filter((c) => c.derived).length,
      othersOnPorts: [],
      traffic: changes.some((c) => c.sign === "removed") ? "14 MACs on LEAF-A03 ge100-0/0/31" : null,
    },
    canPlan: changes.length > 0 && !after.findings.some((f) => f.severity === "error"),
  };
}
