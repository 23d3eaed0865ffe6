import {
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleSlash,
  CircleX,
  OctagonAlert,
  Timer,
  TriangleAlert,
} from "lucide-react";
import { type ActivityState, type ActivityView, queries, useCancelActivity, useQuery } from "@/api";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Progress, Running } from "@/components/marks";
import { SafeText } from "@/components/text";
import { clock, minutes, plural } from "@/lib/format";
import { phaseName } from "@/lib/phases";
import { useNow } from "../clock";
import { to } from "../places";
import { navigate } from "../router";
import { useShell } from "../store";

const DONE_SHOWN_MS = 5000;

/** The bottom bar: one-line facts of what runs and what needs a person; opened, a row for each. */
export function ActivityDock() {
  const open = useShell((shell) => shell.dockOpen);
  const setOpen = useShell((shell) => shell.setDock);
  const status = useQuery(queries.status());
  const activities = useQuery(queries.activities()).data ?? [];
  const running = activities.filter((activity) => activity.state === "running");
  const failed = activities.filter((activity) => activity.state === "failed" || activity.state === "partial");
  const deployments = useQuery(queries.deployments()).data ?? [];
  const deploying = deployments.filter((row) => row.status === "running");
  const doubt = deployments.filter((row) => row.status === "in-doubt");
  return (
    <footer className="dock" aria-label="Activity">
      <div className="bar">
        {open ? (
          <>
            <b style={{ color: "var(--text)" }}>Activity</b>
            <span>{running.length + deploying.length} running</span>
          </>
        ) : (
          running.slice(0, 2).map((activity) => (
            <span key={activity.id} data-testid="activity-fact">
              <Running />
              <SafeText text={`${activity.object} ${activity.fact}`} />
              {activity.secondsLeft !== null && `, ${minutes(activity.secondsLeft * 1000)} left`}
            </span>
          ))
        )}
        {deploying.map((row) => (
          <Deploying key={row.id} id={row.id} />
        ))}
        {!open && running.length + deploying.length === 0 && <LastDone activities={activities} />}
        {doubt.map((row) => (
          <button key={row.id} type="button" className="c-doubt" onClick={() => navigate(to.deployments(row.id))}>
            <Icon of={Timer} />
            Deployment {row.id} in doubt: <SafeText text={row.sentence} />
          </button>
        ))}
        {!open && failed.length > 0 && (
          <span className="c-warning">
            <Icon of={TriangleAlert} />
            {failed[0]?.object}: {failed[0]?.fact}
          </span>
        )}
        <span className="grow" />
        {status.data && (
          <span>
            {status.data.keyring.available ? status.data.keyring.name : "No keyring: passwords last this session"}
          </span>
        )}
        <span>All changes saved</span>
        <button type="button" onClick={() => setOpen(!open)} aria-expanded={open} data-testid="toggle-activity">
          <Icon of={open ? ChevronDown : ChevronUp} />
          {open ? "Hide" : "Activity"}
        </button>
      </div>
      {open && (
        <div className="works" role="list" aria-label="Activities">
          {activities.length === 0 && (
            <div className="work">
              <span />
              <span />
              <span className="muted">Nothing has run yet.</span>
            </div>
          )}
          {activities.map((activity) => (
            <Work key={activity.id} activity={activity} />
          ))}
        </div>
      )}
    </footer>
  );
}

/** A deployment that runs, with its phase; one that waits for a person says so. */
function Deploying({ id }: { id: number }) {
  const detail = useQuery(queries.deployment(id)).data;
  const asks = detail !== undefined && detail.card !== null;
  return (
    <button type="button" onClick={() => navigate(to.run(id))} data-testid="deploying-fact">
      {asks ? <Icon of={OctagonAlert} className="c-danger" /> : <Running />}
      Deployment {id} runs{detail !== undefined && `, ${phaseName(detail.phase)}`}
      {asks && ", needs your decision"}
    </button>
  );
}

function LastDone({ activities }: { activities: readonly ActivityView[] }) {
  const now = useNow();
  const last = activities[0];
  if (last?.state !== "done") return <span className="faint">Nothing is running</span>;
  const fresh = now.getTime() - new Date(last.started).getTime() < DONE_SHOWN_MS * 4;
  return fresh ? (
    <span>
      <StateIcon state="done" /> <SafeText text={`${last.object} done, ${last.fact}`} />
    </span>
  ) : (
    <span className="faint">Nothing is running</span>
  );
}

const STATE = {
  done: [CircleCheck, "c-ok"],
  partial: [TriangleAlert, "c-warning"],
  failed: [CircleX, "c-danger"],
  cancelled: [CircleSlash, "muted"],
} as const;

function StateIcon({ state }: { state: ActivityState }) {
  if (state === "running") return <Running />;
  const [icon, colour] = STATE[state];
  return (
    <span className={colour}>
      <Icon of={icon} />
    </span>
  );
}

function Work({ activity }: { activity: ActivityView }) {
  const cancel = useCancelActivity();
  const complain = useShell((shell) => shell.complain);
  const bad = activity.devices.filter((device) => device.error !== null);
  const first = bad[0]?.error;
  return (
    <div className="work" role="listitem" data-testid="activity-row" data-state={activity.state}>
      <span>{clock(new Date(activity.started))}</span>
      <StateIcon state={activity.state} />
      <span className="med ell">
        <SafeText text={activity.object} />
      </span>
      <span className="muted ell">
        <SafeText text={first ? `${activity.fact}. ${first.sentence}` : activity.fact} />
        {bad.length > 1 && ` And ${plural(bad.length - 1, "device")} more.`}
      </span>
      {activity.state === "running" ? <Progress done={activity.done} total={activity.total} /> : <span />}
      <span className="num muted">
        {activity.done}/{activity.total}
        {activity.secondsLeft !== null && `, ${minutes(activity.secondsLeft * 1000)} left`}
      </span>
      <span className="num">
        {activity.canCancel && (
          <LinkButton onClick={() => cancel.mutate(activity.id, { onError: complain })}>Cancel</LinkButton>
        )}
      </span>
    </div>
  );
}
