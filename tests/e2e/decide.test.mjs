// What can be decided about drift, in the real window: each choice of a deployment that it stopped, a policy, a scheduled
// check, and an undo that others stand against. Judged by the fabric's own dump.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { DOMAIN, LEAF, Stage, VLAN, assertSettled } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const LONG = 300_000;
const DEPLOYED = 90_000;
const OTHER = "LEAF-A01";
const DAY = 86_400;

const stage = new Stage();

/** Adds ends of the service to its draft and opens the plan. */
async function planEnds(...ends) {
  await stage.addEnds(...ends);
  await stage.makePlan();
}

/** Another configures an end first, so that the deployment stops before it sends anything. */
async function stops(device, port) {
  const unit = `interfaces ${port}.${VLAN}`;
  await stage.types(device, `${unit} l2-service enabled`, `${unit} vlan-id ${VLAN}`);
  const theirs = await stage.fabric();
  await stage.window.press("run-plan");
  await stage.window.see(`${part("decision-card")}[data-kind=drift]`, DEPLOYED);
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "nothing was sent");
  return theirs;
}

/** The devices on which a phase is shown as refused. */
const refused = () =>
  stage.window.script(
    `return [...document.querySelectorAll("[data-testid^=matrix-]:has([data-cell=refused])")].map((row) => row.dataset.testid.slice(7));`,
  );

const verified = () => stage.window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
const member = (port) => `network-services bridge-domain instance ${DOMAIN} interface ${port}.${VLAN}`;

async function holds(device, port) {
  const devices = await stage.fabric();
  assertSettled(devices);
  return devices[device].flattened.includes(member(port));
}

stage.journey("J5a: a deployment that drift stopped is left, then carried out over it", LONG, async () => {
  const window = await stage.open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 60_000);
  await planEnds([LEAF, "ge100-0/0/5"]);
  const theirs = await stops(LEAF, "ge100-0/0/5");
  await window.press("choice-leave");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs));
  await window.press("preview-override");
  await window.seeText(part("child-plan"), member("ge100-0/0/5"));
  await window.picture("j5a-override");
  assert.deepEqual(await refused(), [LEAF], "the others were stopped, not refused");
  await window.press("choice-override");
  await verified();
  assert.ok(await holds(LEAF, "ge100-0/0/5"));
});

stage.journey("J5b: what another did is taken, and what is left to do goes on", LONG, async () => {
  const { window } = stage;
  await planEnds([LEAF, "ge100-0/0/6"]);
  const theirs = await stops(LEAF, "ge100-0/0/6");
  await window.press("choice-discover-and-sync");
  // The draft on what is recorded now: of three lines the membership is left.
  await window.see(part("make-plan"), 60_000);
  await window.seeText("body", "1 line", 60_000);
  await window.picture("j5b-left");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "a sync sends nothing");
  await window.press("make-plan");
  await window.see(part("wizard-plan"));
  await window.press("run-plan");
  await verified();
  assert.ok(await holds(LEAF, "ge100-0/0/6"));
});

stage.journey("J5c: the object is skipped and the rest holds", LONG, async () => {
  const { window } = stage;
  await planEnds([LEAF, "ge100-0/0/7"], [OTHER, "ge100-0/0/5"]);
  const theirs = await stops(LEAF, "ge100-0/0/7");
  await window.press("choice-skip");
  await verified();
  assert.ok(await holds(OTHER, "ge100-0/0/5"));
  assert.deepEqual((await stage.fabric())[LEAF].flattened, theirs[LEAF].flattened, "theirs stays");
});

stage.journey("J5d: a policy decides, and the decision is kept", LONG, async () => {
  const { window } = stage;
  await window.press("rail-drift");
  await window.click("tab", /^Policies/u);
  await window.press("new-policy");
  await window.see(part("policy-form"));
  await (await window.see(part("policy-name"))).sendKeys("Ports of A01");
  await window.click("radio", "Take the device's");
  await (await window.see(part("policy-devices"))).sendKeys(OTHER);
  await (await window.see(part("policy-objects"))).sendKeys("ge100-*");
  await window.picture("j5d-policy-form");
  await window.press("save-policy");
  await window.see('[data-testid^="policy-"][data-state=in-force]');
  await stage.types(OTHER, `interfaces ge100-0/0/5.${VLAN} description theirs`);
  const theirs = await stage.fabric();
  await window.press("check-all");
  await window.seeText(part("decisions"), "Ports of A01", 60_000);
  await window.picture("j5d-decided");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "a policy that takes sends nothing");
  await window.click("tab", /^Inbox/u);
  // What was skipped before is still open; the port of A01 is not.
  assert.ok(!(await window.text(part("drift"))).includes("theirs"));
});

stage.journey("J5e: a scheduled check finds what another did while nobody looked", LONG, async () => {
  const { window } = stage;
  await window.click("tab", /^Checks/u);
  await window.press("new-schedule");
  await (await window.see(part("schedule-name"))).sendKeys("Nightly");
  const cron = await window.see(part("schedule-cron"));
  await cron.clear();
  await cron.sendKeys("0 2 * * *");
  await window.seeText(part("schedule-preview"), "02:00");
  await window.picture("j5e-schedule-form");
  await window.press("save-schedule");
  await window.seeText(part("schedules"), "Nightly");
  await stage.types(LEAF, `interfaces ge100-0/0/5.${VLAN} vlan-id 3104`);
  await stage.setAhead(DAY + 3_600);
  await window.seeText(part("check-runs"), "Nightly", 60_000);
  await window.picture("j5e-run");
  await window.click("tab", /^Inbox/u);
  await window.seeText(part("drift"), `ge100-0/0/5.${VLAN}`, 60_000);
  await window.picture("j5e-found");
});

stage.journey("J5f: an undo that others stand against shows what, and goes back as far as chosen", LONG, async () => {
  const { window } = stage;
  // The sixth deployment brought an end that another changed since, which the policy took.
  await window.press("rail-deployments");
  await window.press("deployment-6");
  await window.see(`${part("deployment-detail")}[data-deployment="6"]`);
  await window.press("undo-deployment");
  await window.see(part("ways-back"));
  await window.seeText(part("ways-back"), "theirs");
  await window.picture("j5f-ways-back");
  await window.press("way-over");
  await window.see(part("wizard-plan"));
  await window.press("run-plan");
  await verified();
  assert.ok(!(await holds(OTHER, "ge100-0/0/5")), "the end is gone again");
  assert.ok(await holds(LEAF, "ge100-0/0/6"), "what others brought stays");
});

stage.journey("J5g: a bridge domain is read and taken, and nothing beside it", LONG, async () => {
  const { window } = stage;
  await stage.types(LEAF, `interfaces ge100-0/0/6.${VLAN} description again`);
  const theirs = await stage.fabric();
  await stage.openDomain(DOMAIN);
  await window.click("button", "More");
  await window.click("menuitem", "Discover and sync");
  // What the scheduled check found is of the bridge domain too; what was skipped is not.
  await window.seeText(part("sync-sentence"), "2 updated", 60_000);
  await window.seeText(part("sync-report"), "still open");
  await window.picture("j5g-report");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "a sync sends nothing");
});

stage.journey("J5h: a device is scanned beside the records, and one click takes what it holds", LONG, async () => {
  const { window } = stage;
  await window.click("button", "Close");
  await stage.types(LEAF, `interfaces ge100-0/0/6.${VLAN} description scanned`);
  const theirs = await stage.fabric();
  await window.press("rail-devices");
  await window.click("row", LEAF);
  await window.press("scan-device");
  await window.see(part(`scan-${LEAF}`), 60_000);
  const row = `${part("scan-row")}[data-name="ge100-0/0/6.${VLAN}"]`;
  await window.see(`${row}[data-state=differs]`);
  await window.picture("j5h-scan");
  await window.press(`advice-ge100-0/0/6.${VLAN}`);
  await window.gone(`${row}[data-state=differs]`);
  await window.picture("j5h-taken");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "a scan sends nothing, and neither does a sync");
});
