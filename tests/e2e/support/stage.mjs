// Where the journeys of one file take place: a data folder, a fabric that tells the truth about itself, one window.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask, dump } from "./fabric.mjs";
import { until } from "./process.mjs";
import { Key, openWindow, part } from "./window.mjs";

// One more end of this service on this port touches a leaf, its spine, the superspine and the other spine.
export const DOMAIN = "g_birch_v104";
export const VLAN = 104;
export const LEAF = "LEAF-B06";
export const PORT = "ge100-0/0/5";
export const TOUCHED = ["LEAF-B06", "SPINE-1", "SPINE-2", "SSPINE-1"];

export class Stage {
  folder;
  window;
  #gates = 0;

  /** `ready` is awaited once the folder is there, before the first journey. */
  constructor(ready = async () => {}) {
    before(async () => {
      this.folder = await mkdtemp(join(tmpdir(), "bridgekeeper-"));
      await ready();
    });
    after(async () => {
      await this.window?.close();
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  get data() {
    return join(this.folder, "data");
  }

  get control() {
    return join(this.folder, "control");
  }

  get clock() {
    return join(this.folder, "clock");
  }

  /** Sets the clock of the window ahead. */
  setAhead(seconds) {
    return writeFile(this.clock, `${seconds}\n`);
  }

  /** Opens the window on the data that the journeys of the file share. */
  async open(...args) {
    this.window = await openWindow(args, {
      BRIDGEKEEPER_DATA_DIR: this.data,
      BRIDGEKEEPER_PRACTICE_CONTROL: this.control,
      BRIDGEKEEPER_PRACTICE_CLOCK: this.clock,
    });
    return this.window;
  }

  /** The truth about every device, by name. */
  fabric() {
    return dump(this.control);
  }

  ask(request) {
    return ask(this.control, request);
  }

  /** Another engineer types lines on a device and commits. */
  async types(device, ...lines) {
    const typed = [...lines.flatMap((line) => ["top", line]), "top", "commit"];
    const answers = await this.ask({ op: "foreign", device, user: "rowan", lines: typed });
    assert.match(answers.at(-1), /Commit succeeded/u);
  }

  /** One journey. When it fails, a picture, the text of the window and the end of its log tell where. */
  journey(name, limit, walk) {
    test(name, { timeout: limit }, async (t) => {
      try {
        await walk(t);
      } catch (error) {
        await this.window?.picture(`failed-${name.slice(0, name.indexOf(":")).toLowerCase()}`).catch(() => {});
        const shown = await this.window?.text().catch(() => "");
        error.message += `\n--- window\n${shown}\n--- log\n${await this.log()}`;
        throw error;
      }
    });
  }

  async log() {
    const files = await readdir(join(this.data, "logs")).catch(() => []);
    const texts = await Promise.all(files.map((file) => readFile(join(this.data, "logs", file), "utf8")));
    return texts.join("").slice(-6_000);
  }

  /** Opens a bridge domain from the list. */
  async openDomain(name) {
    await this.window.press("rail-domains");
    const filter = await this.window.see(part("domain-filter"));
    await filter.clear();
    await filter.sendKeys(name);
    await this.window.click("row", name);
    await this.window.see(`[aria-label="Bridge domain ${name}"]`);
  }

  /** Adds the end in the form of the service's draft, with the keyboard once the port is asked for. */
  async addEnd(picture) {
    await this.openDomain(DOMAIN);
    await this.window.press("edit-domain");
    await this.window.see(part("editor"));
    await this.window.press("add-attachment");
    await this.window.choose("Device of the new attachment", LEAF, part("port-input"));
    const port = await this.window.see(part("port-input"));
    await port.sendKeys("0/0/5");
    await this.window.see(`${part(`port-${PORT}`)}[aria-selected=true]`);
    if (picture !== undefined) await this.window.picture(picture);
    await port.sendKeys(Key.ENTER);
    await this.window.see(part(`attachment-${LEAF}-${PORT}.104`));
  }

  /** Adds ends of the service to its draft, each a device and a port. */
  async addEnds(...ends) {
    const { window } = this;
    await this.openDomain(DOMAIN);
    await window.press("edit-domain");
    await window.see(part("editor"));
    for (const [device, port] of ends) {
      await window.press("add-attachment");
      await window.choose("Device of the new attachment", device, part("port-input"));
      const input = await window.see(part("port-input"));
      await input.sendKeys(port);
      await window.see(`${part(`port-${port}`)}[aria-selected=true]`);
      await input.sendKeys(Key.ENTER);
      await window.see(part(`attachment-${device}-${port}.${VLAN}`));
    }
  }

  /** From the draft to its plan, which stands on the screen then. */
  async makePlan() {
    await this.window.press("review-changes");
    await this.window.press("make-plan");
    await this.window.see(part("wizard-plan"));
  }

  /** Runs the plan until these devices have their commit pending, and holds the first of them before it is verified. */
  async runUntilPending(devices) {
    // Held while its commit is answered, so that the second gate is set before the line that it is for.
    const committed = await this.hold(devices[0], "commit confirm", "before-answer");
    await this.window.press("run-plan");
    await committed.arrived();
    const verify = await this.hold(devices[0], "show interfaces");
    await committed.open();
    await verify.arrived();
    await until("every device to be pending", async () => {
      const now = await this.fabric();
      return devices.every((name) => now[name].pending !== null);
    });
    return verify;
  }

  /** Holds the next line with these words on a device at a gate of its own. */
  async hold(device, matching, moment = "before-line") {
    const gate = `${matching} ${++this.#gates}`;
    await this.ask({ op: "inject", device, fault: { matching, moment, action: { gate } } });
    return {
      arrived: () => this.ask({ op: "gate-arrived", gate, count: 1 }),
      open: () => this.ask({ op: "gate-open", gate }),
    };
  }
}

/** No device waits for a confirmation and no candidate holds a line. */
export function assertSettled(devices) {
  for (const [name, device] of Object.entries(devices)) {
    assert.equal(device.pending, null, `${name} has a pending commit`);
    assert.deepEqual(device.candidates, [], `${name} has an unfinished candidate`);
  }
}
