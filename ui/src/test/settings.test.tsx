import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openWindow } from "./window";

const KEEP = "Keep running in the tray when the window is closed";

test("staying in the tray is off until it is switched on", async () => {
  const { user } = openWindow("/settings/window");
  const keep = await screen.findByRole("switch", { name: KEEP });
  expect(keep).not.toBeChecked();
  await waitFor(() => expect(keep).toBeEnabled());
  await user.click(keep);
  await waitFor(() => expect(keep).toBeChecked());
});

test("without a tray it says why it cannot be switched on", async () => {
  openWindow("/settings/window", { tray: false });
  expect(await screen.findByTestId("tray-unavailable")).toBeVisible();
  expect(screen.getByTestId("tray-setting")).toHaveTextContent("shows no tray icons");
  expect(screen.getByRole("switch", { name: KEEP })).toBeDisabled();
});
