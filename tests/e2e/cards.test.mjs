// What a person can do about a deployment beside running it again: abort it, before and after the decision, and go on without
// a device that failed. Judged by the fabric's own dump, device by device, and by what is filed away.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { DOMAIN, LEAF, PORT, Stage, TOUCHED, VLAN, assertSettled } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const LONG = 240_000;
const DEPLOYED = 90_000;
const OTHER = "LEAF-A01";
const ALL = [...TOUCHED, OTHER];
const END = `${PORT}.${VLAN}`;

const stage = new Stage();

/** Opens the list of deployments and waits until these are in it, each with how it ended. */
async function filed(ends) {
  await stage.window.press("rail-deployments");
  for (const [id, status] of Object.entries(ends)) {
    await stage.window.see(`${part(`deployment-${id}`)}[data-status=${status}]`, DEPLOYED);
  }
}

/** Opens the draft that a deployment left. */
async function continueDraft() {
  await stage.openDomain(DOMAIN);
  await stage.window.click("button", /Continue draft/u);
  await stage.window.see(part("editor"));
}

/** Holds a device at the line that confirms its commit, and lets it go on from where it is held until there. */
async function holdAtConfirm(device, held) {
  for (;;) {
    const next = await stage.hold(device, "commit");
    await held.open();
    await next.arrived();
    const lines = (await stage.ask({ op: "received" })).filter((line) => line.device === device);
    // Other lines have that word too.
    if (lines.at(-1).line === "commit") return next;
    held = next;
  }
}

stage.journey("J13a: aborted in the confirm window, every device is old and the draft stays", LONG, async () => {
  const window = await stage.open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 60_000);
  const start = await stage.fabric();
  await stage.addEnds([LEAF, PORT], [OTHER, PORT]);
  await stage.makePlan();
  const verify = await stage.runUntilPending(ALL);
  await window.seeText(part("abort"), "Cancel and go back");
  await window.read("Cancel the pending commit: every device is old again.");
  await window.picture("j13a-pending");
  await window.press("abort");
  await window.gone(part("abort"));
  await verify.open();
  await window.see(`${part("wizard-execution")}[data-status=aborted]`, DEPLOYED);
  await window.picture("j13a-aborted");
  assert.equal((await window.all(part("decision-card"))).length, 0, "a person's own abort asks for nothing");
  assert.equal((await window.all("[data-cell=refused]")).length, 0, "no device refused anything");

  const end = await stage.fabric();
  assertSettled(end);
  assert.deepEqual(texts(end), texts(start));
  await filed({ 1: "aborted" });
  await continueDraft();
  for (const device of [LEAF, OTHER]) await window.see(part(`attachment-${device}-${END}`));
});

stage.journey("J13b: aborted after the decision, it is finished and then rolled back", LONG, async () => {
  const { window } = stage;
  const start = await stage.fabric();
  await stage.makePlan();
  const confirm = await holdAtConfirm(LEAF, await stage.runUntilPending(ALL));
  await window.seeText(part("abort"), "Finish, then roll back");
  await window.read("The decision is recorded: it is finished first, then rolled back.");
  await window.picture("j13b-decided");
  await window.press("abort");
  await window.gone(part("abort"));
  await confirm.open();
  await filed({ 2: "verified", 3: "verified" });
  await window.picture("j13b-rolled-back");

  const end = await stage.fabric();
  assertSettled(end);
  assert.deepEqual(texts(end), texts(start));
  await window.press("deployment-2");
  await window.see(`${part("deployment-detail")}[data-deployment="2"]`);
  await window.read("Deployment 3 undid it.");
});

stage.journey("J13c: a device does not answer, and the deployment goes on without it", LONG, async () => {
  const { window } = stage;
  const start = await stage.fabric();
  await stage.addEnds([LEAF, PORT], [OTHER, PORT]);
  await stage.makePlan();
  await stage.ask({ op: "reach", device: OTHER, reach: "refuses" });
  await window.press("run-plan");
  await window.see(`${part("decision-card")}[data-kind=unreachable]`, DEPLOYED);
  const card = await window.text(part("decision-card"));
  for (const words of [`${OTHER} could not be used`, "Every device is old", "stays in the draft"]) {
    assert.ok(card.includes(words), `${words} in\n${card}`);
  }
  assert.deepEqual(texts(await stage.fabric()), texts(start), "nothing was sent");

  const without = `continue-without:${OTHER}`;
  await window.press(`preview-${without}`);
  await window.seeText(part("child-plan"), `interfaces ${END} vlan-id ${VLAN}`);
  assert.deepEqual([...(await window.lines("Forward lines of ")).keys()].sort(), TOUCHED);
  await window.picture("j13c-card");
  await window.press(`choice-${without}`);
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  await window.picture("j13c-validation");

  const end = await stage.fabric();
  assertSettled(end);
  for (const [device, { flattened }] of Object.entries(end)) {
    assert.equal(flattened === start[device].flattened, !TOUCHED.includes(device), device);
  }
  await filed({ 4: "aborted", 5: "verified" });
  await window.read("Outcome");
  assert.ok(!(await window.text(part("deployment-detail"))).includes(OTHER), "what was left out is none of its changes");
  await window.picture("j13c-filed");
  await continueDraft();
  await window.see(`${part(`attachment-${OTHER}-${END}`)}[data-sign=added]`);
  assert.equal((await window.all(`${part(`attachment-${LEAF}-${END}`)}[data-sign=added]`)).length, 0, "it holds");
});
