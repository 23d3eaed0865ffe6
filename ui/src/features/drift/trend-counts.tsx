import type { InsightCount, InsightEnding, InsightRecurrence } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { SectionHead } from "@/components/marks";
import { SafeText } from "@/components/text";
import { ago, plural } from "@/lib/format";
import { busiestHour, first, spanWords } from "./insight";

/** Names of a list that are drawn; the rest is one line. */
const SHOWN = 7;
const BAR = 100;

/** Counts by name, the most first, as bars beside the number. */
export function Counts({ title, counts }: { title: string; counts: readonly InsightCount[] }) {
  const { shown, more, rest } = first(counts, SHOWN);
  const most = Math.max(1, ...shown.map((one) => one.count));
  return (
    <section aria-label={title}>
      <SectionHead title={title} />
      <ul className="dt-counts">
        {shown.map((one) => (
          <li key={one.name}>
            <span className="ell" title={one.name}>
              <SafeText text={one.name} />
            </span>
            <span className="num">{one.count}</span>
            <svg width="100%" height={4} viewBox={`0 0 ${BAR} 4`} preserveAspectRatio="none" aria-hidden>
              <rect className="none" width={BAR} height={4} />
              <rect width={(one.count / most) * BAR} height={4} />
            </svg>
          </li>
        ))}
        {more > 0 && (
          <li className="faint">
            <span>{more} more</span>
            <span className="num">{rest}</span>
          </li>
        )}
        {counts.length === 0 && <li className="faint">none</li>}
      </ul>
    </section>
  );
}

const HOUR = 18;
const COLUMN = 13;
const HEIGHT = 64;

/** At which hours of the day events were seen first. */
export function Hours({ hours, zone }: { hours: readonly number[]; zone: string }) {
  const most = Math.max(1, ...hours);
  const busiest = busiestHour(hours);
  return (
    <section aria-label="By hour of the day">
      <SectionHead title="By hour of the day" note={busiest ?? "none"} />
      <svg
        className="dt-hours"
        viewBox={`0 0 ${24 * HOUR} ${HEIGHT + 16}`}
        width={24 * HOUR}
        height={HEIGHT + 16}
        role="img"
        aria-labelledby="dt-hours-title dt-hours-desc"
      >
        <title id="dt-hours-title">Events by hour of the day</title>
        <desc id="dt-hours-desc">
          {`By the clocks of ${zone}: `}
          {hours.map((count, hour) => (count === 0 ? "" : `${hour}:00, ${count}; `)).join("")}
        </desc>
        {hours.map((count, hour) => {
          const height = count === 0 ? 1.5 : 4 + (count / most) * (HEIGHT - 18);
          const x = hour * HOUR + (HOUR - COLUMN) / 2;
          return (
            <g key={hour}>
              <rect
                className={count === 0 ? "none" : ""}
                x={x}
                y={HEIGHT - height}
                width={COLUMN}
                height={height}
                rx={1}
              />
              {count > 0 && (
                <text x={x + COLUMN / 2} y={HEIGHT - height - 3} textAnchor="middle">
                  {count}
                </text>
              )}
              {hour % 6 === 0 && (
                <text className="axis" x={x} y={HEIGHT + 13}>
                  {String(hour).padStart(2, "0")}:00
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </section>
  );
}

/** How long events lasted, by how they ended. */
export function Endings({ endings }: { endings: readonly InsightEnding[] }) {
  return (
    <section aria-label="Time to resolve by ending">
      <SectionHead title="Time to resolve, by ending" />
      {endings.length === 0 && <p className="t12 muted">No event ended in these days.</p>}
      <dl className="dt-endings">
        {endings.map((one) => (
          <div key={one.ending}>
            <dt>
              <SafeText text={one.ending} />
            </dt>
            <dd>{spanWords(one.span)}</dd>
            <dd className="num faint">{plural(one.span.count, "event")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Objects that drift again and again. */
export function Recurrences({ rows, days }: { rows: readonly InsightRecurrence[]; days: number }) {
  const now = useNowCoarse();
  return (
    <>
      <div className="dp-head">
        <h2>Comes back</h2>
        <span className="muted t12">objects that drifted again within {days} days</span>
      </div>
      {rows.length === 0 && <p className="dp-empty">No object drifted twice.</p>}
      {rows.length > 0 && (
        <table className="tb wrap" data-testid="recurrences">
          <thead>
            <tr>
              <th style={{ width: 160 }}>Device</th>
              <th>Object</th>
              <th style={{ width: 140 }}>Came back</th>
              <th style={{ width: 140 }}>Last</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.device} ${row.object}`}>
                <td className="med">{row.device}</td>
                <td className="mono">
                  <SafeText text={row.object} />
                </td>
                <td>{plural(row.times, "time")}</td>
                <td className="muted">{ago(new Date(row.last), now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
