import { expect, test } from "vitest";
import { cliWords } from "./cli";

const check = (line: string, wanted: string) => {
  const marks = { no: "!", keyword: "k", value: "v", gap: "" };
  expect(
    cliWords(line)
      .filter((word) => word.kind !== "gap")
      .map((word) => marks[word.kind])
      .join(""),
  ).toBe(wanted);
  expect(
    cliWords(line)
      .map((word) => word.text)
      .join(""),
  ).toBe(line);
};

test("keywords are told from values, and no character is lost", () => {
  check("network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251", "kkkvkv");
  check("interfaces ge100-0/0/5.251 l2-service enabled", "kvkv");
  check("interfaces ge100-0/0/5.251 vlan-id list 251", "kvkkv");
  check("no interfaces ge100-0/0/5.251", "!kv");
  check("    admin-state enabled", "kv");
  check("  !", "k");
  check("", "");
});
