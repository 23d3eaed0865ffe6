import { CircleCheck, CircleSlash, CircleStop, Lock, OctagonAlert, SquareTerminal } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DeploymentDetail } from "@/api";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Running } from "@/components/marks";
import { RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { SafeText } from "@/components/text";
import { useTaking } from "@/features/deployments/taking";
import { ChildNote, SequencePane } from "./company";
import { ConfirmClockPane } from "./confirm-clock";
import { DecisionCardPane } from "./decision-card";
import { ExecutionMatrix } from "./execution-matrix";
import { CheckList } from "./check-list";
import { LiveLog, type LogFilter } from "./live-log";
import { DeploymentFrame } from "./deployment-frame";
import { Stepper } from "./stepper";
import { phaseName } from "@/lib/phases";
import "./wizard.css";
import "./execution.css";

/** Step 3: what is happening, per device and phase; the clock; the log; a decision when one is needed. */
export function ExecutionStep({ deployment }: { deployment: number }) {
  return <DeploymentFrame deployment={deployment}>{(detail) => <Execution detail={detail} />}</DeploymentFrame>;
}

/**
 * A run that ends while someone looks goes on by itself, once: to the next part of its sequence while there is one, else
 * to Validation if it ended well.
 */
function useGoOn(detail: DeploymentDetail): void {
  const watched = useRef<number | null>(null);
  const { status, id } = detail.row;
  const going = detail.sequence?.running ?? false;
  const next = detail.sequence?.parts.find((part) => part.state === "running")?.deployment ?? null;
  useEffect(() => {
    if (status === "running") watched.current = id;
    else if (watched.current === id && going) {
      if (next !== null && next !== id) navigate(to.run(next), { replace: true });
    } else if (watched.current === id && status === "verified") {
      watched.current = null;
      navigate(to.validation(id), { replace: true });
    }
  }, [status, id, going, next]);
}

function Execution({ detail }: { detail: DeploymentDetail }) {
  useGoOn(detail);
  const [filter, setFilter] = useState<LogFilter>({ kind: "all", device: null });
  const id = detail.row.id;
  const running = detail.row.status === "running";
  const { take, busy } = useTaking(id, detail.row.domain);
  const abort = detail.abort;
  useHotkeys({ "Ctrl .": () => abort !== null && take("abort") });
  const n = detail.devices.length;
  const committed = detail.devices.some((device) => device.state !== "old" && !device.state.startsWith("old-"));
  return (
    <section
      className="pane grow"
      data-testid="wizard-execution"
      data-status={detail.row.status}
      data-phase={detail.phase}
    >
      <Stepper
        current="Execution"
        places={{
          Plan: to.plan(detail.plan),
          ...(running ? {} : { Validation: to.validation(id) }),
        }}
      >
        <StatusWord detail={detail} />
      </Stepper>
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <div className="pane grow">
          <ConfirmClockPane detail={detail} />
          <div className="scroll">
            {detail.childOf && <ChildNote child={detail.childOf} />}
            {detail.sequence && <SequencePane sequence={detail.sequence} current={id} />}
            <ExecutionMatrix
              detail={detail}
              onCell={(device) => setFilter({ ...filter, device: filter.device === device ? null : device })}
              device={filter.device}
            />
            {committed && (
              <p className="note muted">
                <Icon of={Lock} />
                {detail.decided === null
                  ? `From Commit confirm on no device can be skipped: all ${n} are confirmed, or all ${n} go back.`
                  : `After the decision is recorded nothing is cancelled. Stopping now means: finish on all ${n}, then roll back as a new deployment.`}
              </p>
            )}
            {/* A card says what went wrong, and more. */}
            {detail.error && detail.card === null && <RegionError error={detail.error} />}
            {detail.card && <DecisionCardPane card={detail.card} deployment={id} busy={busy} onChoose={take} />}
            {running && detail.decided !== null && <IfStopped />}
            {detail.checks.length > 0 && <CheckList detail={detail} />}
          </div>
        </div>
        <LiveLog deployment={id} devices={detail.devices.map((d) => d.device)} filter={filter} onFilter={setFilter} />
      </div>
      <RollbackStrip sentence={detail.rollback.sentence}>
        <Button icon={SquareTerminal} onClick={() => navigate(to.plan(detail.plan))}>
          Show lines
        </Button>
        {abort !== null && (
          <Button
            look="stop"
            icon={CircleStop}
            keys="Ctrl ."
            disabled={busy}
            onClick={() => take("abort")}
            data-testid="abort"
          >
            {abort}
          </Button>
        )}
        {!running && (
          <Button look="ink" onClick={() => navigate(to.validation(id))} data-testid="open-validation">
            Open Validation
          </Button>
        )}
      </RollbackStrip>
    </section>
  );
}

/** After the decision: what each kind of trouble would mean. */
function IfStopped() {
  return (
    <section className="if-stopped" aria-label="If something stops this">
      <div>
        <h3>A device does not answer</h3>
        <p>
          It is <b>unknown</b>, with the time. It is tried again, and read when its timer has ended. The other devices
          are still confirmed.
        </p>
      </div>
      <div>
        <h3>Its timer ends first</h3>
        <p>
          It is <b>old</b>. Its lines are applied again as a guarded deployment as soon as it answers; the whole can
          then be rolled back.
        </p>
      </div>
      <div>
        <h3>This laptop dies</h3>
        <p>
          At the next start the record says confirm: pending devices are confirmed, expired ones applied again. Nothing
          is cancelled.
        </p>
      </div>
    </section>
  );
}

function StatusWord({ detail }: { detail: DeploymentDetail }) {
  if (detail.card)
    return (
      <span className="st c-danger" data-testid="execution-status">
        <Icon of={OctagonAlert} /> needs your decision
      </span>
    );
  if (detail.row.status === "running")
    return (
      <span className="st c-accent" data-testid="execution-status">
        <Running /> {phaseName(detail.phase)}
      </span>
    );
  const good = detail.row.status === "verified" || detail.row.status === "nothing-to-do";
  const aborted = detail.row.status === "aborted";
  return (
    <span className={`st ${good ? "c-ok" : aborted ? "muted" : "c-danger"}`} data-testid="execution-status">
      <Icon of={good ? CircleCheck : aborted ? CircleSlash : OctagonAlert} /> <SafeText text={detail.row.sentence} />
    </span>
  );
}
