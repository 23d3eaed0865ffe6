// The desktop around the window: its tray, and the button that closes a window. See tests/src/bin/desktop.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { start, until } from "./process.mjs";

const WINDOW = "Bridgekeeper";
const program = new URL("../../../target/debug/desktop", import.meta.url).pathname;

export class Desktop {
  #process;
  #lines;

  constructor() {
    this.#process = start(program, [], { stdin: "pipe" });
    this.#lines = createInterface({ input: this.#process.child.stdout });
  }

  /** What the desktop answers to a command. */
  async ask(command) {
    this.#process.child.stdin.write(`${command}\n`);
    const [line] = await Promise.race([once(this.#lines, "line"), this.#ended()]);
    if (!line.startsWith("ok")) throw new Error(`${command}: ${line}`);
    return line.slice(3);
  }

  /** Waits until the answer holds. */
  until(what, command, holds) {
    return until(what, async () => holds(await this.ask(command)));
  }

  /** Whether the window stands on the screen. */
  async isShown(title = WINDOW) {
    return (await this.ask(`shown ${title}`)) === "yes";
  }

  /** Waits until the window stands on the screen, or no longer. */
  shows(yes, title = WINDOW) {
    return until(`${title} to be ${yes ? "shown" : "hidden"}`, async () => (await this.isShown(title)) === yes);
  }

  /** Presses the button that closes the window. */
  close(title = WINDOW) {
    return this.ask(`close ${title}`);
  }

  end() {
    return this.#process.end();
  }

  async #ended() {
    await this.#process.ended;
    throw new Error(`the desktop ended: ${this.#process.output.text}`);
  }
}
