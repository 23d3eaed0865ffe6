import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { useShell } from "@/app/store";
import { openWindow } from "./window";

test("the parts of Drift are reached by keys and stand in the address", async () => {
  const { user } = openWindow("/drift");
  const inbox = await screen.findByRole("tab", { name: /^Inbox/u });
  inbox.focus();
  await user.keyboard("{ArrowRight}");
  expect(location.hash).toBe("#/drift/policies");
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(location.hash).toBe("#/drift/trends");
  expect(await screen.findByTestId("lab-health")).toHaveTextContent("71 of 100");
});

test("what could not be looked at is said beside the last check", async () => {
  openWindow("/drift");
  const last = await screen.findByTestId("last-check");
  expect(last).toHaveTextContent("8 of 9 devices");
  expect(last).toHaveTextContent("1 not checked");
});

test("a policy is tried on the past while its form is filled in, saved, and ended after a question", async () => {
  const { user } = openWindow("/drift/policies");
  await user.click(await screen.findByTestId("new-policy"));
  expect(await screen.findByTestId("policy-trial")).toHaveTextContent("What would it have done?");
  await waitFor(() => expect(screen.getByTestId("policy-trial")).toHaveTextContent("It would have decided 2 of 6"));
  await user.click(screen.getByTestId("save-policy"));
  expect(screen.getByText("A policy needs a name.")).toBeVisible();
  await user.type(screen.getByTestId("policy-name"), "Bench");
  await user.click(screen.getByRole("radio", { name: "Put back" }));
  await user.type(screen.getByTestId("policy-devices"), "LEAF-*");
  expect(screen.getByText("Put back takes exact names, without *.")).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "Leave open" }));
  await user.click(screen.getByTestId("save-policy"));
  const row = await screen.findByTestId("policy-1");
  expect(row).toHaveTextContent("Leaves open everything on LEAF-*.");
  await user.click(screen.getByTestId("end-policy-1"));
  await user.click(await screen.findByTestId("end-policy-now"));
  await waitFor(() => expect(screen.getByTestId("policy-1")).toHaveAttribute("data-state", "ended"));
});

test("the strategy of the lab is stored at once", async () => {
  const { user } = openWindow("/drift/policies");
  await user.click(await screen.findByRole("radio", { name: /^Background sync/u }));
  await waitFor(() => expect(screen.getByRole("radio", { name: /^Background sync/u })).toBeChecked());
});

test("runs show what was not checked with its reason, on top and never as in sync", async () => {
  const { user } = openWindow("/drift/checks");
  await user.click(await screen.findByTestId("run-100"));
  const [firstOne] = within(screen.getByTestId("check-runs")).getAllByRole("listitem");
  expect(firstOne).toHaveAttribute("data-outcome", "not-checked");
  expect(firstOne).toHaveTextContent("LEAF-B10 does not answer on port 22.");
});

test("a suggested check opens the form of a schedule that is filled in", async () => {
  const { user } = openWindow("/drift/trends");
  expect(await screen.findByTestId("trend-severities")).toHaveTextContent("2 critical10 high7 low");
  await user.click(await screen.findByTestId("schedule-it-SPINE-2"));
  expect(await screen.findByTestId("schedule-name")).toHaveValue("SPINE-2, suggested");
  expect(screen.getByTestId("schedule-cron")).toHaveValue("0 * * * *");
  await user.click(screen.getByTestId("save-schedule"));
  await waitFor(() => expect(screen.getByTestId("schedules")).toHaveTextContent("SPINE-2, suggested"));
  await waitFor(() => expect(location.hash).toBe("#/drift/checks"));
});

test("trends tell by whom, how long was watched, and what was left open", async () => {
  openWindow("/drift/trends");
  const whom = await screen.findByRole("region", { name: "By whom" });
  expect(whom).toHaveTextContent("rowan9one of several6not observable4");
  const device = screen.getByTestId("trend-SPINE-2");
  expect(device).toHaveTextContent("Watched for 14 of 35 days; what came in the rest is not known.");
  expect(within(device).getByTestId("left-open")).toHaveTextContent("1 event left open: nothing");
});

test("an event tells whose commit it came with", async () => {
  openWindow("/drift");
  expect(await screen.findByTestId("drift-committed")).toHaveTextContent("not observable");
});

test("what background sync did stands in the corner, one notice a device", () => {
  const notice = (sentence: string, gaveUp: boolean) =>
    useShell.getState().notice({
      at: "2026-05-09T12:00:00Z",
      device: "LEAF-A01",
      taken: gaveUp ? 0 : 1,
      gaveUp,
      sentence,
      next: gaveUp ? "Read the device." : null,
    });
  notice("Background sync gave up on LEAF-A01.", true);
  notice("Background sync took 1 object on LEAF-A01.", false);
  const { toasts, dismiss } = useShell.getState();
  expect(toasts.map((toast) => [toast.kind, toast.told.sentence, toast.times])).toEqual([
    ["info", "Background sync took 1 object on LEAF-A01.", 1],
  ]);
  for (const toast of toasts) dismiss(toast.key);
});
