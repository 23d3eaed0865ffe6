import { expect, test } from "vitest";
import type { CellState, DeploymentDetail, DeploymentStatus, DeviceProgress } from "@/api";
import { shownCell } from "./cells";

const device = (group: number, state: CellState, seconds: number | null = null): DeviceProgress => ({
  device: `LEAF-A0${group}`,
  state: "old",
  stateAt: null,
  notes: [],
  cells: [{ phase: "arm", state, word: null, seconds, done: 0, total: 0 }],
  seconds: 0,
  group,
  hashBefore: null,
  hashAfter: null,
});

/** What the last of the devices shows. */
function shown(status: DeploymentStatus, ...devices: DeviceProgress[]): string | undefined {
  const row = devices.at(-1);
  const cell = row?.cells[0];
  if (row === undefined || cell === undefined) return undefined;
  return shownCell({ devices, row: { status } } as DeploymentDetail, row, cell);
}

test("a device is held by an earlier group that began, never by its own or a later one", () => {
  expect(shown("running", device(1, "running"), device(2, "held"))).toBe("held");
  expect(shown("running", device(1, "passed"), device(2, "held"))).toBe("held");
  expect(shown("running", device(1, "held"), device(2, "held"))).toBe("waiting");
  expect(shown("running", device(1, "running"), device(1, "held"))).toBe("waiting");
  expect(shown("running", device(2, "running"), device(1, "held"))).toBe("waiting");
  expect(shown("running", device(1, "held"))).toBe("waiting");
});

test("a phase left by turning back was taken back, one never reached was not needed", () => {
  expect(shown("running", device(1, "skipped"))).toBe("taken-back");
  expect(shown("aborted", device(1, "skipped", 1.2))).toBe("taken-back");
  expect(shown("aborted", device(1, "skipped"))).toBe("skipped");
  expect(shown("nothing-to-do", device(1, "skipped", 1.2))).toBe("skipped");
});

test("every other word of the core stands", () => {
  for (const state of ["waiting", "running", "passed", "refused", "unknown"] as const)
    expect(shown("running", device(1, state))).toBe(state);
});
