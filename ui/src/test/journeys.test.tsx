import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openWindow } from "./window";

const LONG = { timeout: 10_000 };

test("from the first run to a discovered practice lab", async () => {
  const { user } = openWindow("/start", { filled: false });
  await user.click(await screen.findByTestId("start-practice-lab"));
  expect(await screen.findByTestId("fabric", undefined, LONG)).toBeVisible();
  expect(screen.getByTestId("mode")).toHaveAttribute("data-mode", "practice");
  await user.click(screen.getByTestId("rail-domains"));
  expect(await screen.findByTestId("domain-count")).toHaveTextContent("40");
});

test("an edit through the form, its plan, a run that is verified, and the way back", { timeout: 30_000 }, async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  await user.click(await screen.findByTestId("edit-domain"));
  await user.click(await screen.findByTestId("add-attachment"));
  await user.type(await screen.findByTestId("port-input"), "0/0/5");
  expect(await screen.findByTestId("port-ge100-0/0/5")).toHaveAttribute("aria-selected", "true");
  expect(screen.getByTestId("live-changes")).toHaveTextContent("preview");
  await user.keyboard("{Enter}");
  expect(await screen.findByTestId("attachment-LEAF-A03-ge100-0/0/5.251")).toHaveAttribute("data-sign", "added");
  expect(screen.getByTestId("live-forward")).toHaveTextContent("interfaces ge100-0/0/5.251 vlan-id 251");
  expect(screen.getByTestId("validation")).toHaveAttribute("data-errors", "0");

  await user.click(screen.getByTestId("review-changes"));
  await user.click(await screen.findByTestId("make-plan"));
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
  expect(screen.getByTestId("rollback-sentence")).toHaveTextContent("byte for byte");
  await user.click(screen.getByTestId("run-plan"));
  await waitFor(() => expect(screen.getByTestId("wizard-validation")).toHaveAttribute("data-status", "verified"), LONG);

  await user.click(screen.getByTestId("undo-deployment"));
  expect(await screen.findByRole("list", { name: "Forward lines of LEAF-A03" })).toHaveTextContent(
    "no interfaces ge100-0/0/5.251",
  );
  await user.click(screen.getByTestId("run-plan"));
  await waitFor(() => expect(screen.getByTestId("wizard-validation")).toHaveTextContent("Undo 214"), LONG);
});

test("undo and redo name what they do; a draft is found again", async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  await user.click(await screen.findByTestId("edit-domain"));
  await user.click(await screen.findByRole("button", { name: "Remove bundle-445.251 on LEAF-B14" }));
  const row = await screen.findByTestId("attachment-LEAF-B14-bundle-445.251");
  await waitFor(() => expect(row).toHaveAttribute("data-sign", "removed"));
  await user.click(screen.getByText("Undo: remove bundle-445.251"));
  await waitFor(() => expect(row).toHaveAttribute("data-sign", "same"));
  await user.click(screen.getByRole("button", { name: "Redo: remove bundle-445.251" }));
  await waitFor(() => expect(row).toHaveAttribute("data-sign", "removed"));
  await user.click(screen.getByText("Back to the domain"));
  expect(await screen.findByText("Continue draft")).toBeVisible();
});

test("VLAN 4095 is refused in the field, in the words of validation", async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  await user.click(await screen.findByTestId("edit-domain"));
  await user.click(await screen.findByTestId("change-vlan"));
  const field = await screen.findByTestId("vlan-input");
  await user.clear(field);
  await user.type(field, "4095{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("VLAN 4095 does not exist: the range is 1 to 4094.");
});

test("history is searched and read without a network", async () => {
  const { user } = openWindow("/snapshots", { mode: "offline" });
  await user.type(await screen.findByTestId("snapshot-search"), "g_kestrel_v251");
  const hits = await screen.findByTestId("history-hits");
  const [first] = await within(hits).findAllByRole("button");
  if (first === undefined) throw new Error("nothing was found");
  await user.click(first);
  expect(await screen.findByTestId("raw-text")).toBeVisible();
  expect(screen.getByTestId("mode")).toHaveAttribute("data-mode", "offline");
});

test("an import says line by line what it would do, before it does it", async () => {
  const { user } = openWindow("/devices?add=import");
  await user.type(await screen.findByTestId("import-text"), "LEAF-X1,192.0.2.9\nLEAF-X2");
  expect(screen.getByTestId("import-apply")).toBeDisabled();
  await user.click(screen.getByTestId("import-preview"));
  const report = await screen.findByTestId("import-report");
  expect(report).toHaveTextContent("Line 2 has no address.");
  expect(screen.getByTestId("import-apply")).toHaveTextContent("Import 1 device");
});

test("the palette finds a bridge domain and opens it by keys alone", async () => {
  const { user } = openWindow("/devices");
  await screen.findByRole("heading", { name: "Devices" });
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("kestrel_v251");
  await screen.findByText(/1 hit,/u);
  await user.keyboard("{Enter}");
  expect(await screen.findByTestId("domain-inspector")).toHaveAccessibleName("Bridge domain g_kestrel_v251");
});

test("a plan that is unknown says so and offers the way on", async () => {
  openWindow("/plans/nothing");
  expect(await screen.findByTestId("region-error")).toHaveTextContent("This plan is not kept any more.");
  expect(screen.getByRole("button", { name: "Open Bridge domains" })).toBeVisible();
});

test("a refusal says what is certain, shows the device's words inert, and pre-makes no choice", async () => {
  openWindow("/deployments/214/execution", { scene: "refused" });
  const card = await screen.findByTestId("decision-card");
  expect(card).toHaveTextContent("Nothing has changed on any device.");
  expect(screen.getByTestId("card-words")).toHaveTextContent("TRANSACTION_COMMIT_CHECK_FAILEDESC[0m");
  expect(within(card).getByTestId("choice-continue-without")).toBeDisabled();
  expect(card).toHaveTextContent("Not allowed by the policy of this plan, all or nothing.");
  expect(within(card).getByRole("heading")).toHaveFocus();
});

test("a choice that begins a new deployment leads to it", async () => {
  const { user } = openWindow("/deployments/214/execution", { scene: "refused" });
  await user.click(await screen.findByTestId("choice-retry"));
  await waitFor(() => expect(location.hash).toContain("/deployments/215/"), LONG);
});

test("a plan that can go in parts is run in parts when someone says so", async () => {
  const { user } = openWindow("/domains/g_kestrel_v251");
  await user.click(await screen.findByTestId("edit-domain"));
  await user.click(await screen.findByRole("button", { name: "Remove bundle-445.251 on LEAF-B14" }));
  await user.click(screen.getByTestId("review-changes"));
  await user.click(await screen.findByTestId("make-plan"));
  expect(await screen.findByTestId("policy-stop-on-first")).toHaveTextContent(
    "nothing in it can hold without the rest",
  );
  expect(within(screen.getByTestId("policy-stop-on-first")).getByRole("radio")).toBeDisabled();
  await user.click(within(screen.getByTestId("policy-independent")).getByRole("radio"));
  await user.click(screen.getByTestId("run-plan"));
  const parts = await within(await screen.findByTestId("sequence")).findAllByTestId("part");
  expect(parts.map((part) => part.dataset.state)).toEqual(["running", "waiting"]);
});

test("what is left behind is told with what stays by hand, and its removal is planned", async () => {
  const { user } = openWindow("/fabric/leftovers");
  const rows = await screen.findAllByTestId("leftover");
  expect(rows.map((row) => row.dataset.device)).toEqual(["LEAF-A02", "LEAF-B02"]);
  expect(rows[1]).toHaveTextContent("look at it by hand");
  expect(screen.getByTestId("broken-path")).toHaveTextContent("g_heron_v640");
  await user.click(screen.getByTestId("plan-clean-up"));
  expect(await screen.findByTestId("wizard-plan")).toBeVisible();
  expect(screen.getByRole("list", { name: "Forward lines of LEAF-A02" })).toHaveTextContent(
    "no interfaces ge100-0/0/20.700",
  );
});

test("a deployment in doubt is pinned with what is certain and what happens by itself", async () => {
  openWindow("/deployments", { scene: "doubt" });
  const pinned = await screen.findByTestId("in-doubt-214");
  expect(pinned).toHaveTextContent("LEAF-B06 did not answer at Confirm.");
  expect(pinned).toHaveTextContent("only completed, never cancelled");
  expect(pinned).toHaveTextContent("Tried every 15 s.");
});

test("a changed host key is a hard stop: only who types its end can trust the new one", async () => {
  const { user } = openWindow("/devices/SPINE-1", { scene: "keys" });
  await user.click(await screen.findByRole("button", { name: "Compare fingerprints" }));
  const stop = await screen.findByTestId("host-key-stop");
  expect(within(stop).getByTestId("keep-closed")).toHaveFocus();
  expect(within(stop).getByTestId("trust-new-key")).toBeDisabled();
  await user.type(within(stop).getByTestId("key-typed"), "HkCw");
  expect(within(stop).getByTestId("trust-new-key")).toBeEnabled();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("host-key-stop")).toBeNull());
});
