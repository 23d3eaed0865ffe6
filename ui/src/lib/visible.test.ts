import { expect, test } from "vitest";
import { visibleParts } from "./visible";

const shown = (text: string) =>
  visibleParts(text)
    .map((part) => (part.control ? `<${part.text}>` : part.text))
    .join("");

test.each([
  ["ge100-0/0/5 up", "ge100-0/0/5 up"],
  ["a\tb\nc", "a\tb\nc"],
  ["\u001b[31mred", "<ESC>[31mred"],
  ["\u0007bell", "<^G>bell"],
  ["LEAF\u202eA01", "LEAF<U+202E>A01"],
  ["zero\u200bwidth", "zero<U+200B>width"],
  ["\ufefftext", "<U+FEFF>text"],
  ["\u{e0041}tag", "<U+E0041>tag"],
])("%j is shown as %j", (text, wanted) => {
  expect(shown(text)).toBe(wanted);
});
