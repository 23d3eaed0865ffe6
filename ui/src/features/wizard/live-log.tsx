import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDownToLine } from "lucide-react";
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type TranscriptRow, useTranscript } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Segmented, Select } from "@/components/choice";
import { Icon } from "@/components/icon";
import { SafeText } from "@/components/text";
import { clockSeconds } from "@/lib/format";

export type LogKind = "all" | "sent" | "answer" | "error";
export interface LogFilter {
  kind: LogKind;
  device: string | null;
}

const ALL = "all devices";
const NEAR_END = 12;
const UPWARDS = new Set(["ArrowUp", "PageUp", "Home"]);

export function filterLog(rows: readonly TranscriptRow[], filter: LogFilter): TranscriptRow[] {
  return rows.filter(
    (row) =>
      (filter.kind === "all" || row.kind === filter.kind) &&
      (filter.device === null || row.device === filter.device || row.device === null),
  );
}

/** Everything that was sent and answered, as it happens; follows the end unless someone scrolls up. */
export function LiveLog(props: {
  deployment: number;
  devices: readonly string[];
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
}) {
  const { filter, onFilter } = props;
  const rows = useTranscript(props.deployment).data;
  return (
    <aside className="pane w-log" aria-label="Live log" data-testid="live-log">
      <div className="pane-head" style={{ gap: 8 }}>
        <h2>Live log</h2>
        <span className="grow" />
        <Segmented<LogKind>
          label="Kind of rows"
          small
          value={filter.kind}
          options={[
            { value: "all", label: "All" },
            { value: "sent", label: "Sent" },
            { value: "answer", label: "Answers" },
            { value: "error", label: "Errors" },
          ]}
          onChange={(kind) => onFilter({ ...filter, kind })}
        />
        <Select
          label="Device"
          value={filter.device ?? ALL}
          width={112}
          options={[ALL, ...props.devices].map((device) => ({ value: device, label: device }))}
          onChange={(device) => onFilter({ ...filter, device: device === ALL ? null : device })}
        />
      </div>
      <LogRows
        rows={rows ?? []}
        filter={filter}
        end={
          <LinkButton onClick={() => navigate(to.deployments(props.deployment, "transcript"))}>
            Full transcript
          </LinkButton>
        }
      />
    </aside>
  );
}

/** A row of a table keeps its columns: it is cut at the edge of the pane, not broken. The transcript shows it whole. */
const TABLE = /^\s*[|+]-*/u;

const LOOK: Record<string, string> = { sent: "d", answer: "s", note: "s", error: "e" };

export function LogRows({ rows, filter, end }: { rows: readonly TranscriptRow[]; filter: LogFilter; end?: ReactNode }) {
  const shown = useMemo(() => filterLog(rows, filter), [rows, filter]);
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(true);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 19,
    overscan: 20,
    getItemKey: (at) => shown[at]?.seq ?? at,
    initialRect: { width: 420, height: 600 },
  });
  const height = virtual.getTotalSize();
  const items = virtual.getVirtualItems();
  useLayoutEffect(() => {
    if (follow && scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [follow, height, shown.length]);
  return (
    <>
      <div
        className="scroll log"
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label="Transcript"
        aria-live="off"
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
        onKeyDown={(event) => UPWARDS.has(event.key) && setFollow(false)}
        onPointerDown={(event) => event.target === event.currentTarget && setFollow(false)}
        onScroll={(event) => {
          const box = event.currentTarget;
          if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END) setFollow(true);
        }}
      >
        {/* Rows in the flow: one that wraps pushes the next, even before it is measured. */}
        <div style={{ height, paddingTop: items[0]?.start ?? 0 }}>
          {items.map((place) => {
            const row = shown[place.index];
            if (row === undefined) return null;
            const top = row.kind === "sent" && row.text.trim() === "top";
            return (
              <div
                key={place.key}
                ref={virtual.measureElement}
                data-index={place.index}
                className={`r ${top ? "top" : (LOOK[row.kind] ?? "")}`}
              >
                <span>{clockSeconds(new Date(row.at))}</span>
                <span className="ell">{row.device ?? "all"}</span>
                <span className={TABLE.test(row.text) ? "tbl" : ""}>
                  <SafeText text={row.text} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {(shown.length > 0 || end !== undefined) && (
        <div className="row edge-t t11 muted" style={{ height: 28, padding: "0 16px", flex: "none" }}>
          <Icon of={ArrowDownToLine} />
          {follow ? "follows the end" : <LinkButton onClick={() => setFollow(true)}>Go to the end</LinkButton>}
          <span className="grow" />
          {end}
        </div>
      )}
    </>
  );
}
