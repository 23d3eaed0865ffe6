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
  ["\u001b]0;title\u0007", "<ESC>]0;title<^G>"],
  ["\u001b]8;;https://example.invalid\u001b\\link", "<ESC>]8;;https://example.invalid<ESC>\\link"],
  ["\u009b2J\u0090q", "<U+009B>2J<U+0090>q"],
  ["a\rb", "a<^M>b"],
  ["\u2066isolate\u2069", "<U+2066>isolate<U+2069>"],
  ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
])("%j is shown as %j", (text, wanted) => {
  expect(shown(text)).toBe(wanted);
});
