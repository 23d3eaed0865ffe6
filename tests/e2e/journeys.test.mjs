// The journeys of one person through the real window, in the order in which that person makes them. Each is judged by
// the simulated fabric's own dump of what its devices hold, not only by what the window shows.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { DOMAIN, LEAF, PORT, Stage, TOUCHED, assertSettled } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const SOON = 120_000;
const LONG = 240_000;
const DEPLOYED = 90_000;

const stage = new Stage();
let window;

// What the deployment leaves for the journeys after it: the fabric as it was before, and the hash of its plan.
let beforeDeployment;
let plan;

const open = async (...args) => {
  window = await stage.open(...args);
};
const fabric = () => stage.fabric();
const journey = (name, limit, walk) => stage.journey(name, limit, walk);
const openDomain = (name) => stage.openDomain(name);
const addEnd = (picture) => stage.addEnd(picture);

journey("J1: from the first run to a discovered practice lab", SOON, async () => {
  await open();
  await window.see(part("first-run"));
  await window.picture("j1-first-run");

  await window.press("start-practice-lab");
  await window.see(`${part("mode")}[data-mode="practice"]`, 30_000);
  for (const device of Object.keys(await fabric())) {
    await window.read(device);
  }
  await window.picture("j1-fabric");

  await window.press("rail-domains");
  await window.see(part("domain-count"));
  assert.equal(await window.text(part("domain-count")), "40");
  await window.picture("j1-domains");
  assertSettled(await fabric());
});

journey("J2: an edit with its plan live beside it survives a crash", SOON, async () => {
  const untouched = texts(await fabric());
  await addEnd("j2-port-picker");
  assert.equal(await window.attribute(part("validation"), "data-errors"), "0");
  await window.click("tab", /^Lines/);
  for (const device of TOUCHED) {
    assert.match(await window.text(part("live-forward")), new RegExp(device));
  }
  await window.picture("j2-editor");
  assert.deepEqual(texts(await fabric()), untouched, "editing sends nothing");

  await window.kill();
  await open();
  await openDomain(DOMAIN);
  await window.click("button", /Continue draft/);
  await window.see(part(`attachment-${LEAF}-${PORT}.104`));
  await window.picture("j2-draft-after-crash");
  await window.close();
});

journey("J3: through the wizard to a verified deployment", LONG, async (t) => {
  await open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 30_000);
  const start = await fabric();

  await openDomain(DOMAIN);
  await window.press("edit-domain");
  await window.press("review-changes");
  await window.see(part("wizard-changes"));
  await window.picture("j3-changes");
  await window.press("make-plan");
  await window.see(part("wizard-plan"));
  const planned = await window.lines("Forward lines of ");
  plan = await window.attribute(part("wizard-plan"), "data-hash");
  assert.deepEqual([...planned.keys()].sort(), TOUCHED);
  await window.picture("j3-plan");
  assert.deepEqual(texts(await fabric()), texts(start), "planning sends nothing");

  await window.press("run-plan");
  await window.see(part("wizard-execution"));
  await window.picture("j3-execution");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  await window.picture("j3-validation");

  const end = await fabric();
  assertSettled(end);
  for (const [device, { flattened }] of Object.entries(end)) {
    const before = start[device].flattened;
    if (!TOUCHED.includes(device)) {
      assert.equal(flattened, before, `${device} is not part of the plan`);
    } else {
      assert.notEqual(flattened, before, `${device} holds the change`);
    }
  }
  assert.match(end[LEAF].flattened, new RegExp(`${PORT}\\.104`));
  t.diagnostic(`${[...planned.values()].flat().length} lines on ${planned.size} devices`);
  beforeDeployment = start;
});

journey("J4: one click takes it back, and every device holds its old text", LONG, async () => {
  await window.press("rail-deployments");
  await window.see(part("deployment-detail"));
  await window.picture("j4-deployments");
  await window.press("undo-deployment");
  await window.see(part("wizard-plan"));
  await window.picture("j4-undo-plan");
  await window.press("run-plan");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  await window.picture("j4-undone");

  const end = await fabric();
  assertSettled(end);
  assert.deepEqual(texts(end), texts(beforeDeployment));
});

journey("J7: with the fabric stopped one reviews, compares, searches and plans", SOON, async () => {
  // The practice lab ends with the window that started it; nothing answers the next window.
  await window.close();
  await open();
  await assert.rejects(fabric(), /ECONNREFUSED/, "no device is left to ask");

  await openDomain(DOMAIN);
  await window.click("tab", /^Configuration/);
  await window.read(`network-services`);
  await window.picture("j7-domain");

  await window.press("rail-snapshots");
  await window.press(`snapshot-device-${LEAF}`);
  await window.choose("Read B", /deployment 1, settle/);
  await window.click("radio", "Flattened");
  await window.seeText(part("text-diff"), `interfaces ${PORT}.104 vlan-id 104`);
  await window.picture("j7-compare");
  await (await window.see(part("snapshot-search"))).sendKeys(`${PORT}.104`);
  await window.see(`${part("history-hits")}:not([data-count="0"])`);
  await window.picture("j7-search");

  await addEnd("j7-port-picker");
  await window.press("review-changes");
  await window.press("make-plan");
  await window.see(part("wizard-plan"));
  assert.equal(await window.attribute(part("wizard-plan"), "data-hash"), plan, "the plan made with the fabric at hand");
  await window.picture("j7-plan");
});
