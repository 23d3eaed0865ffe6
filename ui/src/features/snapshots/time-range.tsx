import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { SnapshotOverview } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { clock, clockSeconds, day, moment as momentWords } from "@/lib/format";
import { type Range, histogram, momentsOf, nearestMoment, nextMoment, spanOf } from "./moments";

const LEFT = 92;
const RIGHT = 100;
const HEIGHT = 96;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const BAR = 8;
/** Room that the label of B needs on its left. */
const LABEL = 136;

export interface TimeRangeProps {
  overview: SnapshotOverview;
  a: string;
  b: string;
  onChange: (range: Range) => void;
}

/** Lanes of reads and deployments over time with two handles; both snap to moments at which something was read. */
export function TimeRange({ overview, a, b, onChange }: TimeRangeProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1200);
  useEffect(() => {
    const node = frame.current;
    if (node === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(400, entry?.contentRect.width ?? 1200)));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  const moments = useMemo(() => momentsOf(overview), [overview]);
  const [from, until] = useMemo(() => spanOf(moments), [moments]);
  const x = (time: number) => LEFT + ((time - from) / (until - from)) * (width - LEFT - RIGHT);
  const timeAt = (px: number) => from + ((px - LEFT) / (width - LEFT - RIGHT)) * (until - from);
  const slices = Math.max(10, Math.floor((width - LEFT - RIGHT) / BAR));
  const bars = useMemo(
    () => histogram(overview.readMarks, from, until, slices),
    [overview.readMarks, from, until, slices],
  );
  const tallest = Math.max(1, ...bars);
  const at = { a: new Date(a).getTime(), b: new Date(b).getTime() };
  const move = (handle: "a" | "b", time: number) => {
    const iso = new Date(time).toISOString();
    onChange(handle === "a" ? { a: iso, b: time > at.b ? iso : b } : { a: time < at.a ? iso : a, b: iso });
  };
  const [low, high] = at.a <= at.b ? [at.a, at.b] : [at.b, at.a];
  const close = x(high) - x(low) < LABEL;
  return (
    <div className={`time ${close ? "close" : ""}`} ref={frame} data-testid="time-range">
      <svg width={width} height={HEIGHT} aria-hidden="true">
        <rect className="range" x={x(low)} y={22} width={Math.max(1, x(high) - x(low))} height={48} />
        <text x={16} y={40}>
          Snapshots
        </text>
        <text x={16} y={63}>
          Deployments
        </text>
        <line className="ax" x1={LEFT} x2={width - RIGHT} y1={46.5} y2={46.5} />
        <line className="ax" x1={LEFT} x2={width - RIGHT} y1={69.5} y2={69.5} />
        {bars.map((count, index) => {
          if (count === 0) return null;
          const height = 3 + (count / tallest) * 16;
          return (
            <rect key={index} className="bar" x={LEFT + index * BAR} y={46 - height} width={BAR - 3} height={height} />
          );
        })}
        {overview.deployments.map((mark, index) => (
          <DeploymentMark key={`${index}-${mark.at}`} x={x(new Date(mark.at).getTime())} word={mark.word} />
        ))}
        <Ticks from={from} until={until} x={x} />
      </svg>
      <Handle name="A" time={at.a} x={x(at.a)} moments={moments} timeAt={timeAt} onMove={(time) => move("a", time)} />
      <Handle name="B" time={at.b} x={x(at.b)} moments={moments} timeAt={timeAt} onMove={(time) => move("b", time)} />
    </div>
  );
}

function DeploymentMark({ x, word }: { x: number; word: string }) {
  const good = /verified|nothing/u.test(word);
  return good ? (
    <circle className="good" cx={x} cy={58} r={3.5} />
  ) : (
    <path className="bad" d={`M${x - 3} 55l6 6m0 -6l-6 6`} />
  );
}

function Ticks({ from, until, x }: { from: number; until: number; x: (time: number) => number }) {
  const now = useNowCoarse();
  const span = until - from;
  const short = span < 2 * DAY;
  const shorter = span < HOUR;
  const step = short ? span / 6 : Math.max(DAY, Math.ceil(span / DAY / 9) * DAY);
  const ticks: number[] = [];
  for (let time = from + step / 2; time < until; time += step) ticks.push(time);
  return (
    <>
      {ticks.map((time) => (
        <text key={time} className="f" x={x(time)} y={88} textAnchor="middle">
          {shorter ? clockSeconds(new Date(time)) : short ? clock(new Date(time)) : day(new Date(time), now)}
        </text>
      ))}
    </>
  );
}

function Handle(props: {
  name: "A" | "B";
  time: number;
  x: number;
  moments: readonly number[];
  timeAt: (px: number) => number;
  onMove: (time: number) => void;
}) {
  const now = useNowCoarse();
  const { moments, time } = props;
  const at = new Date(time);
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : null;
    if (direction === null) return;
    event.preventDefault();
    props.onMove(
      event.shiftKey ? nearestMoment(moments, time + direction * DAY) : nextMoment(moments, time, direction),
    );
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    const snapped = nearestMoment(moments, props.timeAt(event.clientX - left));
    if (snapped !== time) props.onMove(snapped);
  };
  return (
    <div
      className={`handle ${props.name}`}
      role="slider"
      tabIndex={0}
      aria-label={`Moment ${props.name}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, moments.length - 1)}
      aria-valuenow={Math.max(0, moments.indexOf(nearestMoment(moments, time)))}
      aria-valuetext={momentWords(at, now)}
      style={{ left: props.x }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      data-testid={`moment-${props.name}`}
    >
      <span className="when">{momentWords(at, now)}</span>
      <b className="ab">{props.name}</b>
    </div>
  );
}
