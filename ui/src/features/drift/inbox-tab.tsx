import { useMemo, useState } from "react";
import { type DriftInbox, queries, useDriftLeave, useDriftOverride, useDriftSync, useQuery } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Empty } from "@/components/region";
import { plural } from "@/lib/format";
import { type Check, CheckButton } from "./check";
import { DriftDetailPane } from "./drift-detail";
import { type Grouping, asks, inboxItems, rowsOf, stepped } from "./inbox";
import { InboxPane } from "./inbox-pane";

export interface InboxTabProps {
  inbox: DriftInbox;
  event: number | null;
  check: Check;
  showLeft: boolean;
  onShowLeft: (show: boolean) => void;
}

/** What differs now, one event at a time or several together, and what can be done about it. */
export function InboxTab({ inbox, event, check, showLeft, onShowLeft }: InboxTabProps) {
  const [by, setBy] = useState<Grouping>("device");
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const items = useMemo(
    () =>
      inboxItems(
        inbox.open.filter((row) => showLeft || asks(row)),
        by,
      ),
    [inbox.open, showLeft, by],
  );
  const rows = useMemo(() => rowsOf(items), [items]);
  // What was closed meanwhile can no longer be chosen for.
  const picked = rows.filter((row) => marked.has(row.id));
  const chosen = picked.map((row) => row.id);
  const asking = picked.filter(asks).map((row) => row.id);
  const current = event ?? rows[0]?.id ?? null;
  const sync = useDriftSync();
  const override = useDriftOverride();
  const leave = useDriftLeave();
  const busy = sync.isPending || override.isPending || leave.isPending;
  const forget = () => {
    for (const one of [sync, override, leave]) if (!one.isPending) one.reset();
  };
  const select = (id: number) => {
    if (id !== current && !busy) forget();
    navigate(to.drift(id), { replace: true });
  };
  const next = () => {
    const after = stepped(rows, current, 1);
    const row = after?.id === current ? rows.find((one) => one.id !== current) : after;
    if (row === undefined) navigate(to.drift(), { replace: true });
    else select(row.id);
  };
  const begin = (ids: readonly number[], act: () => void) => {
    if (busy || ids.length === 0) return;
    forget();
    act();
  };
  const acts = (ids: readonly number[], after: () => void) => ({
    onSync: (why: string | null) => begin(ids, () => sync.mutate({ ids, why })),
    onOverride: (why: string | null) =>
      begin(ids, () => override.mutate({ ids, why }, { onSuccess: (made) => navigate(to.plan(made.hash)) })),
    onLeave: (why: string | null) => begin(ids, () => leave.mutate({ ids, why }, { onSuccess: after })),
  });
  const unmark = () => setMarked(new Set());
  return (
    <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
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
        showLeft={showLeft}
        onShowLeft={onShowLeft}
        actions={{ chosen, asking, busy, ...acts(chosen, unmark), onLeave: acts(asking, unmark).onLeave }}
      />
      {current === null ? (
        <Nothing left={inbox.open.length} check={check} />
      ) : (
        <DriftDetailPane
          key={current}
          id={current}
          check={check}
          busy={busy}
          syncing={sync.isPending}
          synced={sync.data ?? null}
          error={sync.error ?? override.error ?? leave.error}
          {...acts([current], next)}
          more={rows.some((row) => row.id !== current)}
          onNext={next}
        />
      )}
    </div>
  );
}

/** No event asks for anything; said only as far as devices were looked at. */
function Nothing({ left, check }: { left: number; check: Check }) {
  const run = useQuery(queries.checkRuns(1)).data?.[0];
  const blind = run?.notChecked ?? 0;
  const title = left > 0 ? "Nothing asks for a decision" : "Nothing differs";
  return (
    <section className="pane grow" aria-label="Drift event">
      <Empty title={title}>
        {left > 0 && (
          <p>{plural(left, "event")} stay open as they were left. Show left brings them back to the list.</p>
        )}
        {run === undefined ? (
          <p>No check was made yet, so this rests on what discovery saw.</p>
        ) : (
          blind > 0 && (
            <p>{plural(blind, "device")} could not be looked at in the last check; nothing is said of them.</p>
          )
        )}
        <p>A check reads the devices and compares. It sends nothing, and the records stay as they are.</p>
        <CheckButton check={check} label="Check all" devices={null} look="ink" testId="check-all-empty" />
      </Empty>
    </section>
  );
}
