import type { LaneMark, SnapshotOverview, SnapshotRow } from "@/api";

export interface Range {
  a: string;
  b: string;
}

/** A round of reads takes seconds; the picture never shows less time than this. */
const LEAST_SPAN = 120_000;

/** Devices that were first read within so long of one another were read in one round. */
const ROUND = 120_000;

/** From the end of the first round of reads, so that no device of it is without a text there, to the newest read. */
export function defaultRange(overview: SnapshotOverview): Range {
  const all = overview.devices.map((device) => device.first).sort();
  const begun = Date.parse(all[0] ?? "");
  const firsts = all.filter((first) => Date.parse(first) - begun <= ROUND);
  const lasts = overview.devices.map((device) => device.last).sort();
  const now = new Date(0).toISOString();
  return { a: firsts.at(-1) ?? now, b: lasts.at(-1) ?? now };
}

/** Moments worth snapping to, oldest first, each once. */
export function momentsOf(overview: SnapshotOverview): number[] {
  const all = [...overview.readMarks, ...overview.deployments].map((mark) => new Date(mark.at).getTime());
  const { a, b } = defaultRange(overview);
  return [...new Set([...all, new Date(a).getTime(), new Date(b).getTime()])].sort((x, y) => x - y);
}

/** The time the picture shows: all moments with some air, and never a span in which seconds look like days. */
export function spanOf(moments: readonly number[]): [from: number, until: number] {
  const first = moments[0] ?? 0;
  const last = moments.at(-1) ?? 0;
  const pad = Math.max((LEAST_SPAN - (last - first)) / 2, (last - first) * 0.03);
  return [first - pad, last + pad];
}

/** The next moment after (or before) `at`, or `at` itself at the end. */
export function nextMoment(moments: readonly number[], at: number, direction: 1 | -1): number {
  if (direction === 1) return moments.find((moment) => moment > at) ?? at;
  return moments.findLast((moment) => moment < at) ?? at;
}

export function nearestMoment(moments: readonly number[], at: number): number {
  let best = moments[0] ?? at;
  for (const moment of moments) if (Math.abs(moment - at) < Math.abs(best - at)) best = moment;
  return best;
}

/** Counts of marks in equal slices of a span: the heights of the bars. */
export function histogram(marks: readonly LaneMark[], from: number, until: number, slices: number): number[] {
  const counts = new Array<number>(slices).fill(0);
  const width = Math.max(1, until - from) / slices;
  for (const mark of marks) {
    const slice = Math.min(slices - 1, Math.floor((new Date(mark.at).getTime() - from) / width));
    if (slice >= 0) counts[slice] = (counts[slice] ?? 0) + 1;
  }
  return counts;
}

/** The read nearest before or at a moment; the oldest one when all came later. `rows` are newest first. */
export function readAt(rows: readonly SnapshotRow[], moment: string): SnapshotRow | null {
  const at = new Date(moment).getTime();
  return rows.find((row) => new Date(row.at).getTime() <= at) ?? rows.at(-1) ?? null;
}

/** The two reads to compare; where both moments show the same read, A is the one before it. `rows` are newest first. */
export function readsAt(rows: readonly SnapshotRow[], a: string, b: string): [SnapshotRow | null, SnapshotRow | null] {
  const after = readAt(rows, b);
  const before = readAt(rows, a);
  if (after === null || before?.id !== after.id) return [before, after];
  return [rows[rows.indexOf(after) + 1] ?? after, after];
}
