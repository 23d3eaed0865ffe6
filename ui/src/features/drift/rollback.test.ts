import { expect, test } from "vitest";
import { rollbackSentence } from "./rollback";

const lines = (device: string, count: number) => ({
  device,
  forward: [],
  reverse: Array.from({ length: count }, (_, at) => `no interfaces ge100-0/0/${at}.251`),
});

test("an override says how many lines would take it away again, before it is chosen too", () => {
  const one = { overrideLines: [lines("SPINE-3", 2), lines("LEAF-A01", 0)] };
  expect(rollbackSentence(one, "override")).toBe("2 lines on SPINE-3 would take the override away again.");
  expect(rollbackSentence(one, null)).toBe(rollbackSentence(one, "override"));
  const two = { overrideLines: [lines("SPINE-3", 2), lines("LEAF-A01", 1)] };
  expect(rollbackSentence(two, "override")).toContain("3 lines on 2 devices");
});

test("what sends nothing has nothing to roll back", () => {
  const one = { overrideLines: [lines("SPINE-3", 2)] };
  expect(rollbackSentence(one, "sync")).toContain("sends nothing");
  expect(rollbackSentence(one, "leave")).toContain("Nothing is sent");
  expect(rollbackSentence({ overrideLines: [] }, null)).toContain("No override is possible now");
});
