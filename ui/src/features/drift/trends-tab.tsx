import { TriangleAlert } from "lucide-react";
import { type InsightView, asCoreError, queries, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { Segmented } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { day, plural } from "@/lib/format";
import { HealthBar } from "./health-bar";
import { type Days, daysOf, lasting } from "./insight";
import { SeverityBars } from "./severity";
import { Counts, Endings, Hours, Recurrences } from "./trend-counts";
import { TrendDevices } from "./trend-devices";

/** What drift tells over the last days: how sound the lab is, where, when and how often it drifts, what to expect. */
export function TrendsTab() {
  const { query } = usePlace();
  const days = daysOf(query.get("days"));
  const insight = useQuery(queries.insight(Number(days)));
  const now = useNowCoarse();
  const view = insight.data;
  return (
    <section className="pane grow" aria-label="Trends" data-testid="trends">
      <div className="pane-head">
        <h1>Trends</h1>
        {view && (
          <span className="muted t12">
            {day(new Date(view.from), now)} to {day(new Date(view.to), now)}, hours by the clocks of {view.zone}
          </span>
        )}
        <span className="grow" />
        <Segmented<Days>
          label="Days looked at"
          small
          value={days}
          options={[
            { value: "7", label: "7 days" },
            { value: "30", label: "30 days" },
            { value: "90", label: "90 days" },
          ]}
          onChange={(next) => navigate(to.driftTrends(Number(next)), { replace: true })}
        />
      </div>
      {insight.isError && <RegionError error={asCoreError(insight.error)} />}
      {insight.isPending && <Loading noun="the trends" rows={12} />}
      {view && (
        <div className={`scroll ${insight.isPlaceholderData ? "stale" : ""}`}>
          {view.incomplete !== null && (
            <p className="note c-warning">
              <Icon of={TriangleAlert} />
              <span>
                <SafeText text={view.incomplete} />
              </span>
            </p>
          )}
          {view.health === null ? (
            <Empty title="No device yet">
              <p>Trends follow from checks. Add devices, then check them a few times a day.</p>
            </Empty>
          ) : (
            <Trends view={view} health={view.health} />
          )}
        </div>
      )}
    </section>
  );
}

function Trends({ view, health }: { view: InsightView; health: number }) {
  const period = `in the last ${plural(view.days, "day")}`;
  return (
    <>
      <div className="dt-figures">
        <section aria-label="Health of the lab">
          <h2>Health of the lab</h2>
          <p className="figure" data-testid="lab-health">
            {health} <span>of 100</span>
          </p>
          <HealthBar health={health} label={`Health of the lab, ${health} of 100`} wide />
        </section>
        <section aria-label="Events">
          <h2>Events</h2>
          <p className="figure">
            {view.events} <span>seen first {period}</span>
          </p>
          <Severities view={view} />
          <p className="muted">
            {view.events === 0
              ? "Nothing drifted that was looked at."
              : `${view.cameBack === 0 ? "None" : view.cameBack} on an object that had drifted within ${view.comesBackDays} days before.`}
          </p>
        </section>
        <section aria-label="How long events lasted">
          <h2>Time to resolve</h2>
          <Lasted view={view} />
        </section>
        <section aria-label="Quality of forecasts">
          <h2>Past forecasts</h2>
          <p className="selectable">
            <SafeText text={view.forecasts.sentence} />
          </p>
        </section>
      </div>
      <p className="dt-rule selectable">
        <b className="med">How health is reckoned.</b> {view.healthRule}
      </p>
      <TrendDevices devices={view.devices} />
      {view.events === 0 ? (
        <p className="dp-empty" style={{ paddingTop: 14 }}>
          No event was seen first {period}, so there is nothing to count by device, kind, owner, committer, source or
          hour.
        </p>
      ) : (
        <>
          <div className="dt-columns five">
            <Counts title="By device" counts={view.byDevice} />
            <Counts title="By kind" counts={view.byKind.map((one) => ({ name: one.title, count: one.count }))} />
            <Counts title="By owner of the service" counts={view.byOwner} />
            <Counts title="By whom" counts={view.byCommitter} />
            <Counts title="By what saw it first" counts={view.bySource} />
          </div>
          <div className="dt-columns two">
            <Hours hours={view.byHour} zone={view.zone} />
            <Endings endings={view.lastedByEnding} />
          </div>
          <Recurrences rows={view.recurrences} days={view.comesBackDays} />
        </>
      )}
    </>
  );
}

function Severities({ view }: { view: InsightView }) {
  const counted = view.bySeverity.filter((one) => one.count > 0);
  if (counted.length === 0) return null;
  return (
    <p className="row c-drift" data-testid="trend-severities">
      {counted.map((one) => (
        <span key={one.severity} className="st">
          <SeverityBars severity={one.severity} />
          {one.count} {one.severity}
        </span>
      ))}
    </p>
  );
}

function Lasted({ view }: { view: InsightView }) {
  const { lasted } = view;
  if (lasted === null) return <p className="muted">No event ended in these days.</p>;
  if (lasted.medianSeconds === null || lasted.meanSeconds === null)
    return <p className="muted">{plural(lasted.count, "event")} ended; too few to tell.</p>;
  return (
    <>
      <p className="figure">
        {lasting(lasted.medianSeconds)} <span>median</span>
      </p>
      <p className="muted">
        Mean {lasting(lasted.meanSeconds)}, of {plural(lasted.count, "event")} that ended.
      </p>
    </>
  );
}
