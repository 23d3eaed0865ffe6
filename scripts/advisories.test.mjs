import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./advisories.mjs";

test("a finding fails, and so does whatever is not understood", () => {
  assert.deepEqual(judge({ status: 0, stderr: "advisories ok" }), { answered: true, found: false });
  for (const stderr of ["error[vulnerability]: a crate", "", "no such command"])
    assert.deepEqual(judge({ status: 1, stderr }), { answered: true, found: true }, stderr);
});

test("a database that is not reached is told apart from one that knows nothing", () => {
  const away = "[ERROR] failed to fetch advisory database https://example.net/advisory-db with cli";
  assert.equal(judge({ status: 1, stderr: away }).answered, false);
  assert.equal(judge({ status: null, stderr: "" }).answered, false);
});
