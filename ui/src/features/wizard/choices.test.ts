import { expect, test } from "vitest";
import type { ChoiceView } from "@/api";
import { inOrder, makesPlan } from "./choices";

const choice = (word: string, refused: string | null = null): ChoiceView => ({
  choice: word,
  label: word,
  consequence: "",
  refused,
});
const words = (kind: string, ...of: string[]) =>
  inOrder({ kind, choices: of.map((word) => choice(word)) }).map((one) => one.choice);

test("the resolutions of drift stand in their order, going on first, the rest after them", () => {
  expect(words("drift", "leave", "abort", "override", "skip", "discover-and-sync")).toEqual([
    "discover-and-sync",
    "skip",
    "override",
    "leave",
    "abort",
  ]);
  expect(words("drift", "discover-and-sync", "continue")).toEqual(["continue", "discover-and-sync"]);
});

test("other cards keep the order of the core", () => {
  expect(words("refused", "retry", "abort", "skip")).toEqual(["retry", "abort", "skip"]);
});

test("a plan is shown for what runs one and is allowed", () => {
  expect(makesPlan(choice("continue-without:LEAF-A01"))).toBe(true);
  expect(makesPlan(choice("override", "Not every device is proven old."))).toBe(false);
  expect(makesPlan(choice("discover-and-sync"))).toBe(false);
});
