import { useMemo, useState } from "react";
import { type DeploymentRow, asCoreError, queries, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Select } from "@/components/choice";
import { Empty, Loading, RegionError } from "@/components/region";
import { DeploymentDetailPane } from "./deployment-detail";
import { InDoubt } from "./in-doubt";
import { type HistoryFilter, filterHistory } from "./history";
import { Timeline } from "./timeline";
import "../wizard/wizard.css";
import "../wizard/execution.css";
import "./deployments.css";

const NO_ROWS: readonly DeploymentRow[] = [];
const ANYONE = "anyone";

/** Everything that was ever run, also failed and undone; what needs a person is pinned on top. */
export function DeploymentsScreen({ deployment }: { deployment: number | null }) {
  const list = useQuery(queries.deployments());
  const rows = list.data ?? NO_ROWS;
  const [filter, setFilter] = useState<HistoryFilter>({ show: "everything", by: null });
  const shown = useMemo(() => filterHistory(rows, filter), [rows, filter]);
  const doubt = rows.filter((row) => row.status === "in-doubt");
  const current = deployment ?? shown[0]?.id ?? null;
  useCrumbs([
    { label: "Deployments", to: to.deployments() },
    ...(deployment === null ? [] : [{ label: String(deployment) }]),
  ]);
  const step = (by: number) => {
    const at = shown.findIndex((row) => row.id === current);
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next !== undefined) navigate(to.deployments(next.id), { replace: true });
  };
  useHotkeys({ J: () => step(1), K: () => step(-1) });
  const people = [...new Set(rows.map((row) => row.by))].sort();
  return (
    <div className="col grow" data-testid="deployments">
      {list.isError && <RegionError error={asCoreError(list.error)} />}
      {doubt.map((row) => (
        <InDoubt key={row.id} deployment={row.id} />
      ))}
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <section className="pane w-list" aria-label="Timeline">
          <div className="pane-head" style={{ gap: 8 }}>
            <h1>Deployments</h1>
            <span className="muted t12">{rows.length}</span>
            <span className="grow" />
            <Select<HistoryFilter["show"]>
              label="Which deployments"
              value={filter.show}
              width={124}
              options={[
                { value: "everything", label: "Everything" },
                { value: "verified", label: "Verified" },
                { value: "undone", label: "Undo and undone" },
                { value: "stopped", label: "Refused, aborted" },
              ]}
              onChange={(show) => setFilter({ ...filter, show })}
            />
            <Select
              label="By whom"
              value={filter.by ?? ANYONE}
              width={96}
              options={[ANYONE, ...people].map((by) => ({ value: by, label: by === ANYONE ? "Anyone" : by }))}
              onChange={(by) => setFilter({ ...filter, by: by === ANYONE ? null : by })}
            />
          </div>
          {list.isPending && <Loading noun="the history" rows={10} />}
          {list.isSuccess && rows.length === 0 && (
            <Empty title="No deployment yet">
              <p>A deployment starts from a draft: choose a bridge domain, edit it, review the changes.</p>
              <Button look="ink" onClick={() => navigate(to.domains())}>
                Open Bridge domains
              </Button>
            </Empty>
          )}
          {rows.length > 0 && shown.length === 0 && (
            <Empty title="No deployment matches">
              <Button onClick={() => setFilter({ show: "everything", by: null })}>Show everything</Button>
            </Empty>
          )}
          <Timeline rows={shown} current={current} />
        </section>
        {current !== null && <DeploymentDetailPane key={current} id={current} rows={rows} />}
      </div>
    </div>
  );
}
