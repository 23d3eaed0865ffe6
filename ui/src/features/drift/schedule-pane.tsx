import { Trash2, X } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import {
  type CheckScope,
  type ScheduleInput,
  asCoreError,
  queries,
  useQuery,
  useRemoveSchedule,
  useSaveSchedule,
} from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useSettled } from "@/app/settled";
import { Button, IconButton } from "@/components/button";
import { Segmented, Select, Switch } from "@/components/choice";
import { LabelledInput } from "@/components/field";
import { SectionHead } from "@/components/marks";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { PickList } from "./pick-list";
import { OFTEN, type ScheduleForm, checkSchedule, inputOf, until } from "./schedule-form";

const PAUSE_MS = 300;
const OTHER = "otherwise";

/** The form of a schedule, new or changed, with the next times at which it would be due. */
export function SchedulePane({ initial, onClose }: { initial: ScheduleForm; onClose: () => void }) {
  const [form, setForm] = useState(initial);
  const [tried, setTried] = useState(false);
  const save = useSaveSchedule();
  const remove = useRemoveSchedule();
  const devices = useQuery(queries.devices()).data ?? [];
  const set = (more: Partial<ScheduleForm>) => setForm({ ...form, ...more });
  const found = checkSchedule(form);
  const { name, scope, ...rest } = found;
  const errors = tried ? found : rest;
  const busy = save.isPending || remove.isPending;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(found).length === 0 && !busy) save.mutate(inputOf(form), { onSuccess: onClose });
  };
  const often = OFTEN.find((one) => one.cron === form.cron)?.cron ?? OTHER;
  const groups = [...new Set(devices.flatMap((device) => device.groups))].sort();
  const failed = save.error ?? remove.error;
  return (
    <aside className="pane w-device dp-form" aria-label="Schedule" data-testid="schedule-form">
      <div className="pane-head">
        <h2>{form.id === null ? "New schedule" : "Edit the schedule"}</h2>
        <span className="grow" />
        <IconButton icon={X} label="Close the form" onClick={onClose} />
      </div>
      <form className="col grow" onSubmit={submit}>
        <div className="scroll">
          {failed && <RegionError error={failed} />}
          <div className="sec dp-fields">
            <LabelledInput
              label="Name"
              autoFocus
              value={form.name}
              error={tried ? name : undefined}
              onChange={(event) => set({ name: event.target.value })}
              data-testid="schedule-name"
            />
            <div>
              <span className="label">What is checked</span>
              <Segmented<CheckScope["what"]>
                label="What is checked"
                value={form.what}
                options={[
                  { value: "all", label: "All devices" },
                  { value: "devices", label: "Devices" },
                  { value: "groups", label: "Groups" },
                ]}
                onChange={(what) => set({ what })}
              />
              {form.what === "devices" && (
                <PickList
                  noun="devices"
                  names={devices.map((device) => device.name)}
                  chosen={form.devices}
                  onChange={(chosen) => set({ devices: chosen })}
                />
              )}
              {form.what === "groups" && (
                <PickList
                  noun="groups"
                  names={groups}
                  chosen={form.groups}
                  onChange={(chosen) => set({ groups: chosen })}
                />
              )}
              <p className={`hint ${tried && scope !== undefined ? "bad" : ""}`}>
                {(tried ? scope : undefined) ?? "The inventory as it is when the check runs."}
              </p>
            </div>
            <div>
              <span className="label">When</span>
              <Select
                label="How often"
                value={often}
                width={160}
                options={[
                  ...OFTEN.map((one) => ({ value: one.cron, label: one.label })),
                  { value: OTHER, label: "as cron says" },
                ]}
                onChange={(cron) => cron !== OTHER && set({ cron })}
              />
            </div>
            <div className="dc-two">
              <LabelledInput
                label="Cron"
                mono
                value={form.cron}
                error={errors.cron}
                hint="Minute, hour, day, month, weekday."
                onChange={(event) => set({ cron: event.target.value })}
                data-testid="schedule-cron"
              />
              <LabelledInput
                label="Time zone"
                value={form.zone}
                hint="As Europe/Berlin."
                onChange={(event) => set({ zone: event.target.value })}
              />
            </div>
            <Preview input={inputOf(form)} />
            <div className="dc-three">
              <LabelledInput
                label="Late by at most"
                inputMode="numeric"
                value={form.jitter}
                error={errors.jitter}
                end="s"
                onChange={(event) => set({ jitter: event.target.value })}
              />
              <LabelledInput
                label="At once"
                inputMode="numeric"
                value={form.atOnce}
                error={errors.atOnce}
                end="devices"
                onChange={(event) => set({ atOnce: event.target.value })}
              />
              <LabelledInput
                label="Ends after"
                inputMode="numeric"
                value={form.limit}
                error={errors.limit}
                end="min"
                onChange={(event) => set({ limit: event.target.value })}
              />
            </div>
            <p className="hint" style={{ marginTop: -10 }}>
              What was not read when it ends is not checked, and is shown so.
            </p>
            <div className="row t12">
              <Switch label="Runs by itself" checked={form.enabled} onChange={(enabled) => set({ enabled })} />
              <span>{form.enabled ? "Runs by itself while Bridgekeeper is open or in the tray" : "Switched off"}</span>
            </div>
          </div>
        </div>
        <div className="row edge-t dp-foot">
          {form.id !== null && (
            <Button
              look="ghost-stop"
              icon={Trash2}
              disabled={busy}
              onClick={() => form.id !== null && remove.mutate(form.id, { onSuccess: onClose })}
              data-testid="remove-schedule"
            >
              Remove
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="ink" type="submit" disabled={busy} data-testid="save-schedule">
            Save the schedule
          </Button>
        </div>
      </form>
    </aside>
  );
}

/** The next five moments, by the clocks of the schedule's zone. */
function Preview({ input }: { input: ScheduleInput }) {
  const settled = useSettled(input, PAUSE_MS);
  const preview = useQuery(queries.schedulePreview(settled));
  const now = useNowCoarse();
  return (
    <div data-testid="schedule-preview" className={preview.isPlaceholderData ? "stale" : ""}>
      <SectionHead title="Next times" />
      {preview.isError && (
        <p className="t12 c-danger selectable">
          <SafeText text={asCoreError(preview.error).sentence} />
        </p>
      )}
      {preview.data && !preview.isError && (
        <ol className="dc-times">
          {preview.data.times.map((time) => (
            <li key={time.at}>
              <span>{time.local}</span>
              <span className="faint">{until(new Date(time.at), now)}</span>
            </li>
          ))}
          {preview.data.times.length === 0 && <li className="muted">It is never due.</li>}
        </ol>
      )}
    </div>
  );
}
