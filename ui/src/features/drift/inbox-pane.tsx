import { useVirtualizer } from "@tanstack/react-virtual";
import { Check as Tick, ChevronDown, ChevronRight, X } from "lucide-react";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import type { DriftInbox, DriftRow } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useHotkeys } from "@/app/hotkeys";
import { Button, IconButton } from "@/components/button";
import { Segmented } from "@/components/choice";
import { Icon } from "@/components/icon";
import { SafeText } from "@/components/text";
import { age, moment, plural, thousands } from "@/lib/format";
import { type Check, CheckNote } from "./check";
import {
  type Grouping,
  type InboxItem,
  NO_SERVICE,
  asks,
  devicesOf,
  leftWords,
  objectOf,
  reasonOf,
  rowsOf,
  stepped,
} from "./inbox";
import { type DriftActs, ReasonField } from "./reason";
import { SeverityBars } from "./severity";
import { SyncNotices } from "./sync-notices";
import { Trend } from "./trend";

const GROUP = 30;
const EVENT = 51;

export interface InboxPaneProps {
  inbox: DriftInbox;
  items: readonly InboxItem[];
  by: Grouping;
  onGroup: (by: Grouping) => void;
  current: number | null;
  onSelect: (id: number) => void;
  marked: ReadonlySet<number>;
  onMark: (marked: ReadonlySet<number>) => void;
  check: Check;
  showLeft: boolean;
  onShowLeft: (show: boolean) => void;
  /** What is done about the chosen events; only those of them that ask for something are left. */
  actions: { chosen: readonly number[]; asking: readonly number[]; busy: boolean } & DriftActs;
}

/** Open events under their device or service; what was closed lately below them. */
export function InboxPane(props: InboxPaneProps) {
  const { inbox, by, check, actions } = props;
  const open = useMemo(() => inbox.open.filter(asks), [inbox.open]);
  const devices = useMemo(() => devicesOf(open).length, [open]);
  const left = inbox.open.length - open.length;
  return (
    <section className="pane dr-list" aria-label="Drift inbox">
      <div className="pane-head" style={{ gap: 8 }}>
        <h1>Drift</h1>
        <span className="grow" />
        <Segmented<Grouping>
          label="Grouping"
          small
          value={by}
          options={[
            { value: "device", label: "By device" },
            { value: "domain", label: "By domain" },
          ]}
          onChange={props.onGroup}
        />
        {(left > 0 || props.showLeft) && (
          <Button
            size="sm"
            aria-pressed={props.showLeft}
            onClick={() => props.onShowLeft(!props.showLeft)}
            data-testid="show-left"
          >
            Show left
          </Button>
        )}
      </div>
      <div className="dr-trend">
        <span data-testid="drift-count">
          <b>{thousands(open.length)} open</b>
          {devices > 0 && `, on ${plural(devices, "device")}`}
          {left > 0 && `, ${left} left`}
        </span>
        <Trend inbox={inbox} />
      </div>
      <CheckNote check={check} open={open.length} left={left} />
      <SyncNotices notices={inbox.background} />
      <Events {...props}>
        <Closed rows={inbox.closed} current={props.current} onSelect={props.onSelect} />
      </Events>
      {actions.chosen.length > 0 && <Marked actions={actions} onNone={() => props.onMark(new Set())} />}
    </section>
  );
}

/** What can be done about several events together, with one reason for all. */
function Marked({ actions, onNone }: { actions: InboxPaneProps["actions"]; onNone: () => void }) {
  const [typed, setTyped] = useState("");
  const { chosen, asking, busy } = actions;
  const why = reasonOf(typed);
  return (
    <div className="edge-t dr-marked" data-testid="marked-actions">
      <div className="row">
        <span className="t12 grow">{chosen.length} chosen</span>
        <IconButton icon={X} label="Choose none" onClick={onNone} />
      </div>
      <ReasonField value={typed} onChange={setTyped} testId="marked-reason" />
      <div className="row">
        <Button size="sm" disabled={busy} onClick={() => actions.onSync(why)} data-testid="sync-marked">
          Sync {chosen.length}
        </Button>
        <Button size="sm" disabled={busy} onClick={() => actions.onOverride(why)} data-testid="override-marked">
          Plan the override of {chosen.length}
        </Button>
        {asking.length > 0 && (
          <Button size="sm" disabled={busy} onClick={() => actions.onLeave(why)} data-testid="leave-marked">
            Leave {asking.length}
          </Button>
        )}
      </div>
    </div>
  );
}

function Events(props: InboxPaneProps & { children: ReactNode }) {
  const { items, by, current, onSelect, marked, onMark } = props;
  const now = useNowCoarse();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(items), [items]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (items[at]?.type === "group" ? GROUP : EVENT),
    overscan: 12,
    initialRect: { width: 404, height: 700 },
  });
  const show = useEffectEvent((id: number | null) => {
    const place = items.findIndex((item) => item.type === "row" && item.row.id === id);
    if (place >= 0) virtual.scrollToIndex(place, { align: "auto" });
  });
  useEffect(() => show(current), [current]);
  const step = (by: 1 | -1) => {
    const next = stepped(rows, current, by);
    if (next === undefined) return;
    onSelect(next.id);
    list.current?.focus({ preventScroll: true });
  };
  const toggle = (id: number) => {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    onMark(next);
  };
  useHotkeys({ J: () => step(1), K: () => step(-1) });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === " " && rows.some((row) => row.id === current)) toggle(current ?? 0);
    else return;
    event.preventDefault();
  };
  return (
    <div className="scroll" ref={scroller}>
      {items.length === 0 && (
        <p className="muted t12 dr-none">
          {props.inbox.open.length === 0 ? "No event is open." : "No open event asks for anything."}
        </p>
      )}
      <div
        ref={list}
        role="listbox"
        aria-label="Open events"
        aria-multiselectable
        aria-activedescendant={rows.some((row) => row.id === current) ? `drift-${current}` : undefined}
        tabIndex={items.length === 0 ? -1 : 0}
        className="dr-events"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtual.getVirtualItems().map((place) => {
          const item = items[place.index];
          if (item === undefined) return null;
          const style = { top: place.start, height: place.size };
          if (item.type === "group")
            return (
              <div key={`group ${item.name}`} className="dr-group" role="presentation" style={style}>
                <span className={by === "domain" && item.name !== NO_SERVICE ? "mono ell" : "ell"}>{item.name}</span>
                <span className="faint">seen {moment(new Date(item.seen), now)}</span>
                <span className="grow" />
                {item.rows > 0 && <span className="c-drift">{item.rows}</span>}
              </div>
            );
          const { row } = item;
          return (
            <Event
              key={row.id}
              row={row}
              by={by}
              now={now}
              current={row.id === current}
              marked={marked.has(row.id)}
              place={[item.at + 1, rows.length]}
              style={style}
              onSelect={() => {
                onSelect(row.id);
                list.current?.focus({ preventScroll: true });
              }}
              onMark={() => toggle(row.id)}
            />
          );
        })}
      </div>
      {props.children}
    </div>
  );
}

function Event(props: {
  row: DriftRow;
  by: Grouping;
  now: Date;
  current: boolean;
  marked: boolean;
  place: [number, number];
  style: CSSProperties;
  onSelect: () => void;
  onMark: () => void;
}) {
  const { row, by, now, marked } = props;
  const object = objectOf(row);
  const group = by === "device" ? row.device : row.domains[0];
  const rest = row.domains.filter((domain) => domain !== object && domain !== group);
  const names = [...(by === "device" ? [] : [row.device]), ...(object === null || object === group ? [] : [object])];
  const old = age(new Date(row.firstSeen), now);
  const leftNote = row.left === null ? "" : `, ${leftWords(row.left)}`;
  return (
    <div
      id={`drift-${row.id}`}
      role="option"
      aria-selected={marked}
      aria-current={props.current}
      aria-posinset={props.place[0]}
      aria-setsize={props.place[1]}
      aria-label={`${row.title}, ${row.device} ${object ?? ""}, ${row.severity}, ${old}${leftNote}`}
      className={`dr-event ${row.left === null ? "" : "left"}`}
      style={props.style}
      onClick={props.onSelect}
      data-testid={`drift-${row.id}`}
      data-severity={row.severity}
    >
      <span className="dr-lead">
        <SeverityBars severity={row.severity} />
        <span
          className="check"
          data-state={marked ? "checked" : "unchecked"}
          title="Choose it for an action on several"
          onClick={(event) => {
            event.stopPropagation();
            props.onMark();
          }}
          data-testid={`mark-${row.id}`}
        >
          {marked && <Tick />}
        </span>
      </span>
      <span className="dr-text">
        <span className="row">
          <b className="med whole">{row.title}</b>
          {row.left !== null && (
            <span className="rest faint">
              <SafeText text={leftWords(row.left)} />
            </span>
          )}
        </span>
        <span className="row muted" title={[...names, ...rest].join(", ")}>
          {names.map((name) => (
            <span key={name} className={name === row.device ? "whole" : "mono whole"}>
              <SafeText text={name} />
            </span>
          ))}
          <span className={rest.length === 0 ? "rest" : "mono rest"}>
            <SafeText text={names.length + rest.length === 0 ? row.why : rest.join(", ")} />
          </span>
        </span>
      </span>
      <span className="num faint">
        {old}
        <br />
        {row.severity}
      </span>
    </div>
  );
}

function Closed(props: { rows: readonly DriftRow[]; current: number | null; onSelect: (id: number) => void }) {
  const [open, setOpen] = useState(false);
  const now = useNowCoarse();
  if (props.rows.length === 0) return null;
  return (
    <>
      <button
        type="button"
        className="dr-fold"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        data-testid="closed-drift"
      >
        <Icon of={open ? ChevronDown : ChevronRight} />
        Closed
        <span className="grow" />
        <span className="faint">{props.rows.length} lately</span>
      </button>
      {open &&
        props.rows.map((row) => (
          <button
            key={row.id}
            type="button"
            className="dr-closed"
            aria-current={row.id === props.current}
            onClick={() => props.onSelect(row.id)}
            data-testid={`closed-${row.id}`}
          >
            <span className="row">
              <b className="med">{row.title}</b>
              <span className="nowrap">{row.device}</span>
              <span className="mono ell muted">
                <SafeText text={objectOf(row) ?? ""} />
              </span>
            </span>
            {row.closed !== null && (
              <span className="muted">
                {moment(new Date(row.closed.at), now)}, {row.closed.by}: <SafeText text={row.closed.how} />
              </span>
            )}
          </button>
        ))}
    </>
  );
}
