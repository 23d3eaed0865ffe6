// Texts of a device that mean something to a page or a terminal: in every view they are text and nothing else.

import assert from "node:assert/strict";
import { texts } from "./support/fabric.mjs";
import { DOMAIN, Stage, VLAN } from "./support/stage.mjs";
import { part } from "./support/window.mjs";

const LONG = 120_000;
const HOST = "LEAF-A01";
const END = `ge100-0/0/9.${VLAN}`;
const FREE = "ge100-0/0/5";

const IMAGE = "<img src=x onerror=window.owned='image'>";
const SCRIPT = "<script>window.owned='script';document.title='owned'</script>";
const FRAME = "<iframe srcdoc='<script>top.owned=1</script>'></iframe>";
// Right-to-left override: it would read "exe.txt".
const REVERSED = "read\u202etxt.exe";
const SHOWN = "readU+202Etxt.exe";
const COLOURED = "\u001b[31mred\u001b[0m\u001b]0;owned\u0007";
const ENDLESS = "w".repeat(255);

const stage = new Stage();

/** What a page made of text, where it should have made nothing. */
const MADE = `
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const obeyed = [];
  const hidden = /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/u;
  while (walker.nextNode()) if (hidden.test(walker.currentNode.data)) obeyed.push(walker.currentNode.data);
  for (const one of document.querySelectorAll("[title], [aria-label]"))
    for (const name of ["title", "aria-label"]) if (hidden.test(one.getAttribute(name) ?? "")) obeyed.push(one.outerHTML);
  return {
    elements: [...document.querySelectorAll("img, iframe:not([src^='isolation-']), script:not([src])")].map((one) => one.outerHTML),
    handlers: [...document.querySelectorAll("[onerror], [onload], [onclick]")].map((one) => one.outerHTML),
    obeyed,
    owned: window.owned ?? null,
    title: document.title,
    wider: document.documentElement.scrollWidth > window.innerWidth,
  };
`;

/** Looks at a view that shows all of these, and proves that it shows them as they are. */
async function isInert(view, css, ...shown) {
  const { window } = stage;
  for (const text of shown) await window.seeText(css, text);
  await window.picture(`j14-${view}`);
  const made = await window.script(MADE);
  assert.deepEqual(
    made,
    { elements: [], handlers: [], obeyed: [], owned: null, title: "Bridgekeeper", wider: false },
    view,
  );
}

const described = (object, text) => `${object} description "${text}"`;

stage.journey("J14a: hostile descriptions are found as drift, scanned and taken, and shown as text", LONG, async () => {
  const window = await stage.open("--practice");
  await window.see(`${part("mode")}[data-mode="practice"]`, 60_000);
  await stage.types(
    HOST,
    described(`interfaces ${END}`, `${IMAGE} ${SCRIPT} ${REVERSED} ${COLOURED}`),
    described(`network-services bridge-domain instance ${DOMAIN}`, `${FRAME} ${REVERSED}`),
    described(`interfaces ${FREE}`, ENDLESS),
  );
  const theirs = await stage.fabric();
  for (const text of [IMAGE, FRAME, REVERSED, COLOURED, ENDLESS]) {
    assert.ok(theirs[HOST].flattened.includes(text), `the device holds ${JSON.stringify(text)}`);
  }
  await window.press("rail-drift");
  await window.press("check-all");
  await window.see(`${part("check-note")}[data-state=done]`, 60_000);
  await window.click("button", new RegExp(END.replaceAll(".", "\\."), "u"));
  await isInert("drift", part("drift-detail"), IMAGE, SCRIPT, SHOWN);
  await window.click("radio", "Meaning");
  await isInert("meaning", part("drift-detail"));

  await window.press("rail-devices");
  await window.click("row", HOST);
  await window.press("scan-device");
  await window.see(part(`scan-${HOST}`), 60_000);
  await isInert("scan", part("scan-report"));
  await window.click("button", "Close");

  await stage.openDomain(DOMAIN);
  await window.click("button", "More");
  await window.click("menuitem", "Discover and sync");
  await window.seeText(part("sync-sentence"), "2 updated", 60_000);
  await isInert("sync", part("sync-report"), END);
  await window.click("button", "Close");
  assert.deepEqual(texts(await stage.fabric()), texts(theirs), "nothing was sent");
});

stage.journey("J14b: what was taken is text on the map, in the bridge domain, its editor and its history", LONG, async () => {
  const { window } = stage;
  await isInert("domain", "body", DOMAIN);
  await window.click("tab", /^Configuration/u);
  await window.click("button", HOST);
  await isInert("configuration", part("domain-inspector"), FRAME, SHOWN);

  await window.press("rail-fabric");
  await window.press(`node-${HOST}`);
  await isInert("fabric", part("fabric-inspector"), HOST);

  await window.press("rail-snapshots");
  await window.press(`snapshot-device-${HOST}`);
  await isInert("compare", part("text-diff"), IMAGE, FRAME, SHOWN);
  await (await window.see(part("snapshot-search"))).sendKeys("onerror=");
  await window.see(`${part("history-hits")}:not([data-count="0"])`);
  await isInert("search", part("history-hits"), IMAGE);

  await stage.openDomain(DOMAIN);
  await window.press("edit-domain");
  await window.press("add-attachment");
  await window.choose("Device of the new attachment", HOST, part("port-input"));
  await window.see(part(`port-${FREE}`));
  await isInert("ports", part("port-picker"), FREE);
});
