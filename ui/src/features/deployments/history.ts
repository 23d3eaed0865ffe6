import type { DeploymentRow } from "@/api";
import { dayHeading } from "@/lib/format";

export interface HistoryFilter {
  show: "everything" | "verified" | "undone" | "stopped";
  by: string | null;
}

export function filterHistory(rows: readonly DeploymentRow[], filter: HistoryFilter): DeploymentRow[] {
  return rows.filter((row) => {
    if (filter.by !== null && row.by !== filter.by) return false;
    switch (filter.show) {
      case "everything":
        return true;
      case "verified":
        return row.status === "verified" || row.status === "nothing-to-do";
      case "undone":
        return row.undoes !== null || row.undoneBy !== null;
      case "stopped":
        return row.status === "refused" || row.status === "aborted" || row.status === "in-doubt";
    }
  });
}

export type HistoryItem = { type: "day"; label: string } | { type: "row"; row: DeploymentRow; first: boolean };

/** Rows under a heading for each day, newest first. */
export function byDay(rows: readonly DeploymentRow[], now: Date): HistoryItem[] {
  const items: HistoryItem[] = [];
  let last = "";
  for (const row of rows) {
    const label = dayHeading(new Date(row.started), now);
    const first = label !== last;
    if (first) items.push({ type: "day", label });
    last = label;
    items.push({ type: "row", row, first });
  }
  return items;
}
