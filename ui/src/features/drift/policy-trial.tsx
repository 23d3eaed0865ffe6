import { useState } from "react";
import { type DriftPolicyTerms, type DriftTrialRow, asCoreError, queries, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useSettled } from "@/app/settled";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Segmented } from "@/components/choice";
import { SectionHead } from "@/components/marks";
import { SafeText } from "@/components/text";
import { when } from "@/lib/format";
import { objectOf } from "./inbox";
import { SeverityBars } from "./severity";

type Days = "7" | "30";

/** Rows of a trial that are shown; its sentence counts all of them. */
const SHOWN = 20;
const PAUSE_MS = 300;

/** What the policy, as its form stands, would have done about the events of the last days. */
export function PolicyTrial({ terms }: { terms: DriftPolicyTerms | null }) {
  const [days, setDays] = useState<Days>("7");
  const settled = useSettled(terms, PAUSE_MS);
  const trial = useQuery(queries.driftTrial(settled, Number(days)));
  const stale = terms === null || trial.isFetching || trial.isPlaceholderData;
  return (
    <div className="sec" data-testid="policy-trial">
      <SectionHead
        title="What would it have done?"
        end={
          <Segmented<Days>
            label="Days looked back"
            small
            value={days}
            options={[
              { value: "7", label: "7 days" },
              { value: "30", label: "30 days" },
            ]}
            onChange={setDays}
          />
        }
      />
      {trial.isError && (
        <p className="t12 c-danger selectable">
          <SafeText text={asCoreError(trial.error).sentence} />
        </p>
      )}
      {terms === null && (
        <p className="t12 muted">It is tried on the past as soon as the fields above are filled in.</p>
      )}
      {trial.data && !trial.isError && (
        <div className={stale ? "stale" : ""}>
          <p className="t12 selectable">
            <SafeText text={trial.data.sentence} />
          </p>
          <ul className="dp-trial">
            {[...trial.data.covered]
              .reverse()
              .slice(0, SHOWN)
              .map((row) => (
                <TrialRow key={row.event.id} row={row} />
              ))}
          </ul>
          {trial.data.covered.length > SHOWN && (
            <p className="t11 faint">And {trial.data.covered.length - SHOWN} older ones.</p>
          )}
        </div>
      )}
    </div>
  );
}

function TrialRow({ row }: { row: DriftTrialRow }) {
  const now = useNowCoarse();
  const { event } = row;
  return (
    <li>
      <SeverityBars severity={event.severity} />
      <span className="dp-what">
        <LinkButton onClick={() => navigate(to.drift(event.id))}>{event.title}</LinkButton>{" "}
        <span className="nowrap">{event.device}</span>{" "}
        <span className="mono muted">
          <SafeText text={objectOf(event) ?? ""} />
        </span>
        <span className={row.acts ? "muted would" : "c-warning would"}>
          {row.acts ? "Would have " : ""}
          <SafeText text={row.would} />
        </span>
      </span>
      <span className="num faint">{when(new Date(event.firstSeen), now)}</span>
    </li>
  );
}
