// The desktop around the window: its tray, and the button that closes a window. See tests/src/bin/desktop.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { start, until } from "./process.mjs";

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

  /** Waits until the window stands on the screen, or no longer. */
  shows(yes) {
    return this.until(`the window to be ${yes ? "shown" : "hidden"}`, "shown", (answer) => (answer === "yes") === yes);
  }

  end() {
    return this.#process.end();
  }

  async #ended() {
    await this.#process.ended;
    throw new Error(`the desktop ended: ${this.#process.output.text}`);
  }
}
