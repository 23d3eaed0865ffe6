// The real window, driven over WebDriver.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Builder, By, Capabilities, Key, until as condition } from "selenium-webdriver";
import { freePort, listening, start } from "./process.mjs";
import { colours } from "./picture.mjs";

const root = new URL("../../../", import.meta.url).pathname;
export const application = join(root, "target/debug/bridgekeeper");
export const pictures = join(root, "artifacts/journeys");

/** How long the window may take to show what a step promises, in milliseconds. */
const PATIENCE = 20_000;

/** Two frames after the last change of the page the picture is current; straight after a DOM assertion it often is not. */
const AFTER_TWO_FRAMES = `
  const done = arguments[arguments.length - 1];
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
`;

export { Key };

/** The selector of the part of the window with a test id. */
export const part = (id) => `[data-testid="${id}"]`;

/** Opens the application with `args` and gives its window. `window.close()` ends it, `window.kill()` lets it crash. */
export async function openWindow(args = [], env = {}) {
  const [port, native] = [await freePort(), await freePort()];
  const driver = start("tauri-driver", ["--port", String(port), "--native-port", String(native)], { env });
  // Both: the first answers before the second can serve a session.
  await listening(port, driver);
  await listening(native, driver);

  const capabilities = new Capabilities();
  capabilities.set("browserName", "wry");
  capabilities.set("tauri:options", { application, args });
  const session = await new Builder()
    .withCapabilities(capabilities)
    .usingServer(`http://127.0.0.1:${port}/`)
    .build()
    .catch(async (cause) => {
      await driver.end();
      throw new Error(`the window did not open: ${driver.output.text}`, { cause });
    });
  return new Window(session, driver);
}

export class Window {
  #session;
  #driver;

  constructor(session, driver) {
    this.#session = session;
    this.#driver = driver;
  }

  /** What the application wrote to its standard output and error so far. */
  get output() {
    return this.#driver.output.text;
  }

  /** Closes the window as its user does and ends its process. */
  async close() {
    await this.#session.quit().catch(() => {});
    await this.#driver.end();
  }

  /** Ends the application's process at once, as a power cut does. */
  async kill() {
    await this.#driver.end("SIGKILL");
  }

  script(text, ...args) {
    return this.#session.executeScript(text, ...args);
  }

  /** The visible element for a CSS selector, once it is there. */
  async see(css, limit = PATIENCE) {
    const deadline = Date.now() + limit;
    for (;;) {
      const element = await this.#session.wait(condition.elementLocated(By.css(css)), limit, `no ${css}`);
      try {
        return await this.#session.wait(condition.elementIsVisible(element), limit, `${css} is not visible`);
      } catch (error) {
        // The page was drawn anew between the two looks: look again.
        if (error.name !== "StaleElementReferenceError" || Date.now() > deadline) throw error;
      }
    }
  }

  /** Waits until nothing matches any more. */
  async gone(css, limit = PATIENCE) {
    await this.#session.wait(async () => (await this.all(css)).length === 0, limit, `${css} stays`);
  }

  all(css) {
    return this.#session.findElements(By.css(css));
  }

  /** Waits until the page shows `text` somewhere a person can read it. */
  read(text, limit = PATIENCE) {
    return this.seeText("body", text, limit);
  }

  /** Waits until the first element that matches shows `text`. */
  async seeText(css, text, limit = PATIENCE) {
    await this.#session
      .wait(async () => (await this.text(css)).includes(text), limit)
      .catch(async () => {
        throw new Error(`${css} never showed ${JSON.stringify(text)} but:\n${await this.text(css)}`);
      });
  }

  /** The visible text of the page, or of the first element that matches. */
  text(css = "body") {
    return this.#session.executeScript("return document.querySelector(arguments[0])?.innerText ?? '';", css);
  }

  /** An attribute of the first element that matches. */
  attribute(css, name) {
    return this.#session.executeScript(
      "return document.querySelector(arguments[0])?.getAttribute(arguments[1]);",
      css,
      name,
    );
  }

  /** The lists of lines whose label begins so, by the rest of the label. */
  async lines(label) {
    const found = await this.#session.executeScript(
      `return [...document.querySelectorAll("[aria-label]")]
         .map((list) => [list.getAttribute("aria-label"), list])
         .filter(([name]) => name.startsWith(arguments[0]))
         .map(([name, list]) => [name, [...list.querySelectorAll("[role=listitem] > span")]])
         .map(([name, lines]) => [name.slice(arguments[0].length), lines.map((line) => line.textContent)]);`,
      label,
    );
    return new Map(found);
  }

  /** The element with a role and an accessible name, the way a screen reader finds it. */
  async named(role, name, limit = PATIENCE) {
    const found = await this.#session
      .wait(() => this.#session.executeScript(FIND_BY_NAME, role, name instanceof RegExp ? name.source : name, name instanceof RegExp), limit)
      .catch(async () => {
        throw new Error(`the window has no ${role} named ${name}`);
      });
    return found;
  }

  click(role, name, limit = PATIENCE) {
    return this.#clickOn(() => this.named(role, name, limit), limit);
  }

  /** Chooses from a list that opens. Where it closes, the focus goes on by itself: typing before that goes astray. */
  async choose(list, option, next = `[role=combobox][aria-label="${list}"]`) {
    await this.click("combobox", list);
    await this.click("option", option);
    const arrived = () => this.script("return document.activeElement?.matches(arguments[0]) === true;", next);
    await this.#session.wait(arrived, PATIENCE, `the focus never reached ${next}`);
  }

  /** Clicks the part of the window with this test id. */
  press(id, limit = PATIENCE) {
    return this.#clickOn(() => this.see(part(id), limit), limit);
  }

  async #clickOn(find, limit) {
    const deadline = Date.now() + limit;
    for (;;) {
      const element = await find();
      try {
        await this.#session.wait(condition.elementIsEnabled(element), limit, "it stays disabled");
        return await element.click();
      } catch (error) {
        // The page was drawn anew between finding and clicking, or something moved over it: look again.
        const passing = ["StaleElementReferenceError", "ElementClickInterceptedError"].includes(error.name);
        if (!passing || Date.now() > deadline) throw error;
      }
    }
  }

  async type(role, name, text) {
    const element = await this.named(role, name);
    await element.clear();
    await element.sendKeys(text);
    return element;
  }

  keys(...keys) {
    return this.#session.actions().sendKeys(...keys).perform();
  }

  /** Keeps a picture under artifacts/journeys and tells what can be said about it without eyes. */
  async picture(name) {
    await this.#session.executeAsyncScript(AFTER_TWO_FRAMES);
    const png = Buffer.from(await this.#session.takeScreenshot(), "base64");
    await mkdir(pictures, { recursive: true });
    await writeFile(join(pictures, `${name}.png`), png);
    return colours(png);
  }
}

/** Finds the first visible element by role and accessible name (exact, or a pattern). Runs in the page. */
const FIND_BY_NAME = `
  const [role, name, isPattern] = arguments;
  const pattern = isPattern ? new RegExp(name) : null;
  const native = {
    button: "button, [role=button], summary",
    link: "a[href], [role=link]",
    textbox: "input:not([type]), input[type=text], input[type=search], input[type=number], input[type=password], textarea, [role=textbox], [role=searchbox], [role=spinbutton]",
    combobox: "select, [role=combobox]",
    checkbox: "input[type=checkbox], [role=checkbox]",
    radio: "input[type=radio], [role=radio]",
    heading: "h1, h2, h3, h4, [role=heading]",
    row: "tr, [role=row]",
    tab: "[role=tab]",
    dialog: "dialog, [role=dialog], [role=alertdialog]",
    option: "option, [role=option]",
    menuitem: "[role=menuitem]",
    table: "table, [role=table], [role=grid]",
  }[role] ?? "[role=" + role + "]";
  const squeeze = (text) => (text ?? "").replace(/\\s+/g, " ").trim();
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return squeeze(by.split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
    const label = element.getAttribute("aria-label");
    if (label) return squeeze(label);
    if (element.labels?.length) return squeeze([...element.labels].map((label) => label.textContent).join(" "));
    return squeeze(element.innerText || element.getAttribute("placeholder") || element.getAttribute("title"));
  };
  const visible = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
  return [...document.querySelectorAll(native)].find((element) => {
    if (!visible(element)) return false;
    const own = nameOf(element);
    return pattern ? pattern.test(own) : own === name;
  }) ?? null;
`;
