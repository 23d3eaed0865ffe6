import { expect, test } from "vitest";
import { busiestHour, daysOf, first, lasting, spanWords } from "./insight";

test("only the days that there are can be asked for", () => {
  expect([daysOf(null), daysOf("7"), daysOf("90"), daysOf("365")]).toEqual(["30", "7", "90", "30"]);
});

test("how long something lasted is told in two units at most", () => {
  expect([45, 2400, 7200, 8100, 200_000].map(lasting)).toEqual(["45 s", "40 min", "2 h", "2 h 15 min", "2 days"]);
});

test("too few events give no mean", () => {
  expect(spanWords({ count: 1, meanSeconds: null, medianSeconds: null })).toBe("too few to tell");
  expect(spanWords({ count: 9, meanSeconds: 8100, medianSeconds: 2400 })).toBe("median 40 min, mean 2 h 15 min");
});

test("the rest of a list is counted", () => {
  const counts = [5, 3, 2, 1].map((count, at) => ({ name: `LEAF-${at}`, count }));
  expect(first(counts, 2)).toMatchObject({ more: 2, rest: 3 });
  expect(first(counts, 9)).toMatchObject({ more: 0, rest: 0 });
});

test("the busiest hour is named, midnight too; none where nothing drifted", () => {
  const hours = (at: number) => Array.from({ length: 24 }, (_, hour) => (hour === at ? 3 : 0));
  expect(busiestHour(hours(23))).toBe("most from 23:00 to 00:00");
  expect(busiestHour(hours(-1))).toBeNull();
});
