// Journeys through trouble, on devices that outlive the window: a key that changed, a password, a refusal, a crash.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { texts } from "./support/fabric.mjs";
import { run, start, until } from "./support/process.mjs";
import { LEAF, Stage, TOUCHED, assertSettled } from "./support/stage.mjs";
import { Key, part } from "./support/window.mjs";

const LONG = 240_000;
const DEPLOYED = 90_000;
// Nine devices, one of them with two addresses.
const LAB_ROWS = 10;
const SECRET = "canary-5b1d-window-secret";
const BK = new URL("../../target/debug/bk", import.meta.url).pathname;

let lab;
let inventory;

const stage = new Stage(async () => {
  lab = start(BK, ["lab", "--size", "practice", "--control", stage.control]);
  // Inventory and message come over two pipes, in any order.
  const rows = () => lab.output.text.split("\n").filter((line) => /^name,|,SHA256:[\w+/]{43}$/u.test(line));
  const served = () => lab.output.text.includes("devices are served") && rows().length === 1 + LAB_ROWS;
  await until("the fabric to be served", served, 60_000);
  inventory = `${rows().join("\n")}\n`;
});

after(async () => {
  await lab?.end();
});

/** Every file below a folder with its bytes. */
async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [file, await readFile(file)]));
}

async function type(fields) {
  for (const [field, text] of Object.entries(fields)) {
    const input = await stage.window.see(part(field));
    await input.clear();
    await input.sendKeys(text);
  }
}

stage.journey("J10: a password typed in the window is in the keyring and nowhere else", LONG, async () => {
  const window = await stage.open();
  await window.see(part("first-run"));
  await window.press("add-one");
  await window.see(part("add-device-dialog"));
  // Nothing listens there: this device is only written down.
  await type({ "device-name": "SPARE-1", "device-address": "127.0.0.1", "device-port": "9" });
  await type({ "credential-name": "canary", "credential-user": "kestrel", "credential-secret": SECRET });
  await window.picture("j10-add-device");
  await window.press("save-device");
  await window.gone(part("add-device-dialog"));
  await window.see(part("device-inspector"));

  const kept = await run("secret-tool", ["search", "--all", "--unlock", "service", "Bridgekeeper"]);
  assert.ok(kept.includes(SECRET), "the keyring holds it");
  const page = await window.script(
    "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map((one) => one.value).join(' ') + JSON.stringify(localStorage) + JSON.stringify(sessionStorage);",
  );
  assert.ok(page.length > 1_000 && !page.includes(SECRET), "the page");
  const files = await filesBelow(stage.data);
  assert.ok(files.some(([file]) => file.endsWith("-wal")), "the database is among them");
  for (const [file, bytes] of files) assert.ok(!bytes.includes(SECRET), file);
  for (const place of ["cmdline", "environ"]) {
    for (const process of (await readdir("/proc")).filter((name) => /^\d+$/u.test(name))) {
      const text = await readFile(join("/proc", process, place)).catch(() => Buffer.alloc(0));
      assert.ok(!text.includes(SECRET), `${place} of process ${process}`);
    }
  }
});

stage.journey("J9: a changed host key is a hard stop", LONG, async () => {
  const { window } = stage;
  await window.press("add-credentials");
  await window.see(part("credential-dialog"));
  await type({ "credential-name": "lab", "credential-user": "dnroot", "credential-secret": "dnroot" });
  await window.press("save-credential");
  await window.gone(part("credential-dialog"));
  await window.press("import-devices");
  await window.choose("Credentials for rows without their own", "lab");
  // The driver types no line feed; Enter makes one.
  await (await window.see(part("import-text"))).sendKeys(inventory.replaceAll("\n", Key.ENTER));
  await window.press("import-preview");
  await window.see(part("import-report"));
  await window.picture("j9-import");
  await window.press("import-apply");
  await window.gone(part("import-dialog"));
  await window.press("discover");
  await window.read("9 of 10 devices", 60_000);

  await window.click("row", new RegExp(LEAF));
  const known = await window.text(part("fingerprint"));
  const offered = await stage.ask({ op: "change-host-key", device: LEAF });
  const heard = (await stage.ask({ op: "received" })).filter(({ device }) => device === LEAF).length;
  await window.press("test-device");
  await window.see(part("test-result"));
  await window.click("button", "Compare fingerprints");
  await window.see(part("host-key-stop"));
  const shown = (await window.text(part("host-key-stop"))).replaceAll(/\s/gu, "");
  for (const fingerprint of [known, offered]) assert.ok(shown.includes(fingerprint.replace("SHA256:", "")), shown);
  assert.equal(await (await window.see(part("trust-new-key"))).isEnabled(), false);
  await window.picture("j9-stop");
  const after = (await stage.ask({ op: "received" })).filter(({ device }) => device === LEAF).length;
  assert.equal(after, heard, "no line was typed there");

  await (await window.see(part("key-typed"))).sendKeys(offered.slice(-4));
  await window.press("trust-new-key");
  await window.gone(part("host-key-stop"));
  await window.press("test-device");
  await window.see(`${part("test-result")}[data-passed="9"]`, 60_000);
  await window.picture("j9-trusted");
});

stage.journey("J6: a device refuses at commit check, nothing changed anywhere, and retry works", LONG, async () => {
  const { window } = stage;
  const start = await stage.fabric();
  await stage.addEnd();
  await stage.makePlan();
  const action = { refuse: "ERROR: Commit check failed, VLAN table is full." };
  const fault = { matching: "commit check", skip: 0, moment: "before-line", action, repeat: true };
  await stage.ask({ op: "inject", device: "SPINE-2", fault });
  await window.press("run-plan");
  await window.see(`${part("decision-card")}[data-kind=refused]`, DEPLOYED);
  await window.read("SPINE-2");
  await window.seeText(part("card-words"), "VLAN table is full");
  await window.picture("j6-refused");
  const refused = await stage.fabric();
  assertSettled(refused);
  assert.deepEqual(texts(refused), texts(start));

  await stage.ask({ op: "clear-faults" });
  await window.press("choice-retry");
  await window.see(`${part("wizard-validation")}[data-status=verified]`, DEPLOYED);
  await window.picture("j6-retried");
  const end = await stage.fabric();
  assertSettled(end);
  for (const device of TOUCHED) assert.notEqual(end[device].flattened, start[device].flattened, device);
});

stage.journey("J8: killed in the confirm window, resolved from the recovery card", LONG, async () => {
  const start = await stage.fabric();
  await stage.window.press("rail-deployments");
  await stage.window.see(part("deployment-detail"));
  await stage.window.press("undo-deployment");
  await stage.window.see(part("wizard-plan"));
  const verify = await stage.runUntilPending(TOUCHED);
  await stage.window.picture("j8-pending");
  await stage.window.kill();
  await verify.open();

  const window = await stage.open();
  await window.press("rail-deployments");
  const open = await window.see('[data-testid^="in-doubt-"]');
  await window.read("It did not end.");
  await window.picture("j8-recovery-card");
  assert.match(await open.getText(), /no decision is recorded/u);
  await window.press("choice-recover");
  await window.see('[data-testid^="deployment-"][data-status=aborted]', DEPLOYED);
  await window.picture("j8-recovered");
  const end = await stage.fabric();
  assertSettled(end);
  assert.deepEqual(texts(end), texts(start), "every device is as it was before the undo");
});
