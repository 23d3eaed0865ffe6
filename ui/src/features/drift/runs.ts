import type { CheckDeviceView, CheckOutcome, CheckRunState } from "@/api";

const FIRST: Record<CheckOutcome, number> = { "not-checked": 0, drift: 1, "in-sync": 2 };

/** Devices of a run: those that nothing is known of first, then those that differ, then the rest; by name in each. */
export function byConcern(devices: readonly CheckDeviceView[]): CheckDeviceView[] {
  return [...devices].sort((a, b) => FIRST[a.outcome] - FIRST[b.outcome] || a.device.localeCompare(b.device));
}

/** How far a run is that has no end; none where it ended. */
export function openWords(state: CheckRunState): string | null {
  switch (state) {
    case "running":
      return "goes on";
    case "not-ended":
      return "not ended";
    case "ended":
      return null;
  }
}
