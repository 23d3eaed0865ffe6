import { expect, test } from "vitest";
import type { DriftRow } from "@/api";
import { NO_SERVICE, asks, firstSeenByDay, inboxItems, leftWords, objectOf, reasonOf, rowsOf, stepped } from "./inbox";

const event = (id: number, device: string, more: Partial<DriftRow> = {}): DriftRow => ({
  id,
  device,
  object: `ge100-0/0/${id}.251`,
  kind: "mismatch",
  title: "Mismatch",
  severity: "low",
  why: "",
  domains: ["g_kestrel_v251"],
  source: "check",
  firstSeen: "2026-05-12T10:00:00Z",
  lastSeen: "2026-05-12T12:00:00Z",
  times: 1,
  closed: null,
  left: null,
  ...more,
});

test("what matters most stands on top, of the groups and in them", () => {
  const rows = [
    event(1, "LEAF-A01"),
    event(2, "LEAF-B06"),
    event(3, "LEAF-B06", { severity: "critical", lastSeen: "2026-05-12T13:00:00Z" }),
  ];
  const items = inboxItems(rows, "device");
  expect(items.map((item) => (item.type === "group" ? item.name : item.row.id))).toEqual([
    "LEAF-B06",
    3,
    2,
    "LEAF-A01",
    1,
  ]);
  expect(items[0]).toMatchObject({ rows: 2, seen: "2026-05-12T13:00:00Z" });
});

test("an event stands once, under its first service or under none", () => {
  const rows = [event(1, "LEAF-A01", { domains: ["g_b", "g_a"] }), event(2, "LEAF-A01", { domains: [] })];
  const items = inboxItems(rows, "domain");
  expect(items.flatMap((item) => (item.type === "group" ? [item.name] : []))).toEqual(["g_b", NO_SERVICE]);
  expect(rowsOf(items)).toHaveLength(2);
});

test("moving stops at both ends and begins with the first", () => {
  const rows = [event(1, "A"), event(2, "A")];
  expect([stepped(rows, 1, 1)?.id, stepped(rows, 2, 1)?.id, stepped(rows, 1, -1)?.id]).toEqual([2, 2, 1]);
  expect(stepped(rows, 9, 1)?.id).toBe(1);
  expect(stepped([], null, 1)).toBeUndefined();
});

test("days are those of the wall clock, the present one last", () => {
  const now = new Date(2026, 4, 12, 0, 30);
  const at = (day: number, hour: number) => new Date(2026, 4, day, hour).toISOString();
  const rows = [at(12, 0), at(11, 23), at(11, 1), at(1, 1)].map((firstSeen, id) => event(id, "A", { firstSeen }));
  expect(firstSeenByDay(rows, now, 3)).toEqual([0, 2, 1]);
});

test("a foreign commit is about the device as a whole", () => {
  expect(objectOf(event(1, "A", { kind: "foreign-commit" }))).toBeNull();
  expect(objectOf(event(1, "A"))).toBe("ge100-0/0/1.251");
});

test("what was left as it is asks for nothing", () => {
  const left = { at: "2026-05-12T13:00:00Z", by: "kestrel", why: "lab test" };
  const open = [event(1, "A", { left }), event(2, "A")];
  expect(open.filter(asks).map((row) => row.id)).toEqual([2]);
  expect(leftWords(left)).toBe("left by kestrel · lab test");
  expect(leftWords({ ...left, why: "" })).toBe("left by kestrel");
});

test("a reason of blanks is none", () => {
  expect([reasonOf("  "), reasonOf(" until Friday ")]).toEqual([null, "until Friday"]);
});
