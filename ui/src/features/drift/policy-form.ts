import type { DriftKind, DriftPolicyAction, DriftPolicyTerms, DriftSeverity } from "@/api";

/** Days after which a policy ends, or a day of its own. */
export type Ends = "7" | "30" | "90" | "date";

export interface PolicyForm {
  name: string;
  action: DriftPolicyAction;
  /** Names and patterns as they were typed, with commas or blanks between. */
  devices: string;
  objects: string;
  kinds: readonly DriftKind[];
  atMost: DriftSeverity;
  ends: Ends;
  /** `2026-06-01`, for a day of its own. */
  date: string;
  limits: { objects: string; lines: string; perDay: string };
}

export const KINDS: readonly { kind: DriftKind; label: string }[] = [
  { kind: "mismatch", label: "Mismatch" },
  { kind: "missing-on-device", label: "Missing on device" },
  { kind: "already-configured", label: "Already configured" },
  { kind: "domain-exists", label: "Bridge domain exists" },
  { kind: "vlan-conflict", label: "VLAN conflict" },
  { kind: "foreign-commit", label: "Foreign commit" },
  { kind: "unknown", label: "Not understood" },
];

/** Nothing is widened by leaving a field alone: a new policy is short, mild and sends nothing. */
export const NEW_POLICY: PolicyForm = {
  name: "",
  action: "leave",
  devices: "",
  objects: "",
  kinds: [],
  atMost: "low",
  ends: "7",
  date: "",
  limits: { objects: "4", lines: "20", perDay: "2" },
};

const MAX_NAME = 64;
const MAX_DAYS = 366;
const DAY = 86_400_000;
const LIMITS = { objects: 16, lines: 100, perDay: 24 } as const;

const two = (n: number): string => String(n).padStart(2, "0");

/** The form of a policy that is there. Its end becomes a day, so that saving it does not lengthen it. */
export function formOf(terms: DriftPolicyTerms): PolicyForm {
  const expires = new Date(terms.expires);
  const { limits } = terms;
  return {
    name: terms.name,
    action: terms.action,
    devices: terms.devices.join(", "),
    objects: terms.objects.join(", "),
    kinds: terms.kinds,
    atMost: terms.atMost,
    ends: "date",
    date: `${expires.getFullYear()}-${two(expires.getMonth() + 1)}-${two(expires.getDate())}`,
    limits:
      limits === null
        ? NEW_POLICY.limits
        : { objects: String(limits.objects), lines: String(limits.lines), perDay: String(limits.perDay) },
  };
}

/** Names and patterns of a field, each once. */
export function namesOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,;]+/u).filter((name) => name !== ""))];
}

/** When the policy ends: the last minute of its day, by the clock of this machine. None where the day is none. */
export function endOf(form: Pick<PolicyForm, "ends" | "date">, now: Date): Date | null {
  const end = new Date(now.getFullYear(), now.getMonth(), now.getDate(), 23, 59, 59);
  if (form.ends !== "date") {
    end.setDate(end.getDate() + Number(form.ends));
    return end;
  }
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(form.date.trim()) ?? [];
  if (year === undefined) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(day), 23, 59, 59);
  // A day that the calendar has not, such as 31 June, would become another.
  return at.getMonth() === Number(month) - 1 ? at : null;
}

export type PolicyErrors = Partial<Record<"name" | "devices" | "objects" | "date" | "limits", string>>;

/** What is wrong with the fields, by field; an empty object when nothing is. */
export function checkPolicy(form: PolicyForm, now: Date): PolicyErrors {
  const errors: PolicyErrors = {};
  const name = form.name.trim();
  if (name === "") errors.name = "A policy needs a name.";
  else if (name.length > MAX_NAME) errors.name = `A name has at most ${MAX_NAME} characters.`;
  const end = endOf(form, now);
  if (end === null) errors.date = "A day as 2026-06-01.";
  else if (end <= now) errors.date = "This day is over.";
  else if (end.getTime() - now.getTime() > MAX_DAYS * DAY) errors.date = `At most ${MAX_DAYS} days from now.`;
  if (form.action !== "override") return errors;
  for (const field of ["devices", "objects"] as const) {
    const names = namesOf(form[field]);
    if (names.length === 0) errors[field] = "Put back needs them by name.";
    else if (names.some((one) => one.includes("*"))) errors[field] = "Put back takes exact names, without *.";
  }
  const fits = (field: keyof typeof LIMITS) =>
    /^\d+$/u.test(form.limits[field]) && Number(form.limits[field]) >= 1 && Number(form.limits[field]) <= LIMITS[field];
  if (!fits("objects") || !fits("lines") || !fits("perDay"))
    errors.limits = `1 to ${LIMITS.objects} objects, 1 to ${LIMITS.lines} lines, 1 to ${LIMITS.perDay} a day.`;
  return errors;
}

/** The same without what is only missing: that is said once someone wants to save. */
export function withoutMissing(errors: PolicyErrors, form: PolicyForm): PolicyErrors {
  const missing = (["name", "devices", "objects", "date"] as const).filter((field) => form[field].trim() === "");
  const rest = Object.entries(errors).filter(([field]) => !missing.some((one) => one === field));
  return Object.fromEntries(rest);
}

/** The terms that the form asks for; none while something is wrong with it. */
export function termsOf(form: PolicyForm, now: Date): DriftPolicyTerms | null {
  const end = endOf(form, now);
  if (end === null || Object.keys(checkPolicy(form, now)).length > 0) return null;
  return {
    name: form.name.trim(),
    devices: namesOf(form.devices),
    objects: namesOf(form.objects),
    kinds: [...form.kinds],
    atMost: form.atMost,
    action: form.action,
    limits:
      form.action === "override"
        ? {
            objects: Number(form.limits.objects),
            lines: Number(form.limits.lines),
            perDay: Number(form.limits.perDay),
          }
        : null,
    expires: end.toISOString(),
  };
}

/** The same for a trial, which needs no name yet. */
export function trialTermsOf(form: PolicyForm, now: Date): DriftPolicyTerms | null {
  return termsOf(form.name.trim() === "" ? { ...form, name: "new" } : form, now);
}
