import { expect, test } from "vitest";
import type { DiffLine, TextDiffView } from "@/api";
import { countPlaces, markedParts, splitItems, unifiedItems } from "./diff";

const line = (kind: DiffLine["kind"], text: string): DiffLine => ({ kind, text, before: 1, after: 1, marks: [] });

function diff(lines: DiffLine[], folded = 0, foldedAfter = 0): TextDiffView {
  return {
    hunks: [{ folded, block: "interfaces", lines, foldedAfter }],
    added: 0,
    removed: 0,
    linesBefore: 0,
    linesAfter: 0,
    hashBefore: "",
    hashAfter: "",
    identical: false,
  };
}

/** Rows as text: `a|b` beside each other, `~n` a fold. */
function rows(view: TextDiffView): string[] {
  return splitItems(view).map((item) =>
    item.type === "fold"
      ? `~${item.count}`
      : item.type === "pair"
        ? `${item.before?.text ?? ""}|${item.after?.text ?? ""}`
        : item.line.text,
  );
}

test("what replaces something stands beside it, the rest stands alone", () => {
  const view = diff(
    [
      line("same", "a"),
      line("removed", "b"),
      line("removed", "c"),
      line("added", "d"),
      line("same", "e"),
      line("added", "f"),
    ],
    701,
    12,
  );
  expect(rows(view)).toEqual(["~701", "a|a", "b|d", "c|", "e|e", "|f", "~12"]);
  expect(countPlaces(view)).toBe(2);
  expect(unifiedItems(view)).toHaveLength(8);
});

test("marks out of order or out of bounds never hide text", () => {
  const text = (marks: [number, number][]) =>
    markedParts("vlan-id 251", marks)
      .map((part) => (part.marked ? `[${part.text}]` : part.text))
      .join("");
  expect(text([[8, 11]])).toBe("vlan-id [251]");
  expect(text([])).toBe("vlan-id 251");
  expect(text([[8, 99]])).toBe("vlan-id 251");
  expect(
    text([
      [8, 11],
      [0, 4],
    ]),
  ).toBe("vlan-id [251]");
});
