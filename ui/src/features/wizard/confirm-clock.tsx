import { useState } from "react";
import { type DeploymentDetail, queries, useQuery } from "@/api";
import { useNow } from "@/app/clock";
import { usePlace } from "@/app/router";
import { clockSeconds, countdown, minutes, plural } from "@/lib/format";
import { phaseName } from "@/lib/phases";

const LAST_MINUTES = 120;
const SPOKEN = [300, 120, 60];

/** The confirm window by the devices' own report: how long, and what happens at zero. */
export function ConfirmClockPane({ detail }: { detail: DeploymentDetail }) {
  const planned = usePlannedWindow(detail.plan);
  const { clock, decided, devices, row } = detail;
  const left = useSecondsLeft(clock?.secondsLeft ?? null, clock?.until ?? null);
  const tone = left === null ? "faint" : left <= LAST_MINUTES ? "c-doubt" : "";
  const said = SPOKEN.find((mark) => left !== null && left <= mark && left > mark - 5);
  const done = devices.filter((device) => device.state === "new").length;
  return (
    <div className="clock" data-testid="confirm-clock" data-seconds={left ?? ""}>
      {(left !== null || row.status === "running") && (
        <span className={`big ${tone}`} role="timer" aria-label="Confirm window">
          {countdown(left === null ? planned * 60_000 : left * 1000)}
        </span>
      )}
      <span className="sr-only" role="status">
        {said !== undefined && `${said / 60} minutes left in the confirm window`}
      </span>
      <div className="grow t12">
        <b>{headline(detail)}</b>
        <div className="muted">{explanation(detail)}</div>
        {clock !== null && left !== null && (
          <span className="bar-track" style={{ marginTop: 4, maxWidth: 560 }}>
            <b style={{ width: `${Math.min(100, (left / clock.window) * 100)}%` }} />
          </span>
        )}
      </div>
      <div className="t12 num nowrap">
        <b>{phaseName(detail.phase)}</b>
        <div className="muted">
          {decided !== null && row.status === "running"
            ? `${done} of ${devices.length} new, `
            : `${plural(devices.length, "device")}, `}
          {minutes(row.seconds * 1000)}
        </div>
      </div>
    </div>
  );
}

function headline(detail: DeploymentDetail): string {
  const { clock, decided, row, devices } = detail;
  if (decided !== null && row.status === "running")
    return `Decision recorded ${clockSeconds(new Date(decided))}: confirm. From here it is only completed.`;
  if (clock !== null) return `Confirm window, running on ${plural(devices.length, "device")}`;
  if (row.status === "running") return starting(detail) ? "Confirm window, starting" : "Confirm window, not started";
  return "No device timer is running";
}

function explanation(detail: DeploymentDetail): string {
  const { clock, decided, row } = detail;
  if (clock !== null && decided === null)
    return `Not confirmed by ${clockSeconds(new Date(clock.until))}: every device puts the old configuration back by itself.`;
  if (clock !== null) return `The first timer that still runs ends at ${clockSeconds(new Date(clock.until))}.`;
  if (row.status === "running")
    return starting(detail)
      ? "Timers start device by device; the time left is shown as the devices report it."
      : "It starts at Commit confirm. No device timer is running.";
  return row.sentence;
}

/** Whether a commit confirm is under way or done somewhere, so that a timer may run before one is reported. */
function starting(detail: DeploymentDetail): boolean {
  return detail.devices.some((device) =>
    device.cells.some(
      (cell) => phaseName(cell.phase) === "Commit confirm" && !["waiting", "held"].includes(cell.state),
    ),
  );
}

/** Minutes of the confirm window before any timer runs: as chosen for this run, else as planned. */
function usePlannedWindow(plan: string): number {
  const { query } = usePlace();
  const chosen = Number(query.get("window"));
  const planned = useQuery(queries.plan(plan)).data?.windowMinutes ?? 0;
  return Number.isInteger(chosen) && chosen > 0 ? chosen : planned;
}

/** Counts down from the last report of the devices, between reports by this computer's clock. */
function useSecondsLeft(reported: number | null, until: string | null): number | null {
  const now = useNow();
  const key = `${reported ?? ""} ${until ?? ""}`;
  const [base, setBase] = useState({ key, at: now.getTime() });
  if (base.key !== key) setBase({ key, at: now.getTime() });
  if (reported === null) return null;
  const passed = base.key === key ? (now.getTime() - base.at) / 1000 : 0;
  return Math.max(0, Math.round(reported - passed));
}
