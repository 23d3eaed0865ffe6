import { CircleCheck, Columns2, Undo2 } from "lucide-react";
import { useState } from "react";
import {
  type DeploymentDetail,
  type DeploymentRow,
  type PlanView,
  asCoreError,
  queries,
  useQuery,
  useRollbackPlan,
  useTranscript,
} from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { Segmented, Select } from "@/components/choice";
import { Icon } from "@/components/icon";
import { DeviceState, SectionHead, Sign } from "@/components/marks";
import { Menu } from "@/components/menu";
import { Empty, Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { Tabs } from "@/components/tabs";
import { SafeText } from "@/components/text";
import { clockSeconds, minutes, moment, plural } from "@/lib/format";
import { DeviceDiff } from "../wizard/device-diff";
import { type LogKind, LogRows } from "../wizard/live-log";
import { CheckMatrix } from "../wizard/validation-step";
import { WaysBack } from "./ways-back";

type TabId = "summary" | "diff" | "transcript" | "checks" | "plan";
const TABS: readonly TabId[] = ["summary", "diff", "transcript", "checks", "plan"];

/** One deployment of the history, with everything that was kept, and its rollback one click away. */
export function DeploymentDetailPane({ id, rows }: { id: number; rows: readonly DeploymentRow[] }) {
  const query = useQuery(queries.deployment(id));
  const { query: params } = usePlace();
  const asked = params.get("tab");
  const tab = TABS.find((one) => one === asked) ?? "summary";
  const detail = query.data;
  const plan = useQuery(queries.plan(detail?.plan));
  const rollback = useRollbackPlan();
  const undo = () =>
    detail?.rollback.possible === true && rollback.mutate(id, { onSuccess: (made) => navigate(to.plan(made.hash)) });
  useHotkeys({ U: undo });
  const row = detail?.row ?? rows.find((one) => one.id === id);
  const live = row?.status === "running";
  return (
    <section className="pane grow" aria-label={`Deployment ${id}`} data-testid="deployment-detail" data-deployment={id}>
      {row && <Head row={row} />}
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {rollback.error?.code === "undo-overlaps" ? (
        <WaysBack deployment={id} onClose={() => rollback.reset()} />
      ) : (
        rollback.error && <RegionError error={rollback.error} />
      )}
      {query.isPending && <Loading noun={`deployment ${id}`} rows={10} />}
      {detail && (
        <Tabs<TabId>
          label="Views of the deployment"
          value={tab}
          tabs={[
            { id: "summary", label: "Summary" },
            { id: "diff", label: "Diff", count: detail.devices.length },
            { id: "transcript", label: "Transcript" },
            { id: "checks", label: "Checks", count: detail.checks.length },
            { id: "plan", label: "Plan" },
          ]}
          onChange={(next) => navigate(to.deployments(id, next), { replace: true })}
          end={<CompareWith id={id} rows={rows} />}
        >
          {tab === "summary" && <Summary detail={detail} plan={plan.data} />}
          {tab === "diff" && (plan.data ? <Diff plan={plan.data} /> : <NoPlan failed={plan.isError} />)}
          {tab === "transcript" && <Transcript id={id} detail={detail} />}
          {tab === "checks" && <CheckMatrix detail={detail} />}
          {tab === "plan" && (plan.data ? <PlanLines plan={plan.data} /> : <NoPlan failed={plan.isError} />)}
        </Tabs>
      )}
      {detail && (
        <RollbackStrip
          sentence={
            detail.rollback.possible ? detail.rollback.sentence : (detail.rollback.reason ?? detail.rollback.sentence)
          }
        >
          {live && <Button onClick={() => navigate(to.run(id))}>Open execution</Button>}
          <Button onClick={() => navigate(to.deployments(id, "plan"), { replace: true })}>Show lines</Button>
          <Button
            look="ink"
            icon={Undo2}
            keys="U"
            disabled={!detail.rollback.possible || rollback.isPending}
            onClick={undo}
            data-testid="undo-deployment"
          >
            Undo {id}, open the plan
          </Button>
        </RollbackStrip>
      )}
    </section>
  );
}

function Head({ row }: { row: DeploymentRow }) {
  const now = useNowCoarse();
  const good = row.status === "verified" || row.status === "nothing-to-do";
  return (
    <div className="pane-head">
      <h2 className="row">
        {row.id} <span className="mono">{row.domain}</span>
      </h2>
      <span
        className={`st ${good ? "c-ok" : row.status === "in-doubt" ? "c-doubt" : "muted"}`}
        data-testid="deployment-status"
      >
        {good && <Icon of={CircleCheck} />}
        <span className="ell">
          <SafeText text={row.sentence} />
        </span>
      </span>
      <span className="grow" />
      <span className="muted t12">
        {row.by}, {moment(new Date(row.started), now)}, took {minutes(row.seconds * 1000)}
      </span>
    </div>
  );
}

/** Deployments offered for a comparison, newest first. */
const COMPARED = 40;

function CompareWith({ id, rows }: { id: number; rows: readonly DeploymentRow[] }) {
  const now = useNowCoarse();
  const others = rows.filter((row) => row.id !== id);
  const own = rows.find((row) => row.id === id);
  if (others.length === 0 || own === undefined) return null;
  return (
    <Menu
      items={others.slice(0, COMPARED).map((other) => ({
        label: `${other.id} ${other.domain}, ${moment(new Date(other.started), now)}`,
        onSelect: () => {
          const [a = "", b = ""] = [ended(other), ended(own)].sort();
          navigate(to.snapshots({ a, b }));
        },
      }))}
    >
      <Button look="ghost" size="sm" icon={Columns2}>
        Compare with...
      </Button>
    </Menu>
  );
}

function ended(row: DeploymentRow): string {
  return new Date(new Date(row.started).getTime() + row.seconds * 1000).toISOString();
}

function Summary({ detail, plan }: { detail: DeploymentDetail; plan: PlanView | undefined }) {
  const { row } = detail;
  const changes = plan?.changes.filter((change) => change.included);
  return (
    <div className="scroll">
      <div className="sec">
        <SectionHead title="Outcome" />
        <dl className="kv" style={{ gridTemplateColumns: "112px minmax(0,1fr)" }}>
          <dt>Result</dt>
          <dd>
            <SafeText text={row.sentence} />
          </dd>
          {row.undoes !== null && (
            <>
              <dt>Undoes</dt>
              <dd>
                <LinkButton onClick={() => navigate(to.deployments(row.undoes ?? undefined))}>{row.undoes}</LinkButton>
              </dd>
            </>
          )}
          {row.undoneBy !== null && (
            <>
              <dt>Undone by</dt>
              <dd>
                <LinkButton onClick={() => navigate(to.deployments(row.undoneBy ?? undefined))}>
                  {row.undoneBy}
                </LinkButton>
              </dd>
            </>
          )}
          <dt>Decision</dt>
          <dd>
            {detail.decided === null
              ? "none was recorded"
              : `confirm, recorded ${clockSeconds(new Date(detail.decided))}`}
          </dd>
          <dt>Plan</dt>
          <dd className="mono">{detail.plan.slice(0, 12)}</dd>
        </dl>
        {detail.error && <RegionError error={detail.error} />}
      </div>
      <div className="sec">
        <SectionHead title="Devices" note={detail.devices.length} />
        {detail.devices.map((device) => (
          <div key={device.device} className="dv">
            <b className="med">{device.device}</b>
            <span className="row">
              <DeviceState
                state={device.state}
                time={device.stateAt === null ? null : clockSeconds(new Date(device.stateAt))}
                large
              />
              <span className="muted ell">
                <SafeText text={device.notes.join(". ")} />
              </span>
            </span>
            <span className="mono faint">
              {device.hashBefore} {device.hashAfter !== null && `to ${device.hashAfter}`}
            </span>
          </div>
        ))}
      </div>
      <div className="sec">
        <SectionHead title="Changes" note={changes?.length} />
        {changes?.map((change) => (
          <div key={change.id} className={`chg-row ${change.derived ? "muted" : ""}`}>
            <Sign kind={change.sign} />
            <b className="med">{change.device}</b>
            <span className="mono ell">
              <SafeText text={change.object} />
            </span>
            <span className="faint t11">
              <SafeText text={change.derived ? "derived" : change.sentence} />
            </span>
          </div>
        ))}
      </div>
      <div className="sec">
        <SectionHead title="Leftovers" />
        {detail.leftovers.length === 0 ? <p className="muted t12">None among the objects it touched.</p> : null}
        {detail.leftovers.map((text) => (
          <p key={text} className="t12 selectable">
            <SafeText text={text} />
          </p>
        ))}
      </div>
    </div>
  );
}

function NoPlan({ failed }: { failed: boolean }) {
  return failed ? <Empty title="Its plan is not kept any more" /> : <Loading noun="the plan" />;
}

function Diff({ plan }: { plan: PlanView }) {
  const [device, setDevice] = useState<string | null>(null);
  const touched = plan.devices.filter((one) => one.forward.length > 0);
  return <DeviceDiff devices={touched} device={device} onDevice={setDevice} />;
}

function PlanLines({ plan }: { plan: PlanView }) {
  const touched = plan.devices.filter((one) => one.forward.length > 0);
  return (
    <div className="scroll pairs">
      <div className="two sticky-head">
        <div className="hh">
          <b>Forward lines</b> <span className="faint">{plan.lines}</span>
        </div>
        <div className="hh">
          <Icon of={Undo2} />
          <b>Rollback lines</b> <span className="faint">{plan.reverseLines}</span>
        </div>
      </div>
      {touched.map((device) => (
        <div key={device.device}>
          <div className="dev-h">
            <span className="name">{device.device}</span>
            <span className="faint">{plural(device.forward.length, "line")}</span>
            <span className="grow" />
            <CopyLines lines={device.forward} label={`Copy the forward lines of ${device.device}`} />
          </div>
          <div className="two">
            <CliLines lines={device.forward} label={`Forward lines of ${device.device}`} />
            <CliLines lines={device.reverse} label={`Rollback lines of ${device.device}`} />
          </div>
        </div>
      ))}
    </div>
  );
}

const ALL = "all devices";

function Transcript({ id, detail }: { id: number; detail: DeploymentDetail }) {
  const rows = useTranscript(id);
  const [kind, setKind] = useState<LogKind>("all");
  const [device, setDevice] = useState<string | null>(null);
  if (rows.isError) return <RegionError error={asCoreError(rows.error)} />;
  return (
    <div className="col grow" data-testid="transcript">
      <div className="row edge-b" style={{ height: 38, padding: "0 16px", flex: "none" }}>
        <span className="muted t12">{plural(rows.data?.length ?? 0, "row")}</span>
        <span className="grow" />
        <Segmented<LogKind>
          label="Kind of rows"
          small
          value={kind}
          options={[
            { value: "all", label: "All" },
            { value: "sent", label: "Sent" },
            { value: "answer", label: "Answers" },
            { value: "error", label: "Errors" },
          ]}
          onChange={setKind}
        />
        <Select
          label="Device"
          value={device ?? ALL}
          width={120}
          options={[ALL, ...detail.devices.map((one) => one.device)].map((value) => ({ value, label: value }))}
          onChange={(value) => setDevice(value === ALL ? null : value)}
        />
      </div>
      <LogRows rows={rows.data ?? []} filter={{ kind, device }} />
    </div>
  );
}
