import { Check as Tick, ChevronDown, ChevronRight, EyeOff, GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { type CheckDeviceView, type CheckOutcome, type CheckRunView, asCoreError, queries, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Running } from "@/components/marks";
import { Loading, RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { moment, plural, took } from "@/lib/format";
import { byConcern, openWords } from "./runs";

const LISTED = 50;

/** What the last checks gave, the newest first, each with its devices. */
export function CheckRuns() {
  const query = useQuery(queries.checkRuns(LISTED));
  const [open, setOpen] = useState<number | null>(null);
  return (
    <>
      <div className="dp-head">
        <h2>Runs</h2>
        <span className="muted t12">what was not read is not checked, and nothing is said of it</span>
      </div>
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {query.isPending && <Loading noun="the runs" rows={6} />}
      {query.data?.length === 0 && <p className="dp-empty">No check ran yet. Check all reads every device once.</p>}
      {query.data && query.data.length > 0 && (
        <div className="dc-runs" data-testid="check-runs">
          <div className="hd">
            <span>When</span>
            <span>Why</span>
            <span className="num">In sync</span>
            <span className="num">Drift</span>
            <span className="num">Not checked</span>
          </div>
          {query.data.map((run) => (
            <Run
              key={run.id}
              run={run}
              open={run.id === open}
              onToggle={() => setOpen(run.id === open ? null : run.id)}
            />
          ))}
        </div>
      )}
    </>
  );
}

function Run({ run, open, onToggle }: { run: CheckRunView; open: boolean; onToggle: () => void }) {
  const now = useNowCoarse();
  const started = new Date(run.started);
  return (
    <>
      <button type="button" className="run" aria-expanded={open} onClick={onToggle} data-testid={`run-${run.id}`}>
        <span className="row" style={{ gap: 6 }}>
          <Icon of={open ? ChevronDown : ChevronRight} className="faint" />
          <span className="nowrap">{moment(started, now)}</span>
          <span className="faint nowrap">
            {run.ended === null ? openWords(run.state) : took(new Date(run.ended).getTime() - started.getTime())}
          </span>
        </span>
        <span className="ell">
          {run.scheduleName !== null && (
            <>
              <SafeText text={run.scheduleName} />:{" "}
            </>
          )}
          <span className="muted">
            {run.whyWords}, {run.by}
          </span>
        </span>
        <Count outcome="in-sync" count={run.inSync} />
        <Count outcome="drift" count={run.drift} />
        <Count outcome="not-checked" count={run.notChecked} />
      </button>
      {open && <Devices devices={run.devices} ended={run.ended !== null} />}
    </>
  );
}

const LOOK: Record<CheckOutcome, { colour: string; word: string }> = {
  "in-sync": { colour: "c-ok", word: "in sync" },
  drift: { colour: "c-drift", word: "differs" },
  "not-checked": { colour: "c-unknown", word: "not checked" },
};

function Mark({ outcome }: { outcome: CheckOutcome }) {
  return <Icon of={outcome === "in-sync" ? Tick : outcome === "drift" ? GitCompareArrows : EyeOff} size={12} />;
}

function Count({ outcome, count }: { outcome: CheckOutcome; count: number }) {
  if (count === 0) return <span className="num faint">0</span>;
  return (
    <span className={`num ${LOOK[outcome].colour}`}>
      <Mark outcome={outcome} /> {count}
    </span>
  );
}

function Devices({ devices, ended }: { devices: readonly CheckDeviceView[]; ended: boolean }) {
  const open = useQuery(queries.drift()).data?.open ?? [];
  const eventOn = (device: string) => open.find((row) => row.device === device)?.id;
  return (
    <ul className="dc-devices">
      {byConcern(devices).map((one) => (
        <li key={one.device} data-outcome={one.outcome}>
          <span className={LOOK[one.outcome].colour}>
            <Mark outcome={one.outcome} />
          </span>
          <b className="med nowrap">{one.device}</b>
          <span className="selectable">
            <span className={LOOK[one.outcome].colour}>{LOOK[one.outcome].word}</span>
            {one.outcome === "drift" && (
              <LinkButton className="then" onClick={() => navigate(to.drift(eventOn(one.device)))}>
                {plural(one.events, "open event")}
              </LinkButton>
            )}
            {one.reason !== null && (
              <span className="muted then">
                <SafeText text={one.reason} />
              </span>
            )}
          </span>
          <span className="num faint">{one.millis === null ? "" : took(one.millis)}</span>
        </li>
      ))}
      {!ended && (
        <li>
          <Running size={12} />
          <span className="muted">Going on, or ended with the program: what is missing here was not checked.</span>
        </li>
      )}
      {ended && devices.length === 0 && (
        <li>
          <span />
          <span className="muted">It had no device to check.</span>
        </li>
      )}
    </ul>
  );
}
