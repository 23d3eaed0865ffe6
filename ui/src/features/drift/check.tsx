import { CircleCheck, CircleSlash, EyeOff, RefreshCw, TriangleAlert } from "lucide-react";
import { type ActivityView, queries, useCheckNow, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Running } from "@/components/marks";
import { SafeText } from "@/components/text";
import { moment, plural } from "@/lib/format";
import { openWords } from "./runs";

export interface Check {
  /** The check that was begun here last, as it goes on. */
  activity: ActivityView | null;
  running: boolean;
  begin: (devices: string[] | null, schedule?: number) => void;
}

/** Begins checks and follows the last one. */
export function useCheck(): Check {
  const complain = useShell((shell) => shell.complain);
  const start = useCheckNow();
  const activities = useQuery(queries.activities()).data;
  const begun = start.data?.activity.id;
  const activity = begun === undefined ? null : (activities?.find((one) => one.id === begun) ?? null);
  const running = start.isPending || activity?.state === "running";
  return {
    activity,
    running,
    begin: (devices, schedule) => {
      if (!running) start.mutate({ devices, schedule: schedule ?? null }, { onError: complain });
    },
  };
}

export function CheckButton(props: {
  check: Check;
  label: string;
  devices: string[] | null;
  look?: "plain" | "ink";
  testId?: string;
}) {
  const { check, devices } = props;
  return (
    <Button
      size={props.look === "ink" ? "md" : "sm"}
      look={props.look ?? "plain"}
      icon={RefreshCw}
      disabled={check.running}
      onClick={() => check.begin(devices)}
      data-testid={props.testId}
    >
      {props.label}
    </Button>
  );
}

/** What differs, told apart by whether it asks for something. */
function foundWords(open: number, left: number): string {
  if (open + left === 0) return "Nothing differs.";
  return left === 0 ? `${open} open.` : `${open} open, ${left} left as it is.`;
}

/** How the last check goes or went, in a line. */
export function CheckNote({ check, open, left }: { check: Check; open: number; left: number }) {
  const { activity } = check;
  if (activity === null) return null;
  const failed = activity.devices.filter((device) => device.error !== null);
  const first = failed[0]?.error;
  return (
    <p className="note dr-note" role="status" data-testid="check-note" data-state={activity.state}>
      {activity.state === "running" && (
        <>
          <Running />
          <span>
            Checking, {activity.done} of {plural(activity.total, "device")}
          </span>
        </>
      )}
      {activity.state === "done" && (
        <>
          <Icon of={CircleCheck} className="c-ok" />
          <span>
            {plural(activity.total, "device")} checked. {foundWords(open, left)}
          </span>
        </>
      )}
      {(activity.state === "partial" || activity.state === "failed") && (
        <>
          <Icon of={TriangleAlert} className="c-warning" />
          <span className="selectable">
            {activity.done - failed.length} of {plural(activity.total, "device")} checked.{" "}
            <SafeText text={first === null || first === undefined ? activity.fact : first.sentence} />
            {failed.length > 1 && ` And ${plural(failed.length - 1, "device")} more.`}
          </span>
        </>
      )}
      {activity.state === "cancelled" && (
        <>
          <Icon of={CircleSlash} className="muted" />
          <span>The check was cancelled. What was read is compared.</span>
        </>
      )}
    </p>
  );
}

/** When it was looked for last, and how much of it could be seen. */
export function LastCheck() {
  const runs = useQuery(queries.checkRuns(1)).data;
  const now = useNowCoarse();
  if (runs === undefined) return null;
  const [run] = runs;
  if (run === undefined) return <span className="faint t12 nowrap">No check yet</span>;
  const read = run.inSync + run.drift;
  return (
    <span className="row t12 muted nowrap" data-testid="last-check" style={{ gap: 6 }}>
      <span>
        Last check {moment(new Date(run.started), now)},{" "}
        {openWords(run.state) ?? `${read} of ${plural(read + run.notChecked, "device")}`}
      </span>
      {run.notChecked > 0 && (
        <LinkButton className="st c-warning" onClick={() => navigate(to.driftChecks())}>
          <Icon of={EyeOff} /> {run.notChecked} not checked
        </LinkButton>
      )}
    </span>
  );
}
