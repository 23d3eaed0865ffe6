import { expect, test } from "vitest";
import type { CheckDeviceView } from "@/api";
import { byConcern } from "./runs";

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
