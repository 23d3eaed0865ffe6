import type { HistoryHit, SnapshotOverview, SnapshotRow, TextDiffView } from "@/api";
import { BOXES, DAY, configText, deviceRows, iso, service } from "./fabric";
import { textDiff } from "./plans";

const READS = 12;

/** Reads of every device over twelve days; the newest text is the present one. */
export function snapshotAnswers(command: string, args: Record<string, unknown>): unknown {
  switch (command) {
    case "snapshots_overview":
      return overview();
    case "snapshot_list":
      return list(String(args.device));
    case "snapshot_text": {
      const device = deviceOf(Number(args.snapshot));
      return { device, text: configText(device), hash: "9c41f0", read: iso(60_000) };
    }
    case "snapshot_diff":
      return diff(Number(args.a), Number(args.b));
    case "snapshots_changed":
      return args.a === args.b
        ? []
        : BOXES.slice(0, 5).map((b, n) => ({
            device: b.name,
            added: n + 3,
            removed: n * 2,
            a: n * 100 + 1,
            b: n * 100 + READS,
          }));
    case "snapshot_search":
      return search(String(args.query));
    default:
      return undefined;
  }
}

function deviceOf(id: number): string {
  return BOXES[Math.floor(id / 100)]?.name ?? "LEAF-A01";
}

function list(device: string): SnapshotRow[] {
  const at = BOXES.findIndex((b) => b.name === device);
  return Array.from({ length: READS }, (_, n) => ({
    id: at * 100 + READS - n,
    device,
    at: iso(n * DAY + 60_000),
    source: n % 4 === 1 ? "deployment 212, settle" : "discovery",
    hash: n < 3 ? "77d4a1" : "c20b7e",
    fullHash: "77d4a1".repeat(10),
    lines: 2310 - n,
    bytes: 61_000,
    changed: n % 4 === 1,
  }));
}

function overview(): SnapshotOverview {
  const marks = Array.from({ length: 60 }, (_, n) => ({ at: iso(n * 0.2 * DAY), word: "discovery" }));
  return {
    devices: deviceRows.map((d) => ({
      device: d.name,
      reads: READS,
      texts: 4,
      first: iso(12 * DAY),
      last: iso(60_000),
    })),
    reads: READS * deviceRows.length,
    texts: 4 * deviceRows.length,
    bytes: 640_000,
    deployments: [
      { at: iso(3600_000), word: "verified" },
      { at: iso(2 * DAY), word: "verified" },
      { at: iso(5 * DAY), word: "refused" },
    ],
    readMarks: deviceRows.length === 0 ? [] : marks,
  };
}

function diff(a: number, b: number): TextDiffView {
  const device = deviceOf(b);
  const first = service("g_kestrel_v251")?.members[0]?.interface ?? "";
  return textDiff(device, {
    device,
    forward: a === b ? [] : [`interfaces ${first}9 l2-service enabled`, `interfaces ${first}9 vlan-id 251`],
    reverse: [],
  });
}

function search(query: string): HistoryHit[] {
  const hits: HistoryHit[] = [];
  for (const [n, b] of BOXES.entries()) {
    const lines = configText(b.name)
      .split("\n")
      .filter((l) => l.includes(query));
    const line = lines[0];
    if (line !== undefined)
      hits.push({
        device: b.name,
        line: line.trim(),
        first: iso(9 * DAY),
        last: iso(60_000),
        now: n % 3 !== 1,
        snapshot: n * 100 + READS,
        hits: lines.length,
      });
  }
  return hits;
}
