import { useMemo, useState } from "react";
import { type DriftInbox, asCoreError, queries, useDriftOverride, useDriftSync, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Empty, Loading, RegionError } from "@/components/region";
import { DriftDetailPane } from "./drift-detail";
import { type Grouping, inboxItems, rowsOf, stepped } from "./inbox";
import { InboxPane } from "./inbox-pane";
import { CheckButton, useCheck } from "./check";
import "./drift.css";

/** Where devices differ from what is expected of them, and what can be done about each. */
export function DriftScreen({ event }: { event: number | null }) {
  useCrumbs([{ label: "Drift" }]);
  const list = useQuery(queries.drift());
  if (list.isError) return <RegionError error={asCoreError(list.error)} />;
  if (list.data === undefined) return <Loading noun="drift" rows={10} />;
  return <Drift inbox={list.data} event={event} />;
}

function Drift({ inbox, event }: { inbox: DriftInbox; event: number | null }) {
  const [by, setBy] = useState<Grouping>("device");
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const items = useMemo(() => inboxItems(inbox.open, by), [inbox.open, by]);
  const rows = useMemo(() => rowsOf(items), [items]);
  // What was closed meanwhile can no longer be chosen for.
  const chosen = rows.filter((row) => marked.has(row.id)).map((row) => row.id);
  const current = event ?? rows[0]?.id ?? null;
  const sync = useDriftSync();
  const override = useDriftOverride();
  const check = useCheck();
  const busy = sync.isPending || override.isPending;
  const select = (id: number) => {
    if (id !== current && !busy) {
      sync.reset();
      override.reset();
    }
    navigate(to.drift(id), { replace: true });
  };
  const take = (ids: readonly number[]) => {
    if (busy || ids.length === 0) return;
    override.reset();
    sync.mutate(ids);
  };
  const plan = (ids: readonly number[]) => {
    if (busy || ids.length === 0) return;
    sync.reset();
    override.mutate(ids, { onSuccess: (made) => navigate(to.plan(made.hash)) });
  };
  const next = () => {
    const after = stepped(rows, current, 1);
    const row = after?.id === current ? rows[0] : after;
    if (row === undefined) navigate(to.drift(), { replace: true });
    else select(row.id);
  };
  return (
    <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }} data-testid="drift">
      <InboxPane
        inbox={inbox}
        items={items}
        by={by}
        onGroup={setBy}
        current={current}
        onSelect={select}
        marked={marked}
        onMark={setMarked}
        check={check}
        actions={{ chosen, busy, onSync: () => take(chosen), onOverride: () => plan(chosen) }}
      />
      {current === null ? (
        <section className="pane grow" aria-label="Drift event">
          <Empty title="Nothing differs">
            <p>As far as the devices were read, each holds what is expected of it.</p>
            <p>A check reads them and compares. It sends nothing, and the records stay as they are.</p>
            <CheckButton check={check} label="Check all" devices={null} look="ink" />
          </Empty>
        </section>
      ) : (
        <DriftDetailPane
          key={current}
          id={current}
          check={check}
          busy={busy}
          syncing={sync.isPending}
          synced={sync.data ?? null}
          error={sync.error ?? override.error}
          onSync={() => take([current])}
          onOverride={() => plan([current])}
          more={rows.length > 0}
          onNext={next}
        />
      )}
    </div>
  );
}
