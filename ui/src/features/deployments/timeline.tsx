import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleCheck, CircleSlash, CircleX, Loader, Timer, Undo2, type LucideIcon } from "lucide-react";
import { useMemo, useRef } from "react";
import type { DeploymentRow, DeploymentStatus } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Icon } from "@/components/icon";
import { SafeText } from "@/components/text";
import { clock, minutes } from "@/lib/format";
import { byDay } from "./history";

const LOOK: Record<DeploymentStatus, [LucideIcon, string]> = {
  running: [Loader, "c-accent"],
  verified: [CircleCheck, "c-ok"],
  "nothing-to-do": [CircleCheck, "muted"],
  refused: [CircleX, "c-danger"],
  aborted: [CircleSlash, "muted"],
  "in-doubt": [Timer, "c-doubt"],
};

export function Timeline({ rows, current }: { rows: readonly DeploymentRow[]; current: number | null }) {
  const now = useNowCoarse();
  const items = useMemo(() => byDay(rows, now), [rows, now]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (items[at]?.type === "day" ? 28 : 44),
    overscan: 8,
    initialRect: { width: 470, height: 700 },
  });
  return (
    <div className="scroll" ref={scroller} role="list" aria-label="Deployments">
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((place) => {
          const item = items[place.index];
          if (item === undefined) return null;
          const style = { position: "absolute", top: place.start, left: 0, right: 0 } as const;
          if (item.type === "day")
            return (
              <div key={item.label} className="day" style={style}>
                {item.label}
              </div>
            );
          const { row } = item;
          const [icon, colour] = row.undoes === null ? LOOK[row.status] : [Undo2, LOOK[row.status][1]];
          const tone = row.status === "refused" ? "c-danger" : row.status === "in-doubt" ? "c-doubt" : "muted";
          return (
            <div key={row.id} style={style} role="listitem">
              <button
                type="button"
                className={`dp ${item.first ? "first" : ""} ${row.id === current ? "on" : ""}`}
                aria-current={row.id === current}
                data-testid={`deployment-${row.id}`}
                data-status={row.status}
                onClick={() => navigate(to.deployments(row.id), { replace: true })}
              >
                <span className="muted num">{clock(new Date(row.started))}</span>
                <span className={`ic ${colour}`} role="img" aria-label={row.status}>
                  <Icon of={icon} size={16} className={row.status === "running" ? "loader-i" : ""} />
                </span>
                <span className="muted num">{row.id}</span>
                <span className="col">
                  <span className="mono med ell">{row.domain}</span>
                  <span className={`${tone} ell`}>
                    {row.undoneBy !== null && `Undone by ${row.undoneBy}. `}
                    <SafeText text={row.sentence} />
                  </span>
                </span>
                <span className="ell">{row.by}</span>
                <span className="num muted">{minutes(row.seconds * 1000)}</span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
