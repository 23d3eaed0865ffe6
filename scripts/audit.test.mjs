import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./audit.mjs";

const report = (severity, counts) =>
  JSON.stringify({
    vulnerabilities: { left: { name: "left", range: "<1.3", severity } },
    metadata: { vulnerabilities: counts },
  });

test("a high or critical finding is one, a lower one is not", () => {
  for (const level of ["high", "critical"])
    assert.deepEqual(judge(report(level, { [level]: 1 })).findings, [`left <1.3 (${level})`]);
  for (const level of ["info", "low", "moderate"])
    assert.deepEqual(judge(report(level, { [level]: 1 })), { answered: true, why: "", findings: [] });
  assert.equal(judge('{"metadata":{"vulnerabilities":{"high":2}}}').findings.length, 1);
});

test("no answer is told apart from no finding", () => {
  for (const output of ["", "not JSON", "{}", '{"message":"405 Method Not Allowed","error":{"summary":""}}'])
    assert.equal(judge(output).answered, false, output);
  assert.equal(judge('{"message":"405 Method Not Allowed"}').why, "405 Method Not Allowed");
  assert.equal(judge('{"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0}}}').answered, true);
});
