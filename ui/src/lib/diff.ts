import type { DiffLine, TextDiffView } from "@/api";

/** One drawn row of a diff: a fold, a pair of sides, or one line. */
export type DiffItem =
  | { type: "fold"; count: number; block: string | null }
  | { type: "pair"; before: DiffLine | null; after: DiffLine | null; first: boolean }
  | { type: "line"; line: DiffLine; first: boolean };

/** Rows for two columns: equal lines on both sides, a removed run beside the added run that replaces it. */
export function splitItems(diff: TextDiffView): DiffItem[] {
  const items: DiffItem[] = [];
  eachHunk(diff, items, (lines) => {
    let at = 0;
    while (at < lines.length) {
      const line = lines[at];
      if (line === undefined) break;
      if (line.kind === "same") {
        items.push({ type: "pair", before: line, after: line, first: false });
        at += 1;
        continue;
      }
      const removed: DiffLine[] = [];
      const added: DiffLine[] = [];
      for (let next = lines[at]; next !== undefined && next.kind !== "same"; next = lines[at]) {
        (next.kind === "removed" ? removed : added).push(next);
        at += 1;
      }
      for (let row = 0; row < Math.max(removed.length, added.length); row += 1)
        items.push({ type: "pair", before: removed[row] ?? null, after: added[row] ?? null, first: row === 0 });
    }
  });
  return items;
}

/** Rows for one column, as the core ordered them. */
export function unifiedItems(diff: TextDiffView): DiffItem[] {
  const items: DiffItem[] = [];
  eachHunk(diff, items, (lines) => {
    lines.forEach((line, at) => {
      const first = line.kind !== "same" && (at === 0 || lines[at - 1]?.kind === "same");
      items.push({ type: "line", line, first });
    });
  });
  return items;
}

function eachHunk(diff: TextDiffView, items: DiffItem[], draw: (lines: readonly DiffLine[]) => void): void {
  for (const hunk of diff.hunks) {
    if (hunk.folded > 0) items.push({ type: "fold", count: hunk.folded, block: hunk.block });
    draw(hunk.lines);
    if (hunk.foldedAfter > 0) items.push({ type: "fold", count: hunk.foldedAfter, block: null });
  }
}

/** A place is a run of lines that differ. */
export function countPlaces(diff: TextDiffView): number {
  return unifiedItems(diff).filter((item) => item.type === "line" && item.first).length;
}

export interface MarkedPart {
  text: string;
  marked: boolean;
}

/** Cuts a line at the ranges that differ; ranges out of order or out of bounds are ignored, never hidden text. */
export function markedParts(text: string, marks: readonly (readonly [number, number])[]): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let from = 0;
  for (const [start, end] of marks) {
    if (start < from || end > text.length || end <= start) continue;
    if (start > from) parts.push({ text: text.slice(from, start), marked: false });
    parts.push({ text: text.slice(start, end), marked: true });
    from = end;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from), marked: false });
  return parts;
}
