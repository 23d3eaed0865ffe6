import type { DriftChoice, DriftDetail } from "@/api";
import { plural } from "@/lib/format";

/** What would take the choice away again. */
export function rollbackSentence(detail: Pick<DriftDetail, "overrideLines">, choice: DriftChoice | null): string {
  if (choice === "sync") return "A sync reads and sends nothing, so nothing is to be rolled back.";
  if (choice === "leave") return "Nothing is sent, so nothing is to be rolled back.";
  const devices = detail.overrideLines.filter((one) => one.reverse.length > 0);
  const lines = devices.reduce((sum, one) => sum + one.reverse.length, 0);
  const where = devices.length === 1 ? (devices[0]?.device ?? "") : plural(devices.length, "device");
  if (lines === 0) return "No override is possible now, so nothing is to be rolled back.";
  return `${plural(lines, "line")} on ${where} would take the override away again.`;
}
