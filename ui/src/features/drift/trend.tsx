import { useMemo } from "react";
import type { DriftInbox } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { plural } from "@/lib/format";
import { firstSeenByDay } from "./inbox";

const DAYS = 30;
const BAR = 6;
const STEP = 8;
const HEIGHT = 26;

/** On which days events were seen first. */
export function Trend({ inbox }: { inbox: DriftInbox }) {
  const now = useNowCoarse();
  const days = useMemo(() => firstSeenByDay([...inbox.open, ...inbox.closed], now, DAYS), [inbox, now]);
  const sum = days.reduce((all, count) => all + count, 0);
  const most = Math.max(1, ...days);
  if (sum === 0) return null;
  return (
    <>
      <span className="num">first seen, last {DAYS} days</span>
      <svg
        width={DAYS * STEP}
        height={HEIGHT}
        role="img"
        aria-label={`${plural(sum, "event")} of this list first seen in the last ${DAYS} days`}
      >
        {days.map((count, at) => {
          const height = count === 0 ? 1.5 : 4 + (count / most) * (HEIGHT - 4);
          return (
            <rect
              key={at}
              className={count === 0 ? "none" : ""}
              x={at * STEP}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              rx={1}
            />
          );
        })}
      </svg>
    </>
  );
}
