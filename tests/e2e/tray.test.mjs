// The window is closed, where the desktop has no tray and where it has one.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { Desktop } from "./support/desktop.mjs";
import { run, start, until } from "./support/process.mjs";
import { Stage, TOUCHED } from "./support/stage.mjs";
import { application, part } from "./support/window.mjs";

const LONG = 120_000;
const DEPLOYED = 90_000;
const DAY = 86_400;
const ENDS_ON = "LEAF-A01";
const QUESTION = "A deployment is running";
const SWITCH = `${part("tray-setting")} [role=switch]`;

const stage = new Stage();
let desktop;
before(() => {
  desktop = new Desktop();
});
after(() => desktop.end());

/** Starts the program once more on the same data folder, as from the desktop's menu. */
async function startAgain() {
  const again = start(application, ["--data", stage.data]);
  await again.ended;
  assert.equal(again.child.exitCode, 0, again.output.text);
}

/** Waits until no process has the window of the data folder any more. */
function programEnds() {
  return until("the program to end", async () => {
    await run("flock", ["--nonblock", join(stage.data, "window.lock"), "true"]);
    return true;
  });
}

async function openSetting() {
  await stage.window.press("rail-settings");
  await stage.window.click("button", "Window");
  await stage.window.see(part("tray-setting"));
}

async function closeIntoTray() {
  await desktop.close();
  await desktop.shows(false);
}

stage.journey("J12a: where no tray is the setting says why, and closing the window ends the program", LONG, async () => {
  const window = await stage.open("--practice");
  await openSetting();
  await window.seeText(part("tray-setting"), "org.kde.StatusNotifierWatcher");
  assert.equal(await window.attribute(SWITCH, "aria-checked"), "false");
  assert.notEqual(await window.attribute(SWITCH, "disabled"), null, "it can't be switched on");
  await window.picture("j12a-no-tray");
  await startAgain();
  await desktop.shows(true);
  await desktop.close();
  await programEnds();
  await window.close();
});

stage.journey("J12b: a deployment goes on in the tray, and only quitting asks about it", LONG, async () => {
  await desktop.ask("tray");
  const window = await stage.open("--practice");
  // There is a record of each device.
  await window.press("rail-domains");
  await window.seeText(part("domain-count"), "40", 60_000);
  await openSetting();
  await window.click("switch", /^Keep running in the tray/u);
  await window.see(`${SWITCH}[aria-checked=true]`);
  await window.picture("j12b-tray");
  await desktop.until("the icon to stand in the tray", "menu", (lines) => lines.includes("Quit"));

  await stage.addEnd();
  await stage.makePlan();
  const verify = await stage.runUntilPending(TOUCHED);
  await closeIntoTray();
  assert.equal(await desktop.isShown(QUESTION), false, "what goes on needs no question");
  await desktop.ask("choose Quit");
  await desktop.shows(true, QUESTION);
  await desktop.shows(true);
  // Closing the question is no consent.
  await desktop.close(QUESTION);
  await desktop.shows(false, QUESTION);
  await verify.open();
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
});

stage.journey("J12c: in the tray schedules go on, and the icon tells what they found", LONG, async () => {
  const { window } = stage;
  await window.press("rail-drift");
  await window.click("tab", /^Checks/u);
  await window.press("new-schedule");
  await (await window.see(part("schedule-name"))).sendKeys("Nightly");
  const cron = await window.see(part("schedule-cron"));
  await cron.clear();
  await cron.sendKeys("0 2 * * *");
  await window.press("save-schedule");
  await window.seeText(part("schedules"), "Nightly");
  await desktop.until("the icon to tell of the schedule", "menu", (lines) => /Next check: .* 02:00 .*, Nightly/u.test(lines));
  const told = (await desktop.ask("menu")).split(" | ");
  assert.equal(told[0], "Open Bridgekeeper");
  assert.deepEqual(told.slice(-2), ["Check now", "Quit"]);

  await closeIntoTray();
  await stage.types(ENDS_ON, "interfaces ge100-0/0/9.104 vlan-id 3104");
  await stage.setAhead(DAY + 3_600);
  await desktop.until("the icon to tell of drift", "tooltip", (text) => text.includes(`open drift: 1 on ${ENDS_ON}`));
  await desktop.until("the icon to tell of the check", "menu", (lines) => lines.includes("1 with drift"));
  assert.equal(await desktop.isShown(), false, "nothing of it brings the window up");
});

stage.journey("J12d: the window comes back in every way there is", LONG, async () => {
  const { window } = stage;
  await startAgain();
  await desktop.shows(true);
  await window.press("rail-drift");
  await window.click("tab", /^Checks/u);
  await window.seeText(part("check-runs"), "Nightly");

  for (const way of ["choose Open Bridgekeeper", "click"]) {
    await closeIntoTray();
    await desktop.ask(way);
    await desktop.shows(true);
  }

  await closeIntoTray();
  await desktop.ask("no tray");
  await desktop.shows(true);
  await openSetting();
  await window.seeText(part("tray-setting"), "org.kde.StatusNotifierWatcher");

  await desktop.ask("tray");
  await desktop.until("the icon to stand in the new tray", "menu", (lines) => lines.includes("Quit"));
  await closeIntoTray();
  await desktop.ask("choose Quit");
  await programEnds();
});
