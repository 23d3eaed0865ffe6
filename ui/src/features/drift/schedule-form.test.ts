import { expect, test } from "vitest";
import type { ScheduleInput } from "@/api";
import { checkSchedule, cronOf, inputOf, scheduleFormOf, suggestedForm, until } from "./schedule-form";

const BLANK: ScheduleInput = {
  id: null,
  name: "",
  scope: { what: "all" },
  cron: "0 * * * *",
  zone: "Europe/Berlin",
  jitterSeconds: 60,
  atOnce: 8,
  limitSeconds: 600,
  enabled: true,
};

test("a schedule comes back from its form as it was", () => {
  const input: ScheduleInput = {
    ...BLANK,
    id: 3,
    name: "Spines",
    scope: { what: "groups", groups: ["spine"] },
    enabled: false,
  };
  expect(inputOf(scheduleFormOf(input))).toEqual(input);
});

test("suggested minutes become a step that cron can say", () => {
  expect([15, 22, 29, 45, 70, 200, 420, 1440].map(cronOf)).toEqual([
    "*/15 * * * *",
    "*/20 * * * *",
    "*/30 * * * *",
    "0 * * * *",
    "0 * * * *",
    "0 */3 * * *",
    "0 */6 * * *",
    "0 2 * * *",
  ]);
});

test("a suggestion fills in the form for its device", () => {
  const form = suggestedForm(BLANK, "LEAF-A01", 30);
  expect(checkSchedule(form)).toEqual({});
  expect(inputOf(form)).toMatchObject({
    name: "LEAF-A01, suggested",
    scope: { what: "devices", devices: ["LEAF-A01"] },
    cron: "*/30 * * * *",
  });
});

test("a schedule needs a name, something to check and numbers in range", () => {
  const form = { ...scheduleFormOf(BLANK), what: "devices" as const, jitter: "x", atOnce: "0", limit: "1441" };
  expect(Object.keys(checkSchedule(form)).sort()).toEqual(["atOnce", "jitter", "limit", "name", "scope"]);
});

test("what is due next is told from now", () => {
  const now = new Date(2026, 4, 12, 14, 0);
  const at = (minutes: number) => until(new Date(now.getTime() + minutes * 60_000), now);
  expect([at(-1), at(0.5), at(21), at(180), at(2880)]).toEqual(["now", "in 30 s", "in 21 min", "in 3 h", "in 2 days"]);
});
