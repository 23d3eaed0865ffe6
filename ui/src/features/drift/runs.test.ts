import { expect, test } from "vitest";
import type { CheckDeviceView } from "@/api";
import { byConcern, openWords } from "./runs";

test("what was not checked stands on top, then what differs", () => {
  const device = (name: string, outcome: CheckDeviceView["outcome"]): CheckDeviceView => ({
    device: name,
    at: "2026-05-12T14:00:00Z",
    outcome,
    events: 0,
    code: null,
    reason: null,
    millis: null,
  });
  const rows = [device("A", "in-sync"), device("C", "drift"), device("B", "drift"), device("D", "not-checked")];
  expect(byConcern(rows).map((row) => row.device)).toEqual(["D", "B", "C", "A"]);
});

test("a run without an end goes on here or has not ended, as far as is known", () => {
  expect(openWords("running")).toBe("goes on");
  expect(openWords("not-ended")).toBe("not ended");
  expect(openWords("ended")).toBeNull();
});
