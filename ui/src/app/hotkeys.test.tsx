import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { useHotkeys } from "./hotkeys";

function Screen({ act, children }: { act: () => void; children?: React.ReactNode }) {
  useHotkeys({ N: act, "Ctrl Enter": act });
  return <main>{children}</main>;
}

test.each([
  ["nothing over it", null, 2],
  ["a dialog", <div role="dialog" />, 0],
  ["a question", <div role="alertdialog" />, 0],
  ["a menu", <div role="menu" />, 0],
])("keys of a screen with %s, the focus being nowhere", async (_, over, times) => {
  const act = vi.fn();
  render(<Screen act={act}>{over}</Screen>);
  await userEvent.keyboard("n{Control>}{Enter}{/Control}");
  expect(act).toHaveBeenCalledTimes(times);
});

test("letters stay with the field that they are typed into", async () => {
  const act = vi.fn();
  const { getByRole } = render(
    <Screen act={act}>
      <input />
    </Screen>,
  );
  await userEvent.type(getByRole("textbox"), "nn");
  expect(act).not.toHaveBeenCalled();
  expect(getByRole("textbox")).toHaveValue("nn");
});
