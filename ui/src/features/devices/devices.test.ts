import { expect, test } from "vitest";
import { checkDevice } from "./add-device";
import { fingerprintGroups } from "./device-filter";

test("a device is checked field by field before anything is asked", () => {
  expect(checkDevice("LEAF-A01", "192.0.2.11", "22")).toEqual({});
  expect(Object.keys(checkDevice("", "", "0"))).toEqual(["name", "address", "port"]);
  expect(checkDevice("LEAF A01", "192.0.2.11", "22")).toHaveProperty("name");
  expect(checkDevice("LEAF-A01", "a,b", "70000")).toEqual({
    address: "An address has no spaces, commas or quotes.",
    port: "A port is a number from 1 to 65535.",
  });
});

test("fingerprints are compared in groups of four", () => {
  expect(fingerprintGroups("SHA256:q7Vn3XkLw0")).toEqual({ prefix: "SHA256", groups: ["q7Vn", "3XkL", "w0"] });
});
