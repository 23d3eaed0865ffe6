import { Check, Minus, X } from "lucide-react";
import {
  type PlanView,
  type Policy,
  type PrecheckRow,
  type RiskLevel,
  type Severity as FindingSeverity,
  asCoreError,
  type queries,
  type useQuery,
} from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Select } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Running, SectionHead, SeverityIcon } from "@/components/marks";
import { SafeText, Unbroken } from "@/components/text";
import { plural } from "@/lib/format";

const WINDOWS = [2, 5, 10, 15, 30, 60];
const LEVEL: Record<RiskLevel, number> = { low: 1, medium: 2, high: 4 };

export type Prechecks = ReturnType<
  typeof useQuery<PrecheckRow[], Error, PrecheckRow[], ReturnType<typeof queries.prechecks>["queryKey"]>
>;

export interface PlanSideProps {
  plan: PlanView;
  window: number;
  onWindow: (minutes: number) => void;
  policy: Policy;
  onPolicy: (policy: Policy) => void;
  prechecks: Prechecks;
}

/** Beside the lines: impact, risk with its rules, the pre-checks as they run, the policy. */
export function PlanSide({ plan, window, onWindow, policy, onPolicy, prechecks }: PlanSideProps) {
  return (
    <aside className="pane scroll w-outcome" aria-label="Impact, risk and pre-checks">
      <Impact plan={plan} />
      <Risk plan={plan} />
      <PrecheckList prechecks={prechecks} />
      <div className="sec" data-testid="policy">
        <SectionHead title="If one device fails" />
        <PolicyChoice plan={plan} policy={policy} onPolicy={onPolicy} />
        <dl
          className="kv"
          style={{ marginTop: 8, alignItems: "center", rowGap: 8, gridTemplateColumns: "112px minmax(0,1fr)" }}
        >
          <dt>Confirm window</dt>
          <dd>
            <Select
              label="Confirm window"
              value={String(window)}
              width={92}
              options={[...new Set([...WINDOWS, plan.windowMinutes])]
                .sort((a, b) => a - b)
                .map((minutes) => ({ value: String(minutes), label: `${minutes} min` }))}
              onChange={(value) => onWindow(Number(value))}
            />
          </dd>
          <dt>Skip a device</dt>
          <dd>only before Commit confirm</dd>
          <dt>If this laptop dies</dt>
          <dd>each device goes back by itself after {window} min</dd>
        </dl>
      </div>
      <div className="sec">
        <SectionHead title="Checks after the commit" note={plan.validation.length} />
        <ul className="t12 muted">
          {plan.validation.map((check) => (
            <li key={check.check} className="row" style={{ height: 22 }}>
              <span className="grow ell">{check.label}</span>
              <span className="faint t11">{check.gating ? "gating" : "informative"}</span>
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

/** The three policies as they would run this plan; one that can't says why. */
function PolicyChoice({ plan, policy, onPolicy }: Pick<PlanSideProps, "plan" | "policy" | "onPolicy">) {
  return (
    <fieldset className="policies" aria-label="If one device fails">
      {plan.policies.map((view) => (
        <label key={view.policy} className={view.refused === null ? "" : "off"} data-testid={`policy-${view.policy}`}>
          <input
            type="radio"
            name="policy"
            checked={view.policy === policy}
            disabled={view.refused !== null}
            onChange={() => onPolicy(view.policy)}
          />
          <span>
            <span className="med">{view.label}</span>
            <span className="muted">
              <SafeText text={view.refused ?? view.consequence} />
            </span>
            {view.policy === policy && view.parts.length > 1 && (
              <ol>
                {view.parts.map((devices) => (
                  <li key={devices.join()}>
                    <Unbroken text={devices.join(", ")} />
                  </li>
                ))}
              </ol>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Impact({ plan }: { plan: PlanView }) {
  const { impact } = plan;
  const access = [
    impact.accessAdded > 0 ? `${impact.accessAdded} added` : "",
    impact.accessChanged > 0 ? `${impact.accessChanged} changed` : "",
    impact.accessRemoved > 0 ? `${impact.accessRemoved} removed` : "",
  ].filter((word) => word !== "");
  return (
    <div className="sec" data-testid="impact">
      <SectionHead title="Impact" />
      <dl className="kv" style={{ gridTemplateColumns: "120px minmax(0,1fr)" }}>
        <dt>Devices</dt>
        <dd>
          {impact.devices} of {impact.devicesTotal}
        </dd>
        <dt>Services</dt>
        <dd className="mono">{impact.services.length === 0 ? "none" : impact.services.join(", ")}</dd>
        <dt>Access attachments</dt>
        <dd>{access.length === 0 ? "none" : access.join(", ")}</dd>
        <dt>Derived</dt>
        <dd>{plural(impact.derived, "fabric attachment")}</dd>
        <dt>Traffic</dt>
        <dd>
          <Unbroken text={impact.traffic ?? "nothing is interrupted"} />
        </dd>
        <dt>Others on ports</dt>
        <dd>{impact.othersOnPorts.length === 0 ? "none" : impact.othersOnPorts.join("; ")}</dd>
      </dl>
    </div>
  );
}

function Risk({ plan }: { plan: PlanView }) {
  const level = LEVEL[plan.risk];
  return (
    <div className="sec" data-testid="risk" data-risk={plan.risk}>
      <SectionHead
        title="Risk"
        end={
          <span className={`st ${plan.risk === "low" ? "c-ok" : plan.risk === "high" ? "c-danger" : "c-warning"}`}>
            <span className={`meter ${plan.risk}`} aria-hidden>
              {[1, 2, 3, 4].map((step) => (
                <i key={step} className={step <= level ? "on" : ""} />
              ))}
            </span>
            {plan.risk}
          </span>
        }
      />
      <div className="lo" style={{ gridTemplateColumns: "20px minmax(0,1fr)" }}>
        {plan.risks.map((risk) => (
          <RiskRow key={risk.rule} level={risk.level} rule={risk.rule} sentence={risk.sentence} />
        ))}
        {plan.findings.map((finding) => (
          <RiskRow
            key={`${finding.code} ${finding.device ?? ""} ${finding.object ?? ""}`}
            level={LEVEL_OF[finding.severity]}
            rule=""
            sentence={finding.sentence}
            {...(finding.code === "open-drift" ? { onOpen: () => navigate(to.drift()), open: "Open Drift" } : {})}
          />
        ))}
        {plan.risksClear.length > 0 && (
          <>
            <Icon of={Minus} className="faint" />
            <span className="muted">
              {plan.risksClear.join(", ")} {plan.risksClear.length === 1 ? "does" : "do"} not apply.
            </span>
          </>
        )}
      </div>
    </div>
  );
}

/** How much a finding of the plan weighs beside its risks. */
const LEVEL_OF: Record<FindingSeverity, RiskLevel> = { info: "low", warning: "medium", error: "high" };

function RiskRow(props: { level: RiskLevel; rule: string; sentence: string; open?: string; onOpen?: () => void }) {
  const { level, rule, sentence } = props;
  return (
    <>
      <SeverityIcon kind={level === "low" ? "info" : level === "high" ? "error" : "warning"} />
      <span className="selectable">
        {rule !== "" && <span className="faint t11">{rule} </span>}
        <SafeText text={sentence} />{" "}
        {props.onOpen !== undefined && <LinkButton onClick={props.onOpen}>{props.open}</LinkButton>}
      </span>
    </>
  );
}

function PrecheckList({ prechecks }: { prechecks: Prechecks }) {
  const rows = prechecks.data ?? [];
  return (
    <div className="sec" data-testid="prechecks">
      <SectionHead
        title="Pre-checks"
        note={
          prechecks.isFetching
            ? "running"
            : `${rows.filter((row) => row.result === "passed").length} of ${rows.length} passed`
        }
        end={
          <LinkButton disabled={prechecks.isFetching} onClick={() => void prechecks.refetch()}>
            Run again
          </LinkButton>
        }
      />
      {prechecks.isError && (
        <p className="c-danger t12">
          <SafeText text={asCoreError(prechecks.error).sentence} />
        </p>
      )}
      <div className={`lo ${prechecks.isFetching && rows.length > 0 ? "stale" : ""}`}>
        {prechecks.isFetching && rows.length === 0 && (
          <>
            <Running />
            <span>Reaching the devices</span>
            <span />
          </>
        )}
        {rows.map((row) => (
          <PrecheckLine key={row.check} row={row} />
        ))}
      </div>
    </div>
  );
}

function PrecheckLine({ row }: { row: PrecheckRow }) {
  const failed = row.result === "failed";
  return (
    <>
      <span className={failed ? "c-danger" : row.result === "passed" ? "c-ok" : "faint"}>
        {row.result === "running" ? <Running /> : <Icon of={failed ? X : row.result === "passed" ? Check : Minus} />}
      </span>
      <span data-testid={`precheck-${row.check}`} data-result={row.result}>
        {row.label}
        {row.errors.map((error) => (
          <span key={error.sentence} className="muted" style={{ display: "block" }}>
            <SafeText text={error.sentence} />
          </span>
        ))}
      </span>
      <span className="num muted">
        {row.passed}/{row.total}
      </span>
    </>
  );
}
