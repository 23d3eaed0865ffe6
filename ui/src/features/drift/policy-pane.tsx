import { X } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import {
  type DriftKind,
  type DriftPolicyAction,
  type DriftPolicyView,
  type DriftSeverity,
  asCoreError,
  useSavePolicy,
} from "@/api";
import { useNowCoarse } from "@/app/clock";
import { Button, IconButton } from "@/components/button";
import { Checkbox, Segmented } from "@/components/choice";
import { LabelledInput, TextInput } from "@/components/field";
import { RegionError } from "@/components/region";
import { moment } from "@/lib/format";
import {
  type Ends,
  KINDS,
  NEW_POLICY,
  checkPolicy,
  endOf,
  formOf,
  termsOf,
  trialTermsOf,
  withoutMissing,
} from "./policy-form";
import { PolicyTrial } from "./policy-trial";

const DOES: Record<DriftPolicyAction, string> = {
  leave: "The event stays open and asks nobody. Nothing is sent.",
  sync: "The device is read, and what it holds becomes what is expected. Nothing is sent.",
  override: "What is expected is put back as a deployment with a confirm window, within the limits below.",
};

/** The form of a policy, new or in the place of one, with what it would have done beside every change. */
export function PolicyPane({ policy, onClose }: { policy: DriftPolicyView | null; onClose: () => void }) {
  const now = useNowCoarse();
  const [form, setForm] = useState(() => (policy === null ? NEW_POLICY : formOf(policy.terms)));
  const [tried, setTried] = useState(false);
  const save = useSavePolicy();
  const found = checkPolicy(form, now);
  const errors = tried ? found : withoutMissing(found, form);
  const set = (more: Partial<typeof form>) => setForm({ ...form, ...more });
  const end = endOf(form, now);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const terms = termsOf(form, now);
    if (terms !== null && !save.isPending) save.mutate({ terms, replaces: policy?.id ?? null }, { onSuccess: onClose });
  };
  const toggle = (kind: DriftKind) =>
    set({ kinds: form.kinds.includes(kind) ? form.kinds.filter((one) => one !== kind) : [...form.kinds, kind] });
  return (
    <aside className="pane w-device dp-form" aria-label="Policy" data-testid="policy-form">
      <div className="pane-head">
        <h2>{policy === null ? "New policy" : "Edit the policy"}</h2>
        <span className="grow" />
        <IconButton icon={X} label="Close the form" onClick={onClose} />
      </div>
      <form className="col grow" onSubmit={submit}>
        <div className="scroll">
          {save.error && <RegionError error={asCoreError(save.error)} />}
          <div className="sec dp-fields">
            <LabelledInput
              label="Name"
              autoFocus
              value={form.name}
              error={errors.name}
              onChange={(event) => set({ name: event.target.value })}
              data-testid="policy-name"
            />
            <div>
              <span className="label">What it does</span>
              <Segmented<DriftPolicyAction>
                label="What it does"
                value={form.action}
                options={[
                  { value: "leave", label: "Leave open" },
                  { value: "sync", label: "Take the device's" },
                  { value: "override", label: "Put back" },
                ]}
                onChange={(action) => set({ action })}
              />
              <p className="hint">{DOES[form.action]}</p>
            </div>
            <LabelledInput
              label="Devices"
              mono
              placeholder="all devices"
              value={form.devices}
              error={errors.devices}
              hint={
                form.action === "override"
                  ? "Exact names, with commas between."
                  : "Names with commas; * stands for any characters. Empty: all."
              }
              onChange={(event) => set({ devices: event.target.value })}
              data-testid="policy-devices"
            />
            <LabelledInput
              label="Interfaces and bridge domains"
              mono
              placeholder="everything"
              value={form.objects}
              error={errors.objects}
              hint={
                form.action === "override"
                  ? "Exact names: what is put back is named, never matched."
                  : "As above. Empty: everything."
              }
              onChange={(event) => set({ objects: event.target.value })}
              data-testid="policy-objects"
            />
            {form.action === "override" && (
              <div>
                <span className="label">Limits</span>
                <span className="dp-limits">
                  {LIMITS.map(({ field, unit }) => (
                    <TextInput
                      key={field}
                      inputMode="numeric"
                      aria-label={`At most ${unit}`}
                      bad={errors.limits !== undefined}
                      value={form.limits[field]}
                      onChange={(event) => set({ limits: { ...form.limits, [field]: event.target.value } })}
                      end={unit}
                    />
                  ))}
                </span>
                <p className={`hint ${errors.limits === undefined ? "" : "bad"}`}>
                  {errors.limits ?? "Of one plan, and deployments in 24 hours. Beyond them a person is asked."}
                </p>
              </div>
            )}
            <fieldset className="dp-kinds">
              <legend className="label">Kinds</legend>
              {KINDS.map(({ kind, label }) => (
                <label key={kind}>
                  <Checkbox label={label} checked={form.kinds.includes(kind)} onChange={() => toggle(kind)} />
                  {label}
                </label>
              ))}
              <p className="hint">{form.kinds.length === 0 ? "None chosen: every kind." : "Only these kinds."}</p>
            </fieldset>
            <div>
              <span className="label">Up to severity</span>
              <Segmented<DriftSeverity>
                label="Up to severity"
                value={form.atMost}
                options={(["low", "medium", "high", "critical"] as const).map((value) => ({ value, label: value }))}
                onChange={(atMost) => set({ atMost })}
              />
            </div>
            <div>
              <span className="label">Ends</span>
              <span className="dp-ends">
                <Segmented<Ends>
                  label="Ends"
                  value={form.ends}
                  options={[
                    { value: "7", label: "7 days" },
                    { value: "30", label: "30 days" },
                    { value: "90", label: "90 days" },
                    { value: "date", label: "On" },
                  ]}
                  onChange={(ends) => set({ ends })}
                />
                {form.ends === "date" && (
                  <TextInput
                    width={104}
                    aria-label="Last day"
                    placeholder="2026-06-01"
                    bad={errors.date !== undefined}
                    value={form.date}
                    onChange={(event) => set({ date: event.target.value })}
                  />
                )}
              </span>
              <p className={`hint ${errors.date === undefined ? "" : "bad"}`}>
                {errors.date ??
                  (end === null ? "" : `In force until ${moment(end, now)}. A policy never runs on for ever.`)}
              </p>
            </div>
          </div>
          <PolicyTrial terms={trialTermsOf(form, now)} />
        </div>
        <div className="row edge-t dp-foot">
          <span className="grow faint t11">{policy === null ? "In force once saved." : "Replaces the old one."}</span>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="ink" type="submit" disabled={save.isPending} data-testid="save-policy">
            Save the policy
          </Button>
        </div>
      </form>
    </aside>
  );
}

const LIMITS = [
  { field: "objects", unit: "objects" },
  { field: "lines", unit: "lines" },
  { field: "perDay", unit: "a day" },
] as const;
