import type { CellState, DeploymentDetail, DeviceProgress, PhaseCell } from "@/api";

/** What a cell of the matrix shows: the core's word, except where the picture knows more. */
export type ShownCell = CellState | "taken-back";

const WENT_WELL: ReadonlySet<string> = new Set(["verified", "nothing-to-do"]);

/**
 * A device is held only by those of an earlier group that are at the phase or through it; one that merely has not begun
 * is empty. A phase that was left because the deployment turned back was taken back; one never reached was not needed.
 */
export function shownCell(detail: DeploymentDetail, row: DeviceProgress, cell: PhaseCell): ShownCell {
  if (cell.state === "held") return detail.devices.some((other) => holds(other, row, cell.phase)) ? "held" : "waiting";
  if (cell.state !== "skipped" || WENT_WELL.has(detail.row.status)) return cell.state;
  return detail.row.status === "running" || cell.seconds !== null ? "taken-back" : "skipped";
}

function holds(other: DeviceProgress, row: DeviceProgress, phase: string): boolean {
  const state = other.cells.find((cell) => cell.phase === phase)?.state;
  return other.group < row.group && (state === "running" || state === "passed");
}
