import { ArrowRight, Check, CircleCheck, EyeOff, Info, OctagonAlert, Undo2, X } from "lucide-react";
import { useState } from "react";
import { type CheckCell, type CheckRow, type DeploymentDetail, useRollbackPlan } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { DeviceState, SectionHead } from "@/components/marks";
import { Empty, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { SafeText } from "@/components/text";
import { clockSeconds, minutes, moment, plural } from "@/lib/format";
import { WaysBack } from "../deployments/ways-back";
import { ResultMark, countChecks } from "./check-list";
import { DeploymentFrame } from "./deployment-frame";
import { Stepper } from "./stepper";
import "./wizard.css";
import "./execution.css";

/** Step 4: what was checked with which evidence, what was left behind, and what rollback would do now. */
export function ValidationStep({ deployment }: { deployment: number }) {
  return <DeploymentFrame deployment={deployment}>{(detail) => <Validation detail={detail} />}</DeploymentFrame>;
}

function Validation({ detail }: { detail: DeploymentDetail }) {
  const { row } = detail;
  const rollback = useRollbackPlan();
  const undo = () =>
    detail.rollback.possible && rollback.mutate(row.id, { onSuccess: (plan) => navigate(to.plan(plan.hash)) });
  const done = () => navigate(to.domains(row.domain));
  useHotkeys({ U: undo, Enter: done });
  const good = row.status === "verified" || row.status === "nothing-to-do";
  return (
    <section className="pane grow" data-testid="wizard-validation" data-status={row.status}>
      <Stepper current="Validation" places={{ Plan: to.plan(detail.plan), Execution: to.run(row.id) }}>
        <span className={`st ${good ? "c-ok" : "c-danger"}`} data-testid="validation-status">
          <Icon of={good ? CircleCheck : OctagonAlert} />
          <SafeText
            text={row.status === "verified" ? allNew(detail.devices.map((device) => device.device)) : row.sentence}
          />
        </span>
      </Stepper>
      {detail.error && <RegionError error={detail.error} />}
      {rollback.error?.code === "undo-overlaps" ? (
        <WaysBack deployment={row.id} onClose={() => rollback.reset()} />
      ) : (
        rollback.error && <RegionError error={rollback.error} />
      )}
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <CheckMatrix detail={detail} />
        <Outcome detail={detail} />
      </div>
      <RollbackStrip sentence={detail.rollback.sentence}>
        <Button onClick={() => navigate(to.plan(detail.plan))}>Show lines</Button>
        <Button
          icon={Undo2}
          keys="U"
          disabled={!detail.rollback.possible || rollback.isPending}
          onClick={undo}
          data-testid="undo-deployment"
        >
          Undo {row.id}, open the plan
        </Button>
        <Button look="ink" keys="Enter" onClick={done} data-testid="done">
          Done
        </Button>
      </RollbackStrip>
    </section>
  );
}

function allNew(devices: readonly string[]): string {
  return devices.length === 1 ? `${devices[0] ?? "the device"} is new` : `all ${devices.length} devices are new`;
}

/** What could not be observed did not pass. */
function gatingWords(gating: readonly CheckRow[]): string {
  const any = (result: CheckCell["result"]) =>
    gating.some((check) => check.results.some((cell) => cell.result === result));
  if (any("failed")) return "Gating checks failed";
  return any("not-observable") ? "No gating check failed" : "All gating checks passed";
}

/** Check, class, a result per device, evidence; below it the device's own text before and after. */
export function CheckMatrix({ detail }: { detail: DeploymentDetail }) {
  const totals = countChecks(detail);
  const [selected, setSelected] = useState<string | null>(null);
  const current = detail.checks.find((check) => check.check === selected) ?? detail.checks.find(hasEvidence);
  const devices = detail.devices.map((device) => device.device);
  const gating = detail.checks.filter((check) => check.gating);
  return (
    <div className="pane grow">
      <div className="sum" data-testid="check-totals">
        <Total icon={Check} colour="c-ok" n={totals.passed} word="passed" />
        <Total
          icon={X}
          colour="c-danger"
          n={totals.failed}
          word={totals.failed > 0 && totals.failedGating === 0 ? "failed, informative" : "failed"}
        />
        <Total icon={EyeOff} colour="c-unknown" n={totals.notObservable} word="not observable" />
        <div className="t12" style={{ textAlign: "right" }}>
          {detail.decided !== null && (
            <b>
              {gatingWords(gating)} before the decision, {clockSeconds(new Date(detail.decided))}
            </b>
          )}
          <div className="muted">
            {plural(gating.length, "gating check")}, {detail.checks.length - gating.length} informative
          </div>
        </div>
      </div>
      <div className="scroll">
        {detail.checks.length === 0 ? (
          <Empty title="No check was run">
            <p>
              The deployment ended before Verify. <SafeText text={detail.row.sentence} />
            </p>
          </Empty>
        ) : (
          <table className="ck" aria-label="Checks by device" data-testid="check-matrix">
            <colgroup>
              <col style={{ width: 210 }} />
              <col style={{ width: 84 }} />
              {devices.map((device) => (
                <col key={device} style={{ width: 76 }} />
              ))}
              <col />
            </colgroup>
            <thead>
              <tr>
                <th>Check</th>
                <th aria-label="Class" />
                {devices.map((device) => (
                  <th key={device} className="c">
                    {device}
                  </th>
                ))}
                <th>Evidence</th>
              </tr>
            </thead>
            <tbody>
              {detail.checks.map((check) => (
                <CheckLine
                  key={check.check}
                  check={check}
                  devices={devices}
                  on={check === current}
                  onSelect={() => setSelected(check.check)}
                />
              ))}
            </tbody>
          </table>
        )}
        {current && <Evidence check={current} />}
      </div>
    </div>
  );
}

function Total(props: { icon: typeof Check; colour: string; n: number; word: string }) {
  return (
    <span className="n">
      <span className={props.n === 0 ? "faint" : props.colour}>
        <Icon of={props.icon} size={18} />
      </span>
      <b>{props.n}</b> {props.word}
    </span>
  );
}

function hasEvidence(check: CheckRow): boolean {
  return check.results.some((cell) => cell.result === "failed");
}

function CheckLine(props: { check: CheckRow; devices: readonly string[]; on: boolean; onSelect: () => void }) {
  const { check, devices } = props;
  return (
    <tr
      className={props.on ? "on" : ""}
      tabIndex={0}
      onClick={props.onSelect}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.stopPropagation();
        props.onSelect();
      }}
    >
      <td>{check.label}</td>
      <td className="cls">{check.gating ? "gating" : "informative"}</td>
      {devices.map((device) => (
        <td key={device} className="c">
          <ResultMark result={check.results.find((cell) => cell.device === device)?.result ?? "not-applicable"} />
        </td>
      ))}
      <td className="muted" title={check.evidence}>
        <SafeText text={check.evidence} />
      </td>
    </tr>
  );
}

function Evidence({ check }: { check: CheckRow }) {
  const cells = check.results.filter((cell) => cell.result !== "not-applicable");
  return (
    <section aria-label={`Evidence of ${check.label}`} data-testid="evidence">
      <div className="dev-h">
        <b className="t14">Evidence</b>
        <span>{check.label}</span>
        <span className="muted ell">
          <SafeText text={check.evidence} />
        </span>
      </div>
      {cells.map((cell) => (
        <EvidenceOf key={cell.device} check={check} cell={cell} />
      ))}
    </section>
  );
}

function EvidenceOf({ check, cell }: { check: CheckRow; cell: CheckCell }) {
  return (
    <>
      <div className="dev-h">
        <b className="med">{cell.device}</b>
        <ResultMark result={cell.result} />
        <span className="muted ell">
          <SafeText text={cell.evidence} />
          {cell.result === "failed" && !check.gating && ", informative: it does not undo the deployment"}
        </span>
      </div>
      {(cell.before !== null || cell.after !== null) && (
        <div className="ev">
          <pre className="cli">
            <span className="hh">before</span>
            <SafeText text={cell.before ?? ""} />
          </pre>
          <pre className="cli">
            <span className="hh">after</span>
            <SafeText text={cell.after ?? ""} />
          </pre>
        </div>
      )}
    </>
  );
}

function Outcome({ detail }: { detail: DeploymentDetail }) {
  const now = useNowCoarse();
  const { row, rollback } = detail;
  return (
    <aside className="pane scroll w-outcome" aria-label="Outcome">
      <div className="sec">
        <SectionHead title="Devices now" />
        {detail.devices.map((device) => (
          <div key={device.device} className="dv" data-testid={`outcome-${device.device}`}>
            <b className="med">{device.device}</b>
            <DeviceState
              state={device.state}
              time={device.stateAt === null ? null : clockSeconds(new Date(device.stateAt))}
              large
            />
            <span className="mono faint row" style={{ gap: 4 }}>
              {device.hashBefore}
              {device.hashAfter !== null && (
                <>
                  <Icon of={ArrowRight} size={12} />
                  {device.hashAfter}
                </>
              )}
            </span>
          </div>
        ))}
      </div>
      <div className="sec" data-testid="leftovers">
        <SectionHead title="Leftovers" note={`on ${plural(detail.devices.length, "device")}`} />
        <div className="lo" style={{ gridTemplateColumns: "20px minmax(0,1fr)" }}>
          {detail.leftovers.length === 0 && (
            <span style={{ gridColumn: "1 / -1" }}>None among the objects it touched.</span>
          )}
          {detail.leftovers.map((text) => (
            <LeftoverRow key={text} text={text} />
          ))}
          {(detail.leftBefore ?? 0) > 0 && (
            <span className="muted" style={{ gridColumn: "1 / -1" }} data-testid="left-before">
              {detail.leftBefore} on these devices stood there before.{" "}
              <LinkButton onClick={() => navigate(to.leftovers())}>Open leftovers</LinkButton>
            </span>
          )}
        </div>
      </div>
      <div className="sec" data-testid="rollback-now">
        <SectionHead title="Rollback now" />
        <dl className="kv" style={{ gridTemplateColumns: "80px minmax(0,1fr)" }}>
          <dt>Sends</dt>
          <dd>
            {plural(rollback.lines, "line")} on {plural(rollback.devices, "device")}
          </dd>
          <dt>Gives</dt>
          <dd>{rollback.possible ? "the text before, byte for byte, proven when the plan opens" : "nothing"}</dd>
          <dt>Possible</dt>
          <dd>{rollback.possible ? "yes" : (rollback.reason ?? "no")}</dd>
        </dl>
      </div>
      <div className="sec">
        <SectionHead title="Archive" />
        <dl className="kv" style={{ gridTemplateColumns: "80px minmax(0,1fr)" }}>
          <dt>Deployment</dt>
          <dd>
            {row.id}, {row.by}, {moment(new Date(row.started), now)}
          </dd>
          <dt>Took</dt>
          <dd>{minutes(row.seconds * 1000)}</dd>
          <dt>Plan</dt>
          <dd className="mono">{detail.plan.slice(0, 12)}</dd>
          <dt>Kept</dt>
          <dd>plan, journal, transcript, checks</dd>
        </dl>
        <div className="row" style={{ gap: 16, marginTop: 8 }}>
          <LinkButton onClick={() => navigate(to.deployments(row.id))}>Open the archive</LinkButton>
          <LinkButton onClick={() => navigate(to.deployments(row.id, "transcript"))}>Transcript</LinkButton>
        </div>
      </div>
    </aside>
  );
}

function LeftoverRow({ text }: { text: string }) {
  return (
    <>
      <Icon of={Info} className="c-info" />
      <span className="selectable">
        <SafeText text={text} />
      </span>
    </>
  );
}
