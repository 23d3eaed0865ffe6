import { Router, Search, X } from "lucide-react";
import { type ReactNode, useDeferredValue, useMemo, useRef } from "react";
import { type SnapshotDevice, type SnapshotOverview, asCoreError, queries, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { Button, IconButton } from "@/components/button";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { SectionHead } from "@/components/marks";
import { Empty, Loading, RegionError } from "@/components/region";
import { PlusMinus } from "@/components/text-diff";
import { Found } from "@/components/text";
import { bytes, moment, plural } from "@/lib/format";
import { useNowCoarse } from "@/app/clock";
import { Compare } from "./compare";
import { TimeRange } from "./time-range";
import { defaultRange } from "./moments";
import "./snapshots.css";

/** Any device at any moment, two moments compared, all history searched; needs no device to answer. */
export function SnapshotsScreen() {
  useCrumbs([{ label: "Snapshots" }]);
  const overview = useQuery(queries.snapshots());
  if (overview.isError) return <RegionError error={asCoreError(overview.error)} />;
  if (overview.data === undefined) return <Loading noun="the snapshots" rows={12} />;
  if (overview.data.devices.length === 0)
    return (
      <Empty title="No snapshot yet">
        <p>Every read of a device is kept here, and can be compared and searched without a network.</p>
        <Button look="ink" onClick={() => navigate(to.devices())}>
          Open Devices
        </Button>
      </Empty>
    );
  return <Snapshots overview={overview.data} />;
}

/** The state of the screen stands in its place, so that it can be left, restored and linked. */
function useSnapshotPlace(overview: SnapshotOverview) {
  const { query } = usePlace();
  const range = useMemo(() => defaultRange(overview), [overview]);
  const a = query.get("a") ?? range.a;
  const b = query.get("b") ?? range.b;
  const set = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(query);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(key);
      else next.set(key, value);
    }
    navigate(`/snapshots?${next.toString()}`, { replace: true });
  };
  return { a, b, device: query.get("device"), find: query.get("find") ?? "", query, set };
}

function Snapshots({ overview }: { overview: SnapshotOverview }) {
  const { a, b, device, find, query, set } = useSnapshotPlace(overview);
  const changed = useQuery(queries.snapshotsChanged(a, b));
  const rows = changed.data ?? [];
  const current = device ?? rows[0]?.device ?? overview.devices[0]?.device ?? null;
  const search = useRef<HTMLInputElement>(null);
  useHotkeys({
    "/": () => search.current?.focus(),
    "Ctrl F": () => search.current?.focus(),
  });
  const ids = rows.find((row) => row.device === current);
  const pick = (name: string) => set({ device: name, sa: null, sb: null, line: null });
  return (
    <div className="col grow" data-testid="snapshots">
      <div className="pane-head">
        <h1>Snapshots</h1>
        <span className="muted t12">
          {plural(overview.devices.length, "device")}, {plural(overview.reads, "read")},{" "}
          {plural(overview.texts, "different text")}, {bytes(overview.bytes ?? 0)}
        </span>
        <span className="grow" />
        <span className="faint t12">works without a network</span>
      </div>
      <TimeRange
        overview={overview}
        a={a}
        b={b}
        onChange={(next) => set({ a: next.a, b: next.b, sa: null, sb: null })}
      />
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <section className="pane" style={{ width: 348, flex: "none" }} aria-label="Devices and search">
          <div style={{ padding: "8px 12px", flex: "none" }} className="edge-b">
            <TextInput
              ref={search}
              icon={Search}
              width="100%"
              placeholder="Search every text that was read"
              aria-label="Search all history"
              value={find}
              onChange={(event) => set({ find: event.target.value })}
              data-testid="snapshot-search"
              end={
                find === "" ? (
                  <kbd>/</kbd>
                ) : (
                  <IconButton icon={X} label="Clear the search" onClick={() => set({ find: null })} />
                )
              }
            />
          </div>
          <div className="scroll">
            {find !== "" && (
              <Hits find={find} onOpen={(name, id) => set({ device: name, sb: String(id), sa: null, view: "raw" })} />
            )}
            {/* Both lists come at once: the lower one never moves under the pointer because the upper one arrived. */}
            {changed.isPending ? (
              <Loading noun="what changed between the two moments" rows={overview.devices.length} />
            ) : (
              <>
                <div style={{ padding: "10px 16px 2px" }}>
                  <SectionHead
                    title="Changed from A to B"
                    note={`${rows.length} of ${overview.devices.length} devices`}
                  />
                </div>
                {changed.isError && <RegionError error={asCoreError(changed.error)} />}
                {changed.isSuccess && rows.length === 0 && (
                  <p className="muted t12" style={{ padding: "0 16px 8px" }}>
                    No device differs between the two moments.
                  </p>
                )}
                <div className={changed.isPlaceholderData ? "stale" : ""} data-testid="changed-devices">
                  {rows.map((row) => (
                    <DeviceItem key={row.device} name={row.device} on={row.device === current} onPick={pick}>
                      <PlusMinus added={row.added} removed={row.removed} />
                    </DeviceItem>
                  ))}
                </div>
                <AllDevices devices={overview.devices} current={current} onPick={pick} />
              </>
            )}
          </div>
        </section>
        {current !== null && (
          <Compare
            key={current}
            device={current}
            a={numberOf(query.get("sa")) ?? ids?.a ?? null}
            b={numberOf(query.get("sb")) ?? ids?.b ?? null}
            momentA={a}
            momentB={b}
            find={find}
            view={query.get("view")}
            onPick={set}
          />
        )}
      </div>
    </div>
  );
}

/** Characters of a line that may stand before a hit. */
const LEAD = 28;

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+$/u.test(text) ? Number(text) : null;
}

function DeviceItem(props: { name: string; on: boolean; onPick: (name: string) => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className="list-row"
      style={{ gridTemplateColumns: "16px minmax(0,1fr) auto" }}
      aria-current={props.on}
      onClick={() => props.onPick(props.name)}
      data-testid={`snapshot-device-${props.name}`}
    >
      <Icon of={Router} className="muted" />
      <span className="med">{props.name}</span>
      <span className="row num">{props.children}</span>
    </button>
  );
}

function AllDevices(props: {
  devices: readonly SnapshotDevice[];
  current: string | null;
  onPick: (name: string) => void;
}) {
  const now = useNowCoarse();
  return (
    <>
      <div style={{ padding: "10px 16px 2px" }} className="edge-t">
        <SectionHead title="All devices" note={props.devices.length} />
      </div>
      <div data-testid="all-devices">
        {props.devices.map((row) => (
          <DeviceItem key={row.device} name={row.device} on={row.device === props.current} onPick={props.onPick}>
            <span className="faint">
              {plural(row.reads, "read")}, last {moment(new Date(row.last), now)}
            </span>
          </DeviceItem>
        ))}
      </div>
    </>
  );
}

/** A long line from shortly before what was found: the part that matters is never cut off. */
function around(line: string, find: string): string {
  const at = line.toLowerCase().indexOf(find.toLowerCase());
  return at > LEAD ? `...${line.slice(at - LEAD / 2)}` : line;
}

function Hits({ find, onOpen }: { find: string; onOpen: (device: string, snapshot: number) => void }) {
  const query = useDeferredValue(find.trim());
  const hits = useQuery(queries.snapshotSearch(query));
  const now = useNowCoarse();
  const rows = hits.data ?? [];
  const perDevice = new Map(rows.map((hit) => [hit.device, hit.hits]));
  const lines = [...perDevice.values()].reduce((sum, count) => sum + count, 0);
  return (
    <div className="edge-b" data-testid="history-hits" data-count={rows.length}>
      <div style={{ padding: "10px 16px 2px" }}>
        <SectionHead
          title="Found in history"
          note={<span className="mono">{query}</span>}
          end={hits.isSuccess && `${plural(lines, "line")}, ${plural(perDevice.size, "device")}`}
        />
      </div>
      {hits.isError && <RegionError error={asCoreError(hits.error)} />}
      {hits.isSuccess && rows.length === 0 && (
        <p className="muted t12" style={{ padding: "0 16px 8px" }}>
          No text that was ever read holds it.
        </p>
      )}
      {rows.map((hit) => (
        <button
          key={`${hit.device} ${hit.line} ${hit.snapshot}`}
          type="button"
          className={`hit ${hits.isPlaceholderData ? "stale" : ""}`}
          onClick={() => onOpen(hit.device, hit.snapshot)}
        >
          <span className="row">
            <b className="med">{hit.device}</b>
            <span className="muted">
              {moment(new Date(hit.first), now)} to {hit.now ? "now" : moment(new Date(hit.last), now)}
            </span>
            <span className="grow" />
            <span className="faint">{hit.now ? `1 of ${plural(hit.hits, "line")}` : "gone now"}</span>
          </span>
          <span className="mono t11 ell" style={{ display: "block" }}>
            <Found text={around(hit.line, query)} find={query} />
          </span>
        </button>
      ))}
    </div>
  );
}
