// Before any journey: there is a window at all, and something is drawn in it.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openWindow } from "./support/window.mjs";

test("the window is not of one colour", { timeout: 60_000 }, async (t) => {
  const data = await mkdtemp(join(tmpdir(), "bridgekeeper-"));
  t.after(() => rm(data, { recursive: true, force: true }));
  const window = await openWindow(["--data", data]);
  t.after(() => window.close());

  await window.see("#root > *");
  const seen = await window.picture("00-window");

  assert.ok(seen.different > 16, `only ${seen.different} colours`);
  assert.ok(seen.largestShare < 0.99, `${(100 * seen.largestShare).toFixed(1)} % of the window has one colour`);
  assert.ok(seen.width >= 1000 && seen.height >= 640, `${seen.width} x ${seen.height}`);
});
