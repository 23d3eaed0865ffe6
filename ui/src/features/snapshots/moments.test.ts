import { expect, test } from "vitest";
import type { SnapshotOverview, SnapshotRow } from "@/api";
import { defaultRange, histogram, nearestMoment, nextMoment, readAt, readsAt, spanOf } from "./moments";

const read = (id: number, at: string): SnapshotRow => ({
  id,
  device: "LEAF-A01",
  at,
  source: "discovery",
  hash: "9c41f0",
  fullHash: "9c41f0",
  lines: 1,
  bytes: 1,
  changed: false,
});
const READS = [read(3, "2026-05-12T10:00:00Z"), read(2, "2026-05-11T10:00:00Z"), read(1, "2026-05-10T10:00:00Z")];

test("a moment shows the newest read before it, or the oldest of all", () => {
  expect(readAt(READS, "2026-05-12T12:00:00Z")?.id).toBe(3);
  expect(readAt(READS, "2026-05-11T10:00:00Z")?.id).toBe(2);
  expect(readAt(READS, "2026-01-01T00:00:00Z")?.id).toBe(1);
  expect(readAt([], "2026-01-01T00:00:00Z")).toBeNull();
});

test("at first everything since the first round of reads is compared", () => {
  const devices = [
    { device: "LEAF-A01", texts: 1, first: "2026-05-10T10:00:02Z", last: "2026-05-12T10:00:00Z", reads: 3 },
    { device: "LEAF-A02", texts: 1, first: "2026-05-10T10:00:00Z", last: "2026-05-12T10:00:01Z", reads: 3 },
    { device: "LEAF-A03", texts: 1, first: "2026-05-11T10:00:00Z", last: "2026-05-11T10:00:00Z", reads: 1 },
  ];
  const overview: SnapshotOverview = { devices, reads: 7, texts: 3, bytes: 1, readMarks: [], deployments: [] };
  expect(defaultRange(overview)).toEqual({ a: "2026-05-10T10:00:02Z", b: "2026-05-12T10:00:01Z" });
  const never = new Date(0).toISOString();
  expect(defaultRange({ ...overview, devices: [] })).toEqual({ a: never, b: never });
});

test("two moments of the same read compare it with the read before it", () => {
  const pair = (a: string, b: string) => readsAt(READS, a, b).map((one) => one?.id);
  expect(pair("2026-05-10T12:00:00Z", "2026-05-12T12:00:00Z")).toEqual([1, 3]);
  expect(pair("2026-05-12T11:00:00Z", "2026-05-12T12:00:00Z")).toEqual([2, 3]);
  expect(pair("2026-05-10T10:00:00Z", "2026-05-10T10:00:00Z")).toEqual([1, 1]);
  expect(readsAt([], "2026-05-10T10:00:00Z", "2026-05-10T10:00:00Z")).toEqual([null, null]);
});

test("reads within seconds are shown in minutes, days with some air", () => {
  expect(spanOf([1_000_000, 1_002_000])).toEqual([941_000, 1_061_000]);
  expect(spanOf([0, 1_000_000])).toEqual([-30_000, 1_030_000]);
});

test("handles snap to moments", () => {
  const moments = [10, 20, 40];
  expect([nextMoment(moments, 10, 1), nextMoment(moments, 40, 1), nextMoment(moments, 40, -1)]).toEqual([20, 40, 20]);
  expect(nearestMoment(moments, 33)).toBe(40);
});

test("every mark falls into one slice", () => {
  const marks = [0, 5, 99, 100].map((at) => ({ at: new Date(at).toISOString(), word: "" }));
  expect(histogram(marks, 0, 100, 2)).toEqual([2, 2]);
});
