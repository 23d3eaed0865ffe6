import { expect, test } from "vitest";
import type { DomainRow } from "@/api";
import { NO_FILTER, facetCounts, filterDomains } from "./filter";

const row = (over: Partial<DomainRow>): DomainRow => ({
  name: "g_kestrel_v251",
  owner: "kestrel",
  vlan: 251,
  kind: "4A",
  kindLabel: "4A, single-tagged",
  scope: "global",
  access: 2,
  fabric: 2,
  devices: ["LEAF-A01"],
  drift: 0,
  warnings: 0,
  draft: null,
  changed: null,
  inDoubt: null,
  editable: true,
  ...over,
});

const ROWS = [
  row({}),
  row({ name: "g_birch_v2510", owner: "birch", vlan: 2510, devices: ["LEAF-B06"], warnings: 1 }),
  row({ name: "vlan42", owner: null, vlan: 42, kind: "2A", scope: "manual", draft: "d-1" }),
];
const names = (rows: DomainRow[]) => rows.map((one) => one.name);

test("free text finds names, exact VLANs and devices", () => {
  const find = (text: string) => names(filterDomains(ROWS, { ...NO_FILTER, text }));
  expect(find("birch")).toEqual(["g_birch_v2510"]);
  expect(find("42")).toEqual(["vlan42"]);
  expect(find("leaf-b06")).toEqual(["g_birch_v2510"]);
  expect(find("nothing")).toEqual([]);
});

test("values of one facet add, facets narrow each other down", () => {
  const filter = { ...NO_FILTER, owner: new Set(["kestrel", "none"]), state: new Set(["draft"] as const) };
  expect(names(filterDomains(ROWS, filter))).toEqual(["vlan42"]);
});

test("a count is what choosing the value would show; zero counts stay", () => {
  const counts = facetCounts(ROWS, { ...NO_FILTER, kind: new Set(["2A"]) }, "owner");
  expect([...counts]).toEqual([
    ["kestrel", 0],
    ["birch", 0],
    ["none", 1],
  ]);
});
