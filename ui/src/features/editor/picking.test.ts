import { expect, test } from "vitest";
import type { PortGroup, PortRow } from "@/api";
import { firstChoice, portMatches, portSections, selectable } from "./picking";
import { readVlan } from "./vlan-dialog";

const port = (name: string, group: PortGroup = "ready", reason = "up, nothing on it"): PortRow => ({
  device: "LEAF-B06",
  port: name,
  speed: "100G",
  group,
  reason,
  selectable: group === "ready" || group === "look",
});

const PORTS = [
  port("ge100-0/0/15"),
  port("ge100-0/0/5"),
  port("bundle-445", "look"),
  port("ge100-0/0/0", "never", "fabric"),
];

test.each([
  ["", 4],
  ["0/0/5", 1],
  ["0/0/", 3],
  ["b445", 1],
  ["fabric", 1],
  ["up", 3],
  ["100g", 4],
])("%j matches %i ports", (text, count) => {
  expect(PORTS.filter((row) => portMatches(row, text))).toHaveLength(count);
});

test("a port that was typed whole is chosen before one that only holds the text", () => {
  const choices = [port("ge100-0/0/51"), port("ge100-0/0/5")];
  expect(firstChoice(choices, "0/0/5")).toBe(1);
  expect(firstChoice(choices, "0/0/")).toBe(0);
});

test("groups keep their totals, and only what can be chosen is reached by keys", () => {
  const sections = portSections(PORTS, "0/0/");
  expect(sections.map((section) => [section.group, section.total, section.shown.length])).toEqual([
    ["ready", 2, 2],
    ["look", 1, 0],
    ["in-use", 0, 0],
    ["never", 1, 1],
  ]);
  expect(selectable(sections).map((row) => row.port)).toEqual(["ge100-0/0/15", "ge100-0/0/5"]);
});

test.each(["0", "4095", "", "abc", "25 1", "-1", "1e3"])("%j is no VLAN", (text) => {
  expect(readVlan(text)).toHaveProperty("error");
});

test("1 to 4094 are VLANs", () => {
  expect([readVlan("1"), readVlan(" 4094 ")]).toEqual([{ vlan: 1 }, { vlan: 4094 }]);
});
