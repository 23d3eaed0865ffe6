import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Found, SafeText, Unbroken } from "./text";

const HOSTILE =
  '\u001b[31m\u001b]0;title\u0007\u202eleaf<img src=x onerror="alert(1)"><script>alert(2)</script>&lt;b&gt; javascript:x';

test.each([
  ["SafeText", (text: string) => <SafeText text={text} />],
  ["Unbroken", (text: string) => <Unbroken text={text} />],
  ["Found", (text: string) => <Found text={text} find="leaf" />],
  ["Found, nothing sought", (text: string) => <Found text={text} find="" />],
])("%s shows a device's words and obeys none of them", (_, part) => {
  render(<p data-testid="words">{part(HOSTILE)}</p>);
  const words = screen.getByTestId("words");
  expect(words.querySelector("img, script, a, b")).toBeNull();
  const shown = words.textContent;
  expect(shown).toContain("<img src=x");
  expect(shown).toContain("&lt;b&gt;");
  expect(shown).toContain("ESC");
  for (const char of shown) expect(/[\p{Cc}\p{Cf}]/u.test(char)).toBe(false);
});

test("a very long line is shown whole", () => {
  const long = `${"x".repeat(200_000)}\u202e`;
  render(
    <p data-testid="words">
      <SafeText text={long} />
    </p>,
  );
  expect(screen.getByTestId("words").textContent).toBe(`${"x".repeat(200_000)}U+202E`);
});
