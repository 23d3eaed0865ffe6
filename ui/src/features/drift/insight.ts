import type { InsightCount, InsightSpan } from "@/api";

export type Days = "7" | "30" | "90";

/** The days that an address asks for; thirty where it asks for none that there are. */
export function daysOf(asked: string | null): Days {
  return asked === "7" || asked === "90" ? asked : "30";
}

/** `45 s`, `40 min`, `2 h 15 min`, `3 days`. */
export function lasting(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 60) return `${min} min`;
  const [h, rest] = [Math.floor(min / 60), min % 60];
  if (h >= 48) return `${Math.round(h / 24)} days`;
  return rest === 0 ? `${h} h` : `${h} h ${rest} min`;
}

/** Mean and median in words; that there were too few where the core gives none. */
export function spanWords(span: InsightSpan): string {
  if (span.meanSeconds === null || span.medianSeconds === null) return "too few to tell";
  return `median ${lasting(span.medianSeconds)}, mean ${lasting(span.meanSeconds)}`;
}

/** The first of a list and how much the rest adds up to. */
export function first(
  counts: readonly InsightCount[],
  most: number,
): { shown: InsightCount[]; more: number; rest: number } {
  const shown = counts.slice(0, most);
  const others = counts.slice(most);
  return { shown, more: others.length, rest: others.reduce((sum, one) => sum + one.count, 0) };
}

/** The hour with most events, in words; none where there are none. */
export function busiestHour(hours: readonly number[]): string | null {
  const most = Math.max(0, ...hours);
  if (most === 0) return null;
  const at = hours.indexOf(most);
  const two = (hour: number) => String(hour % 24).padStart(2, "0");
  return `most from ${two(at)}:00 to ${two(at + 1)}:00`;
}
