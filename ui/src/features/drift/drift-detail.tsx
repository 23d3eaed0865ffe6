import { CircleCheck, GitCompareArrows } from "lucide-react";
import { useState } from "react";
import {
  type CoreError,
  type DriftDetail,
  type DriftRow,
  type DriftSynced,
  asCoreError,
  queries,
  useQuery,
} from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { Segmented } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { SafeText, Unbroken } from "@/components/text";
import { PlusMinus, TextDiff } from "@/components/text-diff";
import { moment, plural } from "@/lib/format";
import { type Check, CheckButton } from "./check";
import { DecisionLog } from "./decision-log";
import { objectOf } from "./inbox";
import type { DriftActs } from "./reason";
import { Resolver } from "./resolver";
import { SeverityBars } from "./severity";

export interface DriftDetailProps extends DriftActs {
  id: number;
  check: Check;
  busy: boolean;
  syncing: boolean;
  /** What the last sync did. */
  synced: DriftSynced | null;
  /** Why the last choice could not be taken. */
  error: CoreError | null;
  /** Whether another event is open. */
  more: boolean;
  onNext: () => void;
}

/** One event: what is expected, what the device holds, and the choices with what each would do. */
export function DriftDetailPane(props: DriftDetailProps) {
  const query = useQuery(queries.driftEvent(props.id));
  const detail = query.data;
  return (
    <section className="pane grow" aria-label="Drift event" data-testid="drift-detail" data-event={props.id}>
      {detail && <Head row={detail.row} check={props.check} />}
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {query.isPending && <Loading noun="the event" rows={10} />}
      {props.error && <RegionError error={props.error} />}
      {props.synced && <Synced synced={props.synced} />}
      {detail && <Facts row={detail.row} committed={detail.committed} />}
      {detail && detail.decisions.length > 0 && <DecisionLog decisions={detail.decisions} />}
      {detail && <Evidence detail={detail} />}
      {detail?.row.closed === null && <Resolver {...props} detail={detail} />}
      {detail?.row.closed != null && (
        <RollbackStrip sentence="The event is closed. Nothing is sent, so nothing is to be rolled back.">
          <Button look="ink" {...(props.more ? { keys: "J" } : {})} onClick={props.onNext} data-testid="next-event">
            {props.more ? "Next event" : "Back to the inbox"}
          </Button>
        </RollbackStrip>
      )}
    </section>
  );
}

function Head({ row, check }: { row: DriftRow; check: Check }) {
  const object = objectOf(row);
  return (
    <div className="pane-head dr-head">
      <Icon of={GitCompareArrows} size={16} className="c-drift" />
      <h2 className="selectable">
        {row.title}: <span className="nowrap">{row.device}</span>{" "}
        {object !== null && (
          <span className="mono">
            <SafeText text={object} />
          </span>
        )}
      </h2>
      <span className="grow" />
      {row.left !== null && (
        <span className="st muted" data-testid="drift-left">
          left open
        </span>
      )}
      <span className="st c-drift" data-testid="drift-severity">
        <SeverityBars severity={row.severity} />
        {row.severity}
      </span>
      <CheckButton check={check} label="Read this device now" devices={[row.device]} testId="check-device" />
    </div>
  );
}

function Facts({ row, committed }: { row: DriftRow; committed: string }) {
  const now = useNowCoarse();
  return (
    <dl className="dr-facts">
      <div>
        <dt>{row.domains.length > 1 ? "Services" : "Service"}</dt>
        <dd className="several">
          {row.domains.length === 0 && <span className="muted">none</span>}
          {row.domains.map((domain) => (
            <LinkButton key={domain} className="mono" onClick={() => navigate(to.domains(domain))}>
              {domain}
            </LinkButton>
          ))}
        </dd>
      </div>
      <div>
        <dt>Seen by</dt>
        <dd>
          <SafeText text={row.source} />
        </dd>
      </div>
      <div>
        <dt>First seen</dt>
        <dd>{moment(new Date(row.firstSeen), now)}</dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>
          {moment(new Date(row.lastSeen), now)}, {plural(row.times, "time")} in all
        </dd>
      </div>
      <div className="why" data-testid="drift-committed">
        <dt>Committed by</dt>
        <dd className="selectable">
          <Unbroken text={committed} />
        </dd>
      </div>
      <div className="why">
        <dt>What it means</dt>
        <dd className="selectable">
          <Unbroken text={row.why} />
        </dd>
      </div>
      {row.closed !== null && (
        <div data-testid="drift-closed">
          <dt>Closed</dt>
          <dd>
            <Icon of={CircleCheck} className="c-ok" /> {moment(new Date(row.closed.at), now)} by {row.closed.by}:{" "}
            <SafeText text={row.closed.how} />
          </dd>
        </div>
      )}
    </dl>
  );
}

type Form = "text" | "meaning";

function Evidence({ detail }: { detail: DriftDetail }) {
  const [form, setForm] = useState<Form>("text");
  const now = useNowCoarse();
  const diff = detail[form];
  return (
    <div className="col dr-diff">
      <TextDiff
        key={form}
        diff={diff}
        layout="split"
        label={`Expected and actual lines on ${detail.row.device}`}
        same={form === "meaning" ? "Both mean the same; only the lines differ." : "The lines are the same."}
        before={
          <>
            <b className="strong">Expected</b>
            <span className="ell">
              {detail.expectedRead === null
                ? "nothing was read before"
                : `record of ${moment(new Date(detail.expectedRead), now)}`}
            </span>
            <span className="grow" />
            <Segmented<Form>
              label="Form of the comparison"
              small
              value={form}
              options={[
                { value: "text", label: "Text" },
                { value: "meaning", label: "Meaning" },
              ]}
              onChange={setForm}
            />
          </>
        }
        after={
          <>
            <b className="strong">Actual</b>
            <span className="ell">
              {detail.row.device}, read {moment(new Date(detail.actualRead), now)}
            </span>
            <PlusMinus added={diff.added} removed={diff.removed} />
          </>
        }
      />
    </div>
  );
}

/** What a sync did, in counts; objects whose device could not be read stay open, with the reason. */
function Synced({ synced }: { synced: DriftSynced }) {
  const taken = synced.added + synced.updated + synced.unchanged;
  return (
    <div role="status" data-testid="synced">
      {taken > 0 && (
        <p className="note">
          <Icon of={CircleCheck} className="c-ok" />
          <span>
            {plural(taken, "event")} closed: {synced.added} new in the records, {synced.updated} recorded otherwise now,{" "}
            {synced.unchanged} as expected again.
          </span>
        </p>
      )}
      {synced.failed.map((failed) => (
        <RegionError key={failed.id} error={failed.error} />
      ))}
    </div>
  );
}
