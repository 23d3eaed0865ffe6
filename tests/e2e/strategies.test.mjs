// What a lab does about drift on the devices of a deployment: each strategy chosen in the window, and seen in the next
// deployment. Judged by the fabric's own dump.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { until } from "./support/process.mjs";
import { DOMAIN, Stage, VLAN, assertSettled } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const LONG = 120_000;
const DEPLOYED = 90_000;
const HOST = "LEAF-A01";
const THEIRS = `interfaces ge100-0/0/9.${VLAN} description`;

const stage = new Stage();

async function choose(strategy) {
  const { window } = stage;
  await window.press("rail-drift");
  await window.click("tab", /^Policies/u);
  await window.press(`strategy-${strategy}`);
  await window.see(`${part(`strategy-${strategy}`)}[data-on=true]`);
}

/** Another describes an end of the service on the device, and a check finds it. */
async function drifts(text) {
  const { window } = stage;
  await stage.types(HOST, `${THEIRS} ${text}`);
  await window.press("rail-drift");
  await window.click("tab", /^Inbox/u);
  await window.press("check-all");
  await window.see(`${part("check-note")}[data-state=done]`, 60_000);
  await window.seeText(part("drift-count"), "1 open");
}

async function planEnd(port) {
  await stage.addEnds([HOST, port]);
  await stage.makePlan();
}

async function runs() {
  await stage.window.press("run-plan");
  await stage.window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
}

async function holds(port, text) {
  const devices = await stage.fabric();
  assertSettled(devices);
  for (const line of [`instance ${DOMAIN} interface ${port}.${VLAN}`, `${THEIRS} ${text}`]) {
    assert.ok(devices[HOST].flattened.includes(line), line);
  }
}

/** Waits until background sync has decided so many events. */
function taken(times) {
  const decided = async () => (await stage.window.text(part("decisions"))).split("background sync").length - 1 === times;
  return until(`${times} decisions of background sync`, decided, 60_000);
}

stage.journey("J15a: under stop and sync a deployment is not begun until the drift is decided", LONG, async () => {
  const window = await stage.open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 60_000);
  await choose("stop");
  await window.picture("j15a-strategy");
  await drifts("first");
  const theirs = await stage.fabric();
  await planEnd("ge100-0/0/5");
  await window.press("run-plan");
  await window.seeText(part("region-error"), "In this lab drift is decided before anything is deployed beside it.");
  await window.picture("j15a-stopped");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "nothing was sent");
  await window.press("decide-drift");
  await window.press("choice-sync");
  await window.press("take-choice");
  await window.seeText(part("drift-count"), "0 open", 60_000);
  await stage.openDomain(DOMAIN);
  await window.click("button", /Continue draft/u);
  await stage.makePlan();
  await runs();
  await holds("ge100-0/0/5", "first");
});

stage.journey("J15b: under warn and proceed the plan names the drift and runs beside it", LONG, async () => {
  const { window } = stage;
  await choose("warn");
  await drifts("second");
  await planEnd("ge100-0/0/6");
  await window.read(`1 open drift event on ${HOST} that this plan does not decide`);
  await window.picture("j15b-warned");
  await runs();
  await holds("ge100-0/0/6", "second");
  await window.press("rail-drift");
  await window.seeText(part("drift-count"), "1 open");
});

stage.journey("J15c: under background sync a deployment runs, and what it met is taken by itself", LONG, async () => {
  const { window } = stage;
  // What is open is taken as soon as the lab is told so.
  await choose("sync");
  await taken(1);
  await planEnd("ge100-0/0/7");
  await stage.types(HOST, `${THEIRS} third`);
  await runs();
  await window.press("rail-drift");
  await window.click("tab", /^Policies/u);
  await taken(2);
  await window.picture("j15c-decisions");
  await window.click("tab", /^Inbox/u);
  await window.seeText(part("drift-count"), "0 open");
  await window.seeText(part("sync-notice"), `Background sync took 1 object on ${HOST}`);
  await window.picture("j15c-taken");
  await holds("ge100-0/0/7", "third");
});
