import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useShell } from "@/app/store";
import { openWindow } from "./window";

afterEach(() => {
  useShell.getState().endScan();
  useShell.getState().endSync();
});

/** The one row that has this in an attribute. */
function row(value: string, attribute = "data-name"): HTMLElement {
  const [one, ...others] = screen.getAllByTestId("scan-row").filter((each) => each.getAttribute(attribute) === value);
  if (one === undefined || others.length > 0) throw new Error(`${others.length} more rows with ${value}`);
  return one;
}

test("a scan shows what differs, and takes what the device holds in one click", async () => {
  const { user } = openWindow("/devices/LEAF-B06");
  await user.click(await screen.findByTestId("scan-device"));
  expect(await screen.findByTestId("scan-sentence")).toHaveTextContent("2 differ");
  const rows = screen.getAllByTestId("scan-row");
  expect(rows.every((one) => one.getAttribute("data-state") !== "in-sync")).toBe(true);
  const name = "ge100-0/0/21.1361";
  expect(row(name)).toHaveAttribute("data-state", "differs");
  expect(row(name)).toHaveTextContent("3777 expected 251");
  await user.click(screen.getByRole("radio", { name: "All" }));
  expect(screen.getAllByTestId("scan-row").length).toBeGreaterThan(rows.length);
  await user.click(within(row(name)).getByRole("button", { name: "Discover and sync" }));
  await waitFor(() => expect(screen.getByTestId("scan-sentence")).toHaveTextContent("1 differ"));
  expect(screen.queryAllByTestId("scan-row").some((one) => one.getAttribute("data-name") === name)).toBe(false);
});

test("what would send something opens its plan first", async () => {
  const { user } = openWindow("/devices/SPINE-2");
  await screen.findByTestId("device-inspector");
  await user.keyboard("s");
  await screen.findAllByTestId("scan-row");
  const first = row("missing", "data-state");
  expect(first).toHaveTextContent("none expected 251");
  await user.click(within(first).getByRole("button", { name: "Override" }));
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
  expect(screen.queryByTestId("scan-report")).toBeNull();
});

test("the hint of an action is the window's own and goes with it", async () => {
  const { user } = openWindow("/devices/SPINE-2");
  await screen.findByTestId("device-inspector");
  await user.keyboard("s");
  await screen.findAllByTestId("scan-row");
  const action = within(row("missing", "data-state")).getByRole("button", { name: "Override" });
  expect(action).not.toHaveAttribute("title");
  await user.hover(action);
  expect(await screen.findByRole("tooltip")).toHaveTextContent("nothing is sent before");
  await user.click(action);
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
  expect(screen.queryByRole("tooltip")).toBeNull();
});

test("a leftover is cleaned up through its plan", async () => {
  const { user } = openWindow("/devices/LEAF-A02");
  await user.click(await screen.findByTestId("scan-device"));
  await screen.findByTestId("scan-sentence");
  const leftover = row("ge10-0/0/3.900");
  expect(leftover).toHaveTextContent("leftover");
  await user.click(within(leftover).getByRole("button", { name: "Clean up" }));
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
});

test("several devices are scanned or synced together", async () => {
  const { user } = openWindow("/devices/LEAF-A01");
  await screen.findByTestId("device-inspector");
  expect(screen.queryByTestId("scan-selected")).toBeNull();
  for (const name of ["LEAF-A01", "LEAF-B06"])
    await user.click(screen.getByRole("checkbox", { name: new RegExp(name, "u") }));
  await user.click(screen.getByTestId("scan-selected"));
  expect(await screen.findByTestId("scan-LEAF-A01")).toBeVisible();
  expect(screen.getByTestId("scan-LEAF-B06")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.click(screen.getByTestId("sync-selected"));
  expect(await screen.findByRole("heading", { name: "Discover and sync LEAF-A01, LEAF-B06" })).toBeVisible();
  expect(await screen.findByTestId("sync-sentence")).toHaveTextContent("unchanged");
});

test("a pattern tells which known interfaces it means before anything is read", async () => {
  const { user } = openWindow("/devices/LEAF-A03");
  const inspector = await screen.findByTestId("device-inspector");
  await user.click(within(inspector).getByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Discover and sync interfaces/u }));
  const go = await screen.findByTestId("sync-pattern");
  expect(go).toBeDisabled();
  await user.type(screen.getByTestId("pattern"), "nothing*");
  expect(await screen.findByText("No known interface matches.")).toBeVisible();
  await user.clear(screen.getByTestId("pattern"));
  await user.type(screen.getByTestId("pattern"), "*.251");
  const known = await screen.findByRole("list", { name: "Known interfaces" });
  await waitFor(() => expect(within(known).getAllByRole("listitem")).toHaveLength(3));
  await user.click(go);
  expect(await screen.findByRole("heading", { name: "Discover and sync *.251" })).toBeVisible();
  expect(await screen.findByTestId("sync-sentence")).toBeVisible();
});

test("one interface is synced where it is listed", async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  await user.click(await screen.findByRole("button", { name: "Discover and sync ge100-0/0/31.251 of LEAF-A03" }));
  expect(await screen.findByRole("heading", { name: "Discover and sync ge100-0/0/31.251" })).toBeVisible();
  expect(await screen.findByTestId("sync-sentence")).toBeVisible();
});

test("what is left open already is not offered to be left again", async () => {
  const { user } = openWindow("/devices/LEAF-B06");
  await user.click(await screen.findByTestId("scan-device"));
  await screen.findByTestId("scan-sentence");
  const name = "ge100-0/0/21.1361";
  const others = { name: `Other choices for ${name}` };
  await user.click(screen.getByRole("button", others));
  await user.click(await screen.findByRole("menuitem", { name: /^Leave it/u }));
  await waitFor(() => expect(row(name)).toHaveTextContent("left open"));
  await user.click(screen.getByRole("button", others));
  expect(await screen.findByRole("menuitem", { name: /^Override/u })).toBeVisible();
  expect(screen.queryByRole("menuitem", { name: /^Leave it/u })).toBeNull();
});
