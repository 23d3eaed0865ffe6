import {
  Circle,
  CircleCheck,
  CircleDashed,
  Hourglass,
  Info,
  Loader,
  Timer,
  TriangleAlert,
  UserCheck,
  CircleX,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

export type ChangeSign = "added" | "removed" | "changed" | "same";
const SIGN: Record<ChangeSign, [string, string, string]> = {
  added: ["+", "c-added", "added"],
  removed: ["\u2212", "c-removed", "removed"],
  changed: ["~", "c-changed", "changed"],
  same: ["", "", "unchanged"],
};

/** Added, removed, changed: the sign that always stands beside the colour. */
export function Sign({ kind }: { kind: ChangeSign }) {
  const [sign, colour, word] = SIGN[kind];
  return (
    <span className={`sign ${colour}`} role="img" aria-label={word}>
      {sign}
    </span>
  );
}

interface StateLook {
  icon: LucideIcon;
  colour: string;
  word: (time: string | null) => string;
}

/** The six states a device can be reported in, by the core's words. */
const STATE: Record<string, StateLook | undefined> = {
  old: { icon: Circle, colour: "muted", word: () => "old" },
  "old-candidate-not-proven-clean": {
    icon: CircleDashed,
    colour: "c-warning",
    word: () => "old, candidate not proven clean",
  },
  "pending-until": {
    icon: Hourglass,
    colour: "c-accent",
    word: (time) => (time === null ? "pending" : `pending until ${time}`),
  },
  new: { icon: CircleCheck, colour: "c-ok", word: () => "new" },
  "live-without-timer": { icon: UserCheck, colour: "c-drift", word: () => "live without timer" },
  "unknown-since": {
    icon: Timer,
    colour: "c-doubt",
    word: (time) => (time === null ? "unknown" : `unknown since ${time}`),
  },
};

/** What a device is reported as: icon and word, never in other words. `time` is a wall time in words. */
export function DeviceState({ state, time, large }: { state: string; time: string | null; large?: boolean }) {
  const look = STATE[state] ?? { icon: Timer, colour: "c-doubt", word: () => state };
  return (
    <span className={`ds ${large === true ? "t12" : ""} ${look.colour}`} data-state={state}>
      <Icon of={look.icon} size={large === true ? 14 : 12} />
      {look.word(time)}
    </span>
  );
}

export type Severity = "error" | "warning" | "info" | "ok";
const SEVERITY: Record<Severity, [LucideIcon, string, string]> = {
  error: [CircleX, "c-danger", "error"],
  warning: [TriangleAlert, "c-warning", "warning"],
  info: [Info, "c-info", "note"],
  ok: [CircleCheck, "c-ok", "fine"],
};

export function SeverityIcon({ kind, size = 14 }: { kind: Severity; size?: 12 | 14 }) {
  const [icon, colour, word] = SEVERITY[kind];
  return (
    <span className={colour} role="img" aria-label={word}>
      <Icon of={icon} size={size} />
    </span>
  );
}

/** Work in progress, always beside a noun and a count. */
export function Running({ size = 14 }: { size?: 12 | 14 }) {
  return <Icon of={Loader} size={size} className="loader-i c-accent" />;
}

export function Progress({ done, total, doubt }: { done: number; total: number; doubt?: boolean }) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <span
      className={`bar-track ${doubt === true ? "doubt" : ""}`}
      role="progressbar"
      aria-valuenow={done}
      aria-valuemin={0}
      aria-valuemax={total}
    >
      <b style={{ width: `${share * 100}%` }} />
    </span>
  );
}

export function SectionHead({ title, note, end }: { title: string; note?: ReactNode; end?: ReactNode }) {
  return (
    <div className="sec-h">
      <h3>{title}</h3>
      {note !== undefined && <span className="n">{note}</span>}
      {end !== undefined && <span className="end">{end}</span>}
    </div>
  );
}
