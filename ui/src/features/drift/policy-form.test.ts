import { expect, test } from "vitest";
import {
  NEW_POLICY,
  type PolicyForm,
  checkPolicy,
  endOf,
  formOf,
  namesOf,
  termsOf,
  trialTermsOf,
  withoutMissing,
} from "./policy-form";

const NOW = new Date(2026, 4, 12, 14, 0);
const form = (more: Partial<PolicyForm>): PolicyForm => ({ ...NEW_POLICY, name: "Quiet", ...more });

test("names are taken apart at commas and blanks, each once", () => {
  expect(namesOf(" LEAF-A*, LEAF-B06\nLEAF-B06;SPINE-1 ")).toEqual(["LEAF-A*", "LEAF-B06", "SPINE-1"]);
  expect(namesOf("  ")).toEqual([]);
});

test("a policy ends with the last minute of its day", () => {
  expect(endOf({ ends: "7", date: "" }, NOW)).toEqual(new Date(2026, 4, 19, 23, 59, 59));
  expect(endOf({ ends: "date", date: "2026-06-01" }, NOW)).toEqual(new Date(2026, 5, 1, 23, 59, 59));
  expect(endOf({ ends: "date", date: "2026-06-31" }, NOW)).toBeNull();
  expect(endOf({ ends: "date", date: "soon" }, NOW)).toBeNull();
});

test("the form becomes terms; limits go with putting back only", () => {
  expect(termsOf(form({ devices: "LEAF-A*", kinds: ["mismatch"] }), NOW)).toMatchObject({
    name: "Quiet",
    devices: ["LEAF-A*"],
    objects: [],
    kinds: ["mismatch"],
    atMost: "low",
    action: "leave",
    limits: null,
  });
  const back = form({ action: "override", devices: "LEAF-A01", objects: "g_kestrel_v251" });
  expect(termsOf(back, NOW)?.limits).toEqual({ objects: 4, lines: 20, perDay: 2 });
});

test("putting back takes exact names and limits in range", () => {
  const loose = form({ action: "override", devices: "LEAF-*", limits: { objects: "17", lines: "20", perDay: "2" } });
  expect(Object.keys(checkPolicy(loose, NOW)).sort()).toEqual(["devices", "limits", "objects"]);
  expect(termsOf(loose, NOW)).toBeNull();
  expect(checkPolicy({ ...loose, action: "leave" }, NOW)).toEqual({});
});

test("an end in the past, or too far away, is refused", () => {
  expect(checkPolicy(form({ ends: "date", date: "2026-05-11" }), NOW).date).toBe("This day is over.");
  expect(checkPolicy(form({ ends: "date", date: "2028-05-11" }), NOW).date).toContain("At most 366 days");
  expect(checkPolicy(form({ ends: "date", date: "2026-05-12" }), NOW)).toEqual({});
});

test("a trial needs no name; saving does", () => {
  expect(termsOf(form({ name: " " }), NOW)).toBeNull();
  expect(trialTermsOf(form({ name: " " }), NOW)).not.toBeNull();
});

test("a policy that is there comes back into the form as it was, its end not lengthened", () => {
  const filled = form({ action: "override", devices: "LEAF-A01", objects: "g_b", ends: "date", date: "2026-06-01" });
  const terms = termsOf(filled, NOW);
  expect(terms === null ? null : formOf(terms)).toEqual(filled);
});

test("what is missing is said only when someone wants to save", () => {
  const started = form({ name: "", action: "override", devices: "LEAF-*" });
  expect(Object.keys(withoutMissing(checkPolicy(started, NOW), started))).toEqual(["devices"]);
});
