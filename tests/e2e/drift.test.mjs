// Drift through the real window: another engineer changes a device, the window finds it on its object, and each way to
// resolve it is judged by the fabric's own dump.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { LEAF, PORT, Stage, assertSettled } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const LONG = 240_000;
const DEPLOYED = 90_000;
const END = "ge100-0/0/9.104";
const ENDS_ON = "LEAF-A01";

const stage = new Stage();

/** Checks all devices and opens the only event. */
async function findsOne(picture) {
  const { window } = stage;
  await window.press("rail-drift");
  await window.press("check-all");
  await window.see(`${part("check-note")}[data-state=done]`, 60_000);
  await window.see(part("drift-detail"));
  await window.read("1 open");
  await window.picture(picture);
}

stage.journey("J5: what another changed is found on its object and put back", LONG, async () => {
  const window = await stage.open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 60_000);
  await window.press("rail-domains");
  await window.seeText(part("domain-count"), "40");
  const start = await stage.fabric();
  await stage.types(ENDS_ON, `interfaces ${END} vlan-id 3104`);
  await findsOne("j5-found");
  const shown = await window.text(part("drift-detail"));
  for (const words of [ENDS_ON, END, "g_birch_v104", "vlan-id 3104", "vlan-id 104"]) {
    assert.ok(shown.includes(words), `${words} in\n${shown}`);
  }
  await window.press("choice-override");
  await window.seeText(part("choice-preview"), `interfaces ${END} vlan-id 104`);
  await window.press("take-choice");
  await window.see(part("wizard-plan"));
  await window.picture("j5-plan");
  await window.press("run-plan");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  const end = await stage.fabric();
  assertSettled(end);
  assert.deepEqual(texts(end), texts(start));
  await window.press("rail-drift");
  await window.seeText(part("drift-count"), "0 open");
});

stage.journey("J5: what another changed is taken as it is, and nothing is sent", LONG, async () => {
  const { window } = stage;
  await stage.types(ENDS_ON, `interfaces ${END} vlan-id 3104`);
  const theirs = await stage.fabric();
  await findsOne("j5-found-again");
  await window.press("choice-sync");
  await window.press("take-choice");
  await window.seeText(part("drift-count"), "0 open", 60_000);
  await window.picture("j5-synced");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs));
  await stage.types(ENDS_ON, `interfaces ${END} vlan-id 104`);
  await findsOne("j5-back");
  await window.press("choice-sync");
  await window.press("take-choice");
  await window.seeText(part("drift-count"), "0 open", 60_000);
});

stage.journey("J5: what stands in the way of a deployment stops it before anything is sent", LONG, async () => {
  const { window } = stage;
  await stage.addEnd();
  await stage.makePlan();
  await stage.types(LEAF, `interfaces ${PORT}.104 l2-service enabled`, `interfaces ${PORT}.104 vlan-id 104`);
  const theirs = await stage.fabric();
  await window.press("run-plan");
  await window.see(`${part("decision-card")}[data-kind=drift]`, DEPLOYED);
  await window.picture("j5-stopped");
  const stopped = await window.script("return location.hash");
  assertSettled(await stage.fabric());
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "nothing was sent");
  await window.press("rail-drift");
  await window.see(part("drift-detail"));
  assert.match(await window.text(part("drift-detail")), new RegExp(`${PORT}\\.104`, "u"));
  await window.press("choice-override");
  await window.press("take-choice");
  await window.see(part("wizard-plan"));
  await window.press("run-plan");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  const cleared = await stage.fabric();
  assertSettled(cleared);
  assert.ok(!cleared[LEAF].flattened.includes(`${PORT}.104`), "their lines were taken off as chosen");

  // The drift is decided, so the deployment that it stopped goes on with what is left of its draft.
  await window.script("location.hash = arguments[0]", stopped);
  await window.press("preview-continue");
  await window.seeText(part("child-plan"), `interfaces ${PORT}.104 vlan-id 104`);
  await window.picture("j5-continue");
  await window.press("choice-continue");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  const end = await stage.fabric();
  assertSettled(end);
  assert.ok(end[LEAF].flattened.includes(`${PORT}.104`), "what was left of the draft is there");
});

stage.journey("J5: what is left open keeps its reason and asks for nothing", LONG, async () => {
  const { window } = stage;
  await stage.types(ENDS_ON, `interfaces ${END} vlan-id 3104`);
  await findsOne("j5-to-leave");
  await window.press("choice-leave");
  await (await window.see(part("reason"))).sendKeys("rowan tests there");
  await window.press("take-choice");
  await window.seeText(part("drift-count"), "0 open, 1 left");
  assert.doesNotMatch(await window.text(part("rail-drift")), /[0-9]/u);
  await window.press("show-left");
  await window.read("rowan tests there");
  await window.picture("j5-left");
  await stage.types(ENDS_ON, `interfaces ${END} vlan-id 104`);
  await window.press("check-all");
  await window.see(`${part("check-note")}[data-state=done]`, 60_000);
  await window.seeText(part("drift-count"), "0 open");
});
