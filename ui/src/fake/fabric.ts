import type { AttachmentView, DeviceRow, DomainDetail, DomainRow, Finding, PortRow } from "@/api";

/** An invented fabric for development and tests: one superspine, two spines, six leaves, forty services. */
export const START = Date.now();
export const iso = (msAgo = 0): string => new Date(Date.now() - msAgo).toISOString();
const MIN = 60_000;
export const DAY = 86_400_000;

export interface Box {
  name: string;
  tier: "superspine" | "spine" | "leaf";
  under: string | null;
}
export const BOXES: readonly Box[] = [
  { name: "SSPINE-1", tier: "superspine", under: null },
  { name: "SPINE-1", tier: "spine", under: "SSPINE-1" },
  { name: "SPINE-2", tier: "spine", under: "SSPINE-1" },
  { name: "LEAF-A01", tier: "leaf", under: "SPINE-1" },
  { name: "LEAF-A02", tier: "leaf", under: "SPINE-1" },
  { name: "LEAF-A03", tier: "leaf", under: "SPINE-1" },
  { name: "LEAF-B06", tier: "leaf", under: "SPINE-2" },
  { name: "LEAF-B10", tier: "leaf", under: "SPINE-2" },
  { name: "LEAF-B14", tier: "leaf", under: "SPINE-2" },
];
export const box = (name: string): Box => BOXES.find((b) => b.name === name) ?? { name, tier: "leaf", under: null };

export interface Member {
  device: string;
  interface: string;
  written: string;
  oper: "up" | "down";
  macs: number;
}
export interface Service {
  name: string;
  owner: string | null;
  vlan: number | null;
  kind: string;
  members: Member[];
  changedAgo: number;
}

const OWNERS = ["kestrel", "birch", "rowan", "fennel", "heron", "marten"];
const KIND_LABEL: Record<string, string> = {
  "4A": "4A, single-tagged",
  "2A": "2A, Q-in-Q",
  "1": "1, double-tagged",
  "5": "5, port mode",
};

function seeded(): Service[] {
  const list: Service[] = [
    {
      name: "g_kestrel_v251",
      owner: "kestrel",
      vlan: 251,
      kind: "4A",
      changedAgo: 3 * 3600_000,
      members: [
        member("LEAF-A03", "ge100-0/0/31.251", "list 251", 14),
        member("LEAF-A03", "ge10-0/0/8.251", "251", 2),
        member("LEAF-B14", "ge100-0/0/12.251", "251", 9),
        { ...member("LEAF-B14", "bundle-445.251", "251", 0), oper: "down" },
      ],
    },
  ];
  const leaves = BOXES.filter((b) => b.tier === "leaf").map((b) => b.name);
  for (let n = 0; n < 39; n += 1) {
    const owner = OWNERS[n % OWNERS.length] ?? "birch";
    const kind = n % 9 === 4 ? "2A" : n % 13 === 6 ? "1" : n % 17 === 8 ? "5" : "4A";
    const vlan = kind === "5" ? null : 300 + n * 7;
    const local = n % 5 === 3;
    const name =
      kind === "5" ? `l_${owner}_pair-${n}` : `${local ? "l" : "g"}_${owner}_v${n === 12 ? 999 : (vlan ?? 0)}`;
    const a = leaves[n % 6] ?? "LEAF-A01";
    const b = local ? a : (leaves[(n * 5 + 2) % 6] ?? "LEAF-B06");
    const unit = vlan === null ? "" : `.${vlan}`;
    const tag = kind === "4A" ? String(vlan) : kind === "5" ? "" : `outer ${vlan ?? 0} inner ${n + 100}`;
    list.push({
      name,
      owner: n % 11 === 10 ? null : owner,
      vlan,
      kind,
      changedAgo: (n + 1) * 2.3 * DAY,
      members: [
        member(a, `ge100-0/0/${n % 28}${unit}`, tag, n % 7),
        member(b, `ge10-0/0/${(n * 3) % 40}${unit}`, tag, n % 3),
      ],
    });
  }
  return list;
}

function member(device: string, name: string, written: string, macs: number): Member {
  return { device, interface: name, written, oper: "up", macs };
}

export const services: Service[] = seeded();

/** As many services as a large fabric has, for looking at long lists. */
export function growTo(count: number): void {
  for (let n = services.length; n < count; n += 1) {
    const pattern = services[n % 40];
    if (pattern !== undefined) services.push({ ...pattern, name: `${pattern.name}_${n}` });
  }
}
export const service = (name: string): Service | undefined => services.find((s) => s.name === name);

/** Fabric bundles of a leaf: bundle-60000 up; of a spine: one down per leaf, bundle-60000 up. */
export function downBundle(upper: string, lower: string): string {
  const below = BOXES.filter((b) => b.under === upper).map((b) => b.name);
  return `bundle-${60001 + below.indexOf(lower)}`;
}

export interface Hop {
  upper: string;
  lower: string;
}
/** The hops that join a set of leaves: to the spine, and over the superspine where two spines meet. */
export function hopsFor(devices: readonly string[]): Hop[] {
  const leaves = [...new Set(devices.filter((d) => box(d).tier === "leaf"))];
  if (leaves.length < 2) return [];
  const spines = [...new Set(leaves.map((d) => box(d).under ?? ""))];
  const hops = leaves.map((d) => ({ upper: box(d).under ?? "", lower: d }));
  if (spines.length > 1) for (const spine of spines) hops.unshift({ upper: "SSPINE-1", lower: spine });
  return hops;
}

export function attachment(m: Member, kind: string, isFabric: boolean): AttachmentView {
  const lines = [`interfaces ${m.interface} l2-service enabled`];
  if (m.written !== "") lines.push(`interfaces ${m.interface} vlan-id ${m.written}`);
  return {
    device: m.device,
    interface: m.interface,
    isFabric,
    encapsulation: m.written === "" ? "port mode" : m.written.startsWith("outer") ? "double tag" : "single tag",
    vlan: m.written === "" ? null : m.written,
    manipulation: "none",
    oper: m.oper,
    macs: isFabric ? null : m.macs,
    editable: kind === "4A" && !isFabric,
    lines,
  };
}

export function fabricMembers(devices: readonly string[], vlan: number | null): Member[] {
  if (vlan === null) return [];
  return hopsFor(devices).flatMap(({ upper, lower }) => [
    member(upper, `${downBundle(upper, lower)}.${vlan}`, String(vlan), 0),
    member(lower, `bundle-60000.${vlan}`, String(vlan), 0),
  ]);
}

export function order(devices: Iterable<string>): string[] {
  const set = new Set(devices);
  return BOXES.map((b) => b.name).filter((name) => set.has(name));
}

export function domainRow(s: Service, draft: string | null): DomainRow {
  const access = s.members.map((m) => m.device);
  const fabric = fabricMembers(access, s.vlan);
  const wrong = /_v(\d+)/u.exec(s.name)?.[1];
  return {
    name: s.name,
    owner: s.owner,
    vlan: s.vlan,
    kind: s.kind,
    kindLabel: KIND_LABEL[s.kind] ?? "unknown",
    scope: s.name.startsWith("g_") ? "global" : s.name.startsWith("l_") ? "local" : "manual",
    access: s.members.length,
    fabric: fabric.length,
    devices: order([...access, ...fabric.map((m) => m.device)]),
    drift: 0,
    warnings: wrong !== undefined && Number(wrong) !== s.vlan ? 1 : s.members.some((m) => m.oper === "down") ? 1 : 0,
    draft,
    changed: iso(s.changedAgo),
    inDoubt: null,
    editable: s.kind === "4A",
  };
}

export function notices(s: Service): Finding[] {
  const out: Finding[] = s.members
    .filter((m) => m.oper === "down")
    .map((m) =>
      finding(
        "interface-down",
        "warning",
        m.device,
        m.interface,
        `${m.device} ${m.interface} is down. Nothing is learned there.`,
      ),
    );
  for (const m of s.members.filter((x) => x.written.startsWith("list")))
    out.push(
      finding(
        "written-as-list",
        "info",
        m.device,
        m.interface,
        `${m.device} writes the tag as a list, vlan-id ${m.written}. Kept as written.`,
      ),
    );
  return out;
}

export function finding(
  code: string,
  severity: Finding["severity"],
  device: string | null,
  object: string | null,
  sentence: string,
): Finding {
  return { code, severity, device, object, sentence, change: null };
}

export function domainDetail(s: Service, draft: string | null): DomainDetail {
  const row = domainRow(s, draft);
  const all = [
    ...s.members.map((m) => attachment(m, s.kind, false)),
    ...fabricMembers(
      s.members.map((m) => m.device),
      s.vlan,
    ).map((m) => attachment(m, s.kind, true)),
  ];
  return {
    row,
    topology:
      row.devices.length > 1
        ? `${s.members.length > 2 ? "p2mp" : "p2p"}, ${s.members.length} access attachments`
        : "local",
    devices: row.devices.map((device) => ({
      device,
      tier: box(device).tier,
      under: box(device).under,
      attachments: all.filter((a) => a.device === device),
    })),
    links: hopsFor(s.members.map((m) => m.device)).map(({ upper, lower }) => ({
      upper,
      lower,
      upperInterface: downBundle(upper, lower),
      lowerInterface: "bundle-60000",
      tag: s.vlan === null ? null : String(s.vlan),
      complete: true,
    })),
    notices: notices(s),
    history: [],
    notEditable:
      s.kind === "4A"
        ? null
        : `${KIND_LABEL[s.kind] ?? "This type"} is read and kept. Editing covers single-tagged services.`,
    recordFrom: iso(MIN),
    synced: all.map(({ device, interface: name }) => ({
      device,
      interface: name,
      at: iso(MIN),
      source: "discovery",
      drift: null,
    })),
  };
}

export function portsOf(device: string, taken: readonly string[]): PortRow[] {
  const used = new Map(
    services.flatMap((s) =>
      s.members.filter((m) => m.device === device).map((m) => [m.interface.split(".")[0] ?? "", s]),
    ),
  );
  const rows: PortRow[] = [];
  for (let n = 0; n < 36; n += 1) {
    const port = `ge100-0/0/${n}`;
    const who = used.get(port);
    const base = { device, port, speed: "100G" };
    if (n < 2) rows.push({ ...base, group: "never", reason: "fabric, in bundle-60000", selectable: false });
    else if (taken.includes(port))
      rows.push({ ...base, group: "never", reason: "already in this draft", selectable: false });
    else if (who?.vlan === null)
      rows.push({ ...base, group: "in-use", reason: `port mode in ${who.name}`, selectable: false });
    else if (who !== undefined)
      rows.push({ ...base, group: "look", reason: `shared with VLAN ${who.vlan}`, selectable: true });
    else if (n % 7 === 0) rows.push({ ...base, group: "look", reason: "link down since 2 May", selectable: true });
    else rows.push({ ...base, group: "ready", reason: "up, nothing on it", selectable: true });
  }
  const rank = { ready: 0, look: 1, "in-use": 2, never: 3 };
  return rows.sort((a, b) => rank[a.group] - rank[b.group]);
}

export function configText(device: string): string {
  const lines = ["interfaces"];
  const all = services.flatMap((s) => {
    const fabric = fabricMembers(
      s.members.map((m) => m.device),
      s.vlan,
    );
    return [...s.members, ...fabric].filter((m) => m.device === device).map((m) => ({ s, m }));
  });
  for (const { m } of all) {
    lines.push(`  ${m.interface}`, "    admin-state enabled", "    l2-service enabled");
    if (m.written !== "") lines.push(`    vlan-id ${m.written}`);
    lines.push("  !");
  }
  lines.push("!", "network-services", "  bridge-domain");
  for (const name of [...new Set(all.map(({ s }) => s.name))]) {
    lines.push(`    instance ${name}`, "      admin-state enabled");
    for (const { s, m } of all) if (s.name === name) lines.push(`      interface ${m.interface}`, "      !");
    lines.push("    !");
  }
  return [...lines, "  !", "!", ""].join("\n");
}

export const deviceRows: DeviceRow[] = [];

export function fillDevices(): void {
  deviceRows.splice(0, deviceRows.length, ...BOXES.map(deviceRow));
}

function deviceRow(b: Box, at: number): DeviceRow {
  return {
    name: b.name,
    aliases: b.name === "SSPINE-1" ? ["SSPINE-1-NCC1"] : [],
    address: "127.0.0.1",
    port: 42001 + at,
    tier: b.tier,
    groups: b.tier === "leaf" ? [`row ${b.name[5] ?? "A"}`] : [],
    version: b.tier === "leaf" ? "25.2.0" : "25.4.13",
    credentials: "practice-lab",
    jump: null,
    reachability: "reachable",
    reachMillis: 8 + at,
    hostKey: {
      algorithm: "ssh-ed25519",
      fingerprint: `SHA256:p3mV9kQ0c7Hn2tXw5Lr8ZyA1uJdG6sBfE4oNiKxTq${at}Y`,
      firstSeen: iso(40 * DAY),
      acceptedBy: "kestrel",
    },
    offeredKey: null,
    lastRead: iso(MIN),
    domains: services.filter((s) => domainRow(s, null).devices.includes(b.name)).length,
    error: null,
  };
}
