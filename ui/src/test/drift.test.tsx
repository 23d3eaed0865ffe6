import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { navigate } from "@/app/router";
import { openWindow } from "./window";

const LONG = { timeout: 10_000 };

test("the inbox shows what differs, what matters most on top, and one event with its evidence", async () => {
  const { user } = openWindow("/drift");
  expect(await screen.findByTestId("drift-count")).toHaveTextContent("6 open, on 4 devices");
  expect(screen.getByTestId("rail-drift")).toHaveTextContent("6");
  const [first, ...others] = within(screen.getByRole("listbox", { name: "Open events" })).getAllByRole("option");
  expect(first).toHaveAttribute("data-severity", "critical");
  expect(others).toHaveLength(5);
  const detail = await screen.findByTestId("drift-detail");
  expect(
    await within(detail).findByRole("heading", { name: /^Missing on device: SPINE-2 bundle-60003.251/u }),
  ).toBeVisible();
  expect(detail).toHaveTextContent("the service is cut there");
  expect(within(detail).getByTestId("text-diff")).toHaveTextContent("vlan-id 251");
  expect(screen.getByTestId("take-choice")).toBeDisabled();
  await user.click(within(detail).getByRole("radio", { name: "Meaning" }));
  expect(within(detail).getByTestId("text-diff")).toHaveTextContent("Holds bundle-60003.251 vlan-id 251");
  await user.click(screen.getByRole("radio", { name: "By domain" }));
  expect(screen.getByRole("listbox", { name: "Open events" })).toHaveTextContent("g_marten_v1810");
});

test("a sync takes what the device holds and closes the event", async () => {
  const { user } = openWindow("/drift/44");
  await user.click(await screen.findByTestId("choice-sync"));
  expect(screen.getByTestId("choice-preview")).toHaveTextContent("this event closes");
  await user.click(screen.getByTestId("take-choice"));
  expect(await screen.findByTestId("synced")).toHaveTextContent(
    "1 event closed: 0 new in the records, 1 recorded otherwise now",
  );
  expect(await screen.findByTestId("drift-closed")).toHaveTextContent("by kestrel: what the device holds was taken");
  await waitFor(() => expect(screen.getByTestId("drift-count")).toHaveTextContent("5 open"));
  await user.click(screen.getByTestId("closed-drift"));
  expect(screen.getByTestId("closed-44")).toHaveTextContent("what the device holds was taken");
  await user.click(screen.getByTestId("next-event"));
  expect(location.hash).toBe("#/drift/41");
  await waitFor(() => expect(screen.queryByTestId("synced")).toBeNull());
});

test("a device that does not answer keeps its event open, with the reason; what can't be planned says why", async () => {
  const { user } = openWindow("/drift/42");
  const override = await screen.findByTestId("choice-override");
  expect(override).toHaveAttribute("aria-disabled", "true");
  expect(override).toHaveTextContent("Not possible: No line of this device differs.");
  await user.click(override);
  expect(screen.getByTestId("take-choice")).toBeDisabled();
  await user.click(screen.getByTestId("choice-sync"));
  await user.click(screen.getByTestId("take-choice"));
  expect(await screen.findByTestId("region-error")).toHaveTextContent("LEAF-B10 does not answer on port 22.");
  expect(screen.getByTestId("choice-sync")).toBeVisible();
  expect(screen.getByTestId("drift-count")).toHaveTextContent("6 open");
});

test("an override shows its lines both ways and opens the plan that puts back what is expected", async () => {
  const { user } = openWindow("/drift/41");
  const preview = await screen.findByTestId("choice-preview");
  await user.click(within(preview).getByRole("radio", { name: "Rollback 3" }));
  expect(within(preview).getByRole("list", { name: "Rollback lines of SPINE-2" })).toHaveTextContent("no interfaces");
  expect(screen.getByTestId("rollback-sentence")).toHaveTextContent("3 lines on SPINE-2 would take the override away");
  await user.click(screen.getByTestId("choice-override"));
  await user.click(screen.getByTestId("take-choice"));
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
  expect(screen.getByRole("navigation", { name: "Place" })).toHaveTextContent("Put back");
  expect(screen.getByRole("list", { name: "Forward lines of SPINE-2" })).toHaveTextContent(
    "bundle-60003.251 vlan-id 251",
  );
});

test("several events are put back in one plan", async () => {
  const { user } = openWindow("/drift");
  await user.click(await screen.findByTestId("mark-41"));
  await user.click(screen.getByTestId("mark-46"));
  await user.click(screen.getByTestId("override-marked"));
  expect(await screen.findByTestId("wizard-plan")).toHaveTextContent("Run on 2 devices");
});

test("a check that finds nothing says so", async () => {
  const { user } = openWindow("/drift", { drift: 0 });
  expect(await screen.findByRole("heading", { name: "Nothing differs" })).toBeVisible();
  await user.click(screen.getByTestId("check-all"));
  const note = await screen.findByTestId("check-note");
  await waitFor(() => expect(note).toHaveAttribute("data-state", "done"), LONG);
  expect(note).toHaveTextContent("9 devices checked. Nothing differs.");
});

test("drift is reached, read and planned by keys alone", async () => {
  const { user } = openWindow("/devices");
  await screen.findByRole("heading", { name: "Devices" });
  await user.keyboard("gr");
  await screen.findByTestId("drift-count");
  await user.keyboard("j");
  expect(location.hash).toBe("#/drift/43");
  await user.keyboard("{ArrowDown}");
  expect(location.hash).toBe("#/drift/44");
  await user.keyboard(" ");
  expect(screen.getByTestId("drift-44")).toHaveAttribute("aria-selected", "true");
  await user.keyboard("k");
  await user.keyboard("{ArrowUp}");
  expect(location.hash).toBe("#/drift/41");
  await screen.findByTestId("choice-leave");
  await user.keyboard("3{Control>}{Enter}{/Control}");
  await waitFor(() => expect(location.hash).toBe("#/drift/43"));
  await waitFor(() => expect(screen.getByTestId("choice-sync")).toHaveTextContent("LEAF-B06 is read again"));
  await user.keyboard("2{Control>}{Enter}{/Control}");
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
});

test("thousands of events draw only what is seen", async () => {
  openWindow("/drift", { drift: 5000 });
  expect(await screen.findByTestId("drift-count")).toHaveTextContent("5,000 open");
  expect(within(screen.getByRole("listbox", { name: "Open events" })).getAllByRole("option").length).toBeLessThan(60);
});

test("bridge domains and the map tell of drift and lead to the event", async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  const notices = await screen.findByTestId("drift-notices");
  expect(notices).toHaveTextContent("Missing on device: SPINE-2 bundle-60003.251, critical");
  await user.click(screen.getByRole("checkbox", { name: "State has drift" }));
  await waitFor(() => expect(screen.getByTestId("domain-count")).toHaveTextContent("1 of 40"));
  await user.click(within(notices).getByRole("button", { name: "Open" }));
  expect(await screen.findByRole("heading", { name: /^Missing on device: SPINE-2/u })).toBeVisible();
  navigate("/fabric?device=LEAF-B06");
  expect(await screen.findByTestId("drift-notices", undefined, LONG)).toHaveTextContent("VLAN conflict: LEAF-B06");
});

test("what is left open is kept with its reason, asks for nothing and can be shown again", async () => {
  const { user } = openWindow("/drift/44");
  await user.click(await screen.findByTestId("choice-leave"));
  await user.type(screen.getByTestId("reason"), "rowan tests there until Friday");
  await user.click(screen.getByTestId("take-choice"));
  await waitFor(() => expect(screen.getByTestId("drift-count")).toHaveTextContent("5 open, on 4 devices, 1 left"));
  expect(screen.getByTestId("rail-drift")).toHaveTextContent("5");
  expect(screen.queryByTestId("drift-44")).toBeNull();
  await user.click(screen.getByTestId("show-left"));
  await user.click(await screen.findByTestId("drift-44"));
  expect(screen.getByTestId("drift-44")).toHaveTextContent("left by kestrel · rowan tests there until Friday");
  expect(await screen.findByTestId("decision-log")).toHaveTextContent("rowan tests there until Friday");
  // It is left already; it can be looked at again.
  expect(screen.getByTestId("drift-detail")).toHaveAttribute("data-event", "44");
  expect(await screen.findByTestId("choice-override")).toBeVisible();
  expect(screen.queryByTestId("choice-leave")).toBeNull();
  await user.keyboard("3");
  expect(screen.getByTestId("take-choice")).toBeDisabled();
  expect(screen.getByTestId("check-device")).toHaveTextContent("Read this device now");
  await user.click(screen.getByTestId("mark-44"));
  expect(screen.getByTestId("sync-marked")).toHaveTextContent("Sync 1");
  expect(screen.queryByTestId("leave-marked")).toBeNull();
  await user.click(screen.getByTestId("mark-41"));
  expect(screen.getByTestId("leave-marked")).toHaveTextContent("Leave 1");
});
