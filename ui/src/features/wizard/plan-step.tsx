import { ArrowLeft, FileText, GitCompareArrows, RefreshCw, Scissors } from "lucide-react";
import { useState } from "react";
import { type PlanView, type Policy, asCoreError, calls, queries, useQuery, useStartDeployment } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { Dialog } from "@/components/dialog";
import { Empty, Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { Icon } from "@/components/icon";
import { Unbroken } from "@/components/text";
import { Undo2, RadioTower } from "lucide-react";
import { moment, plural } from "@/lib/format";
import { PhaseLanes } from "./phase-lanes";
import { PlanSide } from "./plan-side";
import { Stepper } from "./stepper";
import "./wizard.css";

function kindWords(plan: PlanView): string {
  if (plan.kind === "undo") return `Undo of ${plan.undoes ?? ""}`;
  if (plan.kind === "restore") return "Put back";
  return plan.kind === "clean-up" ? "Clean-up" : "Plan";
}

/** Step 2: exactly what would be sent, when, with what risk, and how it goes back. */
export function PlanStep({ hash }: { hash: string }) {
  const query = useQuery(queries.plan(hash));
  const plan = query.data;
  useCrumbs([
    { label: "Deployments", to: to.deployments() },
    { label: plan === undefined ? "Plan" : kindWords(plan) },
    ...(plan === undefined ? [] : [{ label: plan.domain, mono: true }]),
  ]);
  if (query.isError)
    return (
      <div className="col grow">
        <RegionError
          error={asCoreError(query.error)}
          actions={<Button onClick={() => navigate(to.domains())}>Open Bridge domains</Button>}
        />
      </div>
    );
  if (plan === undefined) return <Loading noun="the plan" rows={14} />;
  return <Plan plan={plan} />;
}

function Plan({ plan }: { plan: PlanView }) {
  const now = useNowCoarse();
  const [window, setWindow] = useState(plan.windowMinutes);
  const [policy, setPolicy] = useState<Policy>("all-or-nothing");
  const [text, setText] = useState<string | null>(null);
  const start = useStartDeployment();
  const complain = useShell((shell) => shell.complain);
  const prechecks = useQuery(queries.prechecks(plan.hash));
  const draft = useQuery(queries.drafts()).data?.find((one) => one.domain === plan.domain);
  const back = plan.kind === "edit" && draft !== undefined ? to.changes(draft.id) : undefined;
  const failed = prechecks.data?.some((row) => row.result === "failed") ?? false;
  const run = () => {
    if (plan.empty || start.isPending) return;
    start.mutate(
      { plan: plan.hash, options: { windowMinutes: window, policy } },
      { onSuccess: (detail) => navigate(`${to.run(detail.row.id)}?window=${window}`) },
    );
  };
  const exportText = () => {
    void calls.exportPlan(plan.hash).then(setText, (thrown: unknown) => complain(asCoreError(thrown)));
  };
  useHotkeys({ "Ctrl Enter": run });
  const touched = plan.devices.filter((device) => device.forward.length > 0);
  return (
    <section className="pane grow" data-testid="wizard-plan" data-hash={plan.hash}>
      <Stepper current="Plan" places={back === undefined ? {} : { Changes: back }}>
        <span className="faint t12 ell">
          Plan <span className="mono">{plan.short}</span>, made {moment(new Date(plan.made), now)} by {plan.by}
        </span>
        <Button icon={FileText} onClick={exportText} data-testid="export-plan">
          Export as text
        </Button>
      </Stepper>
      {plan.leftOut.length > 0 && (
        <p className="note muted" data-testid="left-out">
          <Icon of={Scissors} />
          <span>
            Left out, stays in the draft: <Unbroken text={plan.leftOut.join(", ")} />
          </span>
        </p>
      )}
      {start.error && (
        <RegionError
          error={start.error}
          actions={
            start.error.code === "drift-first" ? (
              <Button icon={GitCompareArrows} onClick={() => navigate(to.drift())} data-testid="decide-drift">
                {start.error.next ?? "Decide the drift"}
              </Button>
            ) : (
              back !== undefined && <Button onClick={() => navigate(back)}>Read and plan again</Button>
            )
          }
        />
      )}
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <div className="pane grow">
          {plan.empty ? (
            <Empty title="Nothing to send">
              <p>Every device already holds what this plan asks for. Running it would send nothing.</p>
            </Empty>
          ) : (
            <>
              <PhaseLanes plan={plan} window={window} />
              <div className="scroll pairs">
                <div className="two sticky-head">
                  <div className="hh">
                    <b>Forward lines</b>
                    <span className="faint">
                      {plan.lines}, with <span className="mono">top</span> sent after each
                    </span>
                  </div>
                  <div className="hh">
                    <Icon of={Undo2} />
                    <b>Rollback lines</b> <span className="faint">{plan.reverseLines}</span>
                  </div>
                </div>
                {touched.map((device) => (
                  <div key={device.device} data-testid={`plan-device-${device.device}`}>
                    <div className="dev-h">
                      <span className="name">{device.device}</span>
                      <span className="faint">{device.label}</span>
                      <span className="grow" />
                      <span className="faint t11">
                        group {device.group}, base <span className="mono">{device.base}</span>
                      </span>
                      <CopyLines lines={device.forward} label={`Copy the forward lines of ${device.device}`} />
                    </div>
                    <div className="two">
                      <CliLines lines={device.forward} label={`Forward lines of ${device.device}`} />
                      <CliLines lines={device.reverse} label={`Rollback lines of ${device.device}`} />
                    </div>
                  </div>
                ))}
              </div>
            </>
          )}
        </div>
        <PlanSide
          plan={plan}
          window={window}
          onWindow={setWindow}
          policy={policy}
          onPolicy={setPolicy}
          prechecks={prechecks}
        />
      </div>
      <RollbackStrip
        sentence={
          plan.empty
            ? "Nothing is sent, so there is nothing to roll back."
            : `${plural(plan.reverseLines, "line")} on ${plural(touched.length, "device")}. ${
                plan.reverseProven
                  ? "Proven: forward, then rollback, gives the base byte for byte."
                  : "Not proven: this plan will not be run."
              }`
        }
      >
        {back !== undefined && (
          <Button icon={ArrowLeft} onClick={() => navigate(back)}>
            Changes
          </Button>
        )}
        {failed && (
          <Button icon={RefreshCw} onClick={() => void prechecks.refetch()}>
            Check again
          </Button>
        )}
        <Button
          look="device"
          icon={RadioTower}
          keys="Ctrl Enter"
          disabled={plan.empty || !plan.reverseProven || start.isPending}
          onClick={run}
          data-testid="run-plan"
        >
          Run on {plural(touched.length, "device")}
        </Button>
      </RollbackStrip>
      {text !== null && <ExportDialog text={text} short={plan.short} onClose={() => setText(null)} />}
    </section>
  );
}

function ExportDialog({ text, short, onClose }: { text: string; short: string; onClose: () => void }) {
  return (
    <Dialog
      title={`Plan ${short} as text`}
      description="Forward and rollback lines, readable and paste-ready without Bridgekeeper."
      width={760}
      onClose={onClose}
      testId="export-dialog"
    >
      <div className="b">
        <textarea className="area" rows={22} readOnly value={text} aria-label="Plan as text" />
        <div className="row" style={{ justifyContent: "flex-end", marginTop: 8 }}>
          <Button onClick={() => void navigator.clipboard.writeText(text)}>Copy all</Button>
          <Button look="ink" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
