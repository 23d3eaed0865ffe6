import { expect, test } from "vitest";
import { age, bytes, countdown, minutes, plural, shortHash, thousands, took, when } from "./format";

const NOW = new Date(2026, 4, 12, 14, 30, 0);
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

test.each([
  [1, "just now"],
  [42, "42 s"],
  [61, "1 min"],
  [3600 * 3, "3 h"],
  [86_400 * 4, "4 days"],
])("%i seconds are %s", (seconds, words) => {
  expect(age(ago(seconds), NOW)).toBe(words);
});

test("times and counts in words", () => {
  expect(when(ago(3600), NOW)).toBe("today 13:30");
  expect(when(ago(86_400 * 3), NOW)).toBe("9 May");
  expect(when(new Date(2024, 0, 2), NOW)).toBe("2 Jan 2024");
  expect(minutes(54_000)).toBe("0:54");
  expect(countdown(251_000)).toBe("04:11");
  expect(took(850)).toBe("850 ms");
  expect(took(1240)).toBe("1.2 s");
  expect(took(84_000)).toBe("1:24");
  expect(plural(1, "device")).toBe("1 device");
  expect(plural(2, "leaf", "leaves")).toBe("2 leaves");
  expect(thousands(11_402)).toBe("11,402");
  expect(bytes(64 * 1024 * 1024)).toBe("64 MB");
  expect(shortHash("sha256:9c41f0aa")).toBe("9c41f0");
});
