import type { DriftLeft, DriftRow, DriftSeverity } from "@/api";

export type Grouping = "device" | "domain";

/** Bars of a severity, of four. */
export const BARS: Record<DriftSeverity, number> = { low: 1, medium: 2, high: 3, critical: 4 };

/** Heading over events that no service is known for. */
export const NO_SERVICE = "No service";

export type InboxItem =
  { type: "group"; name: string; rows: number; seen: string } | { type: "row"; row: DriftRow; at: number };

function groupOf(row: DriftRow, by: Grouping): string {
  return by === "device" ? row.device : (row.domains[0] ?? NO_SERVICE);
}

function worst(rows: readonly DriftRow[]): number {
  return rows.reduce((most, row) => Math.max(most, BARS[row.severity]), 0);
}

/** Events under a heading for each device or service, what matters most on top of both. */
export function inboxItems(rows: readonly DriftRow[], by: Grouping): InboxItem[] {
  const groups = new Map<string, DriftRow[]>();
  for (const row of rows) {
    const name = groupOf(row, by);
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [row]);
    else list.push(row);
  }
  const ordered = [...groups].sort(([x, a], [y, b]) => worst(b) - worst(a) || x.localeCompare(y));
  const items: InboxItem[] = [];
  let at = 0;
  for (const [name, list] of ordered) {
    const seen = list.reduce((last, row) => (row.lastSeen > last ? row.lastSeen : last), "");
    items.push({ type: "group", name, rows: list.filter(asks).length, seen });
    for (const row of [...list].sort((a, b) => BARS[b.severity] - BARS[a.severity])) {
      items.push({ type: "row", row, at });
      at += 1;
    }
  }
  return items;
}

export function rowsOf(items: readonly InboxItem[]): DriftRow[] {
  return items.flatMap((item) => (item.type === "row" ? [item.row] : []));
}

/** The event `by` places further; the nearest one at an end, the first where the present one is not in the list. */
export function stepped(rows: readonly DriftRow[], id: number | null, by: 1 | -1): DriftRow | undefined {
  const at = rows.findIndex((row) => row.id === id);
  return at < 0 ? rows[0] : rows[Math.max(0, Math.min(rows.length - 1, at + by))];
}

export function devicesOf(rows: readonly DriftRow[]): string[] {
  return [...new Set(rows.map((row) => row.device))];
}

/** How many events were seen first on each of the last days, the present day last. */
export function firstSeenByDay(rows: readonly DriftRow[], now: Date, days: number): number[] {
  const counts = new Array<number>(days).fill(0);
  const today = midnight(now);
  for (const row of rows) {
    // Days with a clock change have 23 or 25 hours.
    const ago = Math.round((today - midnight(new Date(row.firstSeen))) / DAY);
    if (ago >= 0 && ago < days) counts[days - 1 - ago] = (counts[days - 1 - ago] ?? 0) + 1;
  }
  return counts;
}

const DAY = 86_400_000;

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** The object of an event in words; none where the event is about the device as a whole. */
export function objectOf(row: DriftRow): string | null {
  return row.kind === "foreign-commit" ? null : row.object;
}

/** Whether an event still asks for something: one that was left open as it is does not. */
export function asks(row: DriftRow): boolean {
  return row.left === null;
}

/** `left by kestrel`, with the reason where one was given. */
export function leftWords(left: DriftLeft): string {
  return left.why === "" ? `left by ${left.by}` : `left by ${left.by} · ${left.why}`;
}

/** What a person typed as a reason, for the request; none where nothing was. */
export function reasonOf(typed: string): string | null {
  const why = typed.trim();
  return why === "" ? null : why;
}
