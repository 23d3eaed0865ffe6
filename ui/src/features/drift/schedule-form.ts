import type { CheckScope, ScheduleInput } from "@/api";

export interface ScheduleForm {
  id: number | null;
  name: string;
  what: CheckScope["what"];
  devices: readonly string[];
  groups: readonly string[];
  cron: string;
  zone: string;
  jitter: string;
  atOnce: string;
  /** Minutes. */
  limit: string;
  enabled: boolean;
}

/** Times that are often wanted, in the words of cron. */
export const OFTEN: readonly { cron: string; label: string }[] = [
  { cron: "*/15 * * * *", label: "every 15 min" },
  { cron: "*/30 * * * *", label: "every 30 min" },
  { cron: "0 * * * *", label: "every hour" },
  { cron: "0 */6 * * *", label: "every 6 h" },
  { cron: "0 2 * * *", label: "daily 02:00" },
  { cron: "0 2 * * 1-5", label: "workdays 02:00" },
];

/** Cron of about so many minutes: the nearest step that divides the hour or the day. */
export function cronOf(minutes: number): string {
  const nearest = (steps: readonly number[], value: number) =>
    steps.reduce((best, step) => (Math.abs(step - value) < Math.abs(best - value) ? step : best));
  if (minutes < 45) return `*/${nearest([5, 10, 15, 20, 30], minutes)} * * * *`;
  const hours = nearest([1, 2, 3, 4, 6, 8, 12, 24], minutes / 60);
  if (hours === 1) return "0 * * * *";
  return hours === 24 ? "0 2 * * *" : `0 */${hours} * * *`;
}

export function scheduleFormOf(input: ScheduleInput): ScheduleForm {
  const { scope } = input;
  return {
    id: input.id,
    name: input.name,
    what: scope.what,
    devices: scope.what === "devices" ? scope.devices : [],
    groups: scope.what === "groups" ? scope.groups : [],
    cron: input.cron,
    zone: input.zone,
    jitter: String(input.jitterSeconds),
    atOnce: String(input.atOnce),
    limit: String(Math.max(1, Math.round(input.limitSeconds / 60))),
    enabled: input.enabled,
  };
}

/** The form of a new schedule for one device, as the trends suggest it. */
export function suggestedForm(blank: ScheduleInput, device: string, minutes: number): ScheduleForm {
  return {
    ...scheduleFormOf(blank),
    name: `${device}, suggested`,
    what: "devices",
    devices: [device],
    cron: cronOf(minutes),
  };
}

export type ScheduleErrors = Partial<Record<"name" | "scope" | "cron" | "jitter" | "atOnce" | "limit", string>>;

const within = (typed: string, from: number, to: number) =>
  /^\d+$/u.test(typed) && Number(typed) >= from && Number(typed) <= to;

/** What is wrong with the fields, by field; what cron and zone mean is judged by the core. */
export function checkSchedule(form: ScheduleForm): ScheduleErrors {
  const errors: ScheduleErrors = {};
  if (form.name.trim() === "") errors.name = "A schedule needs a name.";
  else if (form.name.trim().length > 64) errors.name = "A name has at most 64 characters.";
  if (form.what !== "all" && form[form.what].length === 0) errors.scope = `Choose ${form.what}.`;
  if (form.cron.trim() === "") errors.cron = "When it is due.";
  if (!within(form.jitter, 0, 3600)) errors.jitter = "0 to 3600 s.";
  if (!within(form.atOnce, 1, 128)) errors.atOnce = "1 to 128.";
  if (!within(form.limit, 1, 1440)) errors.limit = "1 to 1440 min.";
  return errors;
}

/** What the form says, for the core; fields that say nothing give what is harmless there. */
export function inputOf(form: ScheduleForm): ScheduleInput {
  const number = (typed: string, other: number) => (/^\d{1,5}$/u.test(typed) ? Number(typed) : other);
  return {
    id: form.id,
    name: form.name.trim(),
    scope: scopeOf(form),
    cron: form.cron.trim(),
    zone: form.zone.trim(),
    jitterSeconds: number(form.jitter, 0),
    atOnce: number(form.atOnce, 1),
    limitSeconds: number(form.limit, 1) * 60,
    enabled: form.enabled,
  };
}

function scopeOf(form: ScheduleForm): CheckScope {
  if (form.what === "devices") return { what: "devices", devices: [...form.devices] };
  if (form.what === "groups") return { what: "groups", groups: [...form.groups] };
  return { what: "all" };
}

/** `in 21 min`, `in 3 h`, `now`. */
export function until(at: Date, now: Date): string {
  const s = Math.round((at.getTime() - now.getTime()) / 1000);
  if (s <= 0) return "now";
  if (s < 60) return `in ${s} s`;
  const min = Math.round(s / 60);
  if (min < 60) return `in ${min} min`;
  const h = Math.round(min / 60);
  return h < 36 ? `in ${h} h` : `in ${Math.round(h / 24)} days`;
}
