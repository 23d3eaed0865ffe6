import { Plus } from "lucide-react";
import { useState } from "react";
import { type ScheduleInput, type ScheduleView, asCoreError, queries, useQuery, useSaveSchedule } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, LinkButton } from "@/components/button";
import { Switch } from "@/components/choice";
import { Loading, RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { type Check, CheckNote } from "./check";
import { CheckRuns } from "./check-runs";
import { asks } from "./inbox";
import { type ScheduleForm, scheduleFormOf, suggestedForm, until } from "./schedule-form";
import { SchedulePane } from "./schedule-pane";

/** When devices are compared with what is expected, by itself and now, and what came of it. */
export function ChecksTab({ check }: { check: Check }) {
  const schedules = useQuery(queries.schedules());
  const blank = useQuery(queries.scheduleBlank()).data;
  const drift = useQuery(queries.drift()).data?.open ?? [];
  const open = drift.filter(asks).length;
  const { query } = usePlace();
  const [editing, setEditing] = useState<ScheduleForm | null>(null);
  const suggested = suggestion(blank, query);
  const form = suggested ?? editing;
  const close = () => {
    setEditing(null);
    if (suggested !== null) navigate(to.driftChecks(), { replace: true });
  };
  const edit = (next: ScheduleForm) => {
    if (suggested !== null) navigate(to.driftChecks(), { replace: true });
    setEditing(next);
  };
  return (
    <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
      <section className="pane grow" aria-label="Checks">
        <CheckNote check={check} open={open} left={drift.length - open} />
        <div className="scroll">
          <div className="dp-head">
            <h2>Schedules</h2>
            <span className="muted t12">
              while Bridgekeeper is open or in the tray; a check reads and never changes a device
            </span>
            <span className="grow" />
            <Button
              size="sm"
              icon={Plus}
              disabled={blank === undefined}
              onClick={() => blank !== undefined && edit(scheduleFormOf(blank))}
              data-testid="new-schedule"
            >
              New schedule
            </Button>
          </div>
          {schedules.isError && <RegionError error={asCoreError(schedules.error)} />}
          {schedules.isPending && <Loading noun="the schedules" rows={3} />}
          {schedules.data?.length === 0 && (
            <p className="dp-empty">
              No schedule yet, so drift is found only when someone looks. A check every hour is a good start.
            </p>
          )}
          {schedules.data && schedules.data.length > 0 && (
            <Schedules rows={schedules.data} current={form?.id ?? null} check={check} onEdit={edit} />
          )}
          <CheckRuns />
        </div>
      </section>
      {form !== null && <SchedulePane key={`${form.id ?? "new"} ${form.name}`} initial={form} onClose={close} />}
    </div>
  );
}

/** What the trends suggested, from the address of this place. */
function suggestion(blank: ScheduleInput | undefined, query: URLSearchParams): ScheduleForm | null {
  const device = query.get("device");
  const minutes = Number(query.get("every") ?? "");
  if (blank === undefined || device === null || !Number.isFinite(minutes) || minutes <= 0) return null;
  return suggestedForm(blank, device, minutes);
}

function Schedules(props: {
  rows: readonly ScheduleView[];
  current: number | null;
  check: Check;
  onEdit: (form: ScheduleForm) => void;
}) {
  const now = useNowCoarse();
  const save = useSaveSchedule();
  const complain = useShell((shell) => shell.complain);
  return (
    <table className="tb wrap dc-schedules" data-testid="schedules">
      <thead>
        <tr>
          <th>Name, what is checked</th>
          <th style={{ width: "24%" }}>When</th>
          <th style={{ width: "27%" }}>Next due</th>
          <th style={{ width: 54 }}>On</th>
          <th style={{ width: 144 }} aria-label="Actions" />
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.id} aria-selected={row.id === props.current} data-testid={`schedule-${row.id}`}>
            <td>
              <span className={row.input.enabled ? "med" : "muted"}>
                <SafeText text={row.input.name} />
              </span>
              <span className="muted dc-scope">
                <SafeText text={row.scopeWords} />
              </span>
            </td>
            <td>
              <span className="mono nowrap dc-cron">{row.input.cron}</span>
              <span className="faint">{row.input.zone}</span>
            </td>
            <td>
              {row.next === null ? (
                <span className="faint">switched off</span>
              ) : (
                <>
                  <span className="nowrap dc-cron">{until(new Date(row.next.at), now)}</span>
                  <span className="faint">{row.next.local}</span>
                </>
              )}
            </td>
            <td>
              <Switch
                label={`${row.input.name} runs by itself`}
                checked={row.input.enabled}
                onChange={(enabled) => save.mutate({ ...row.input, id: row.id, enabled }, { onError: complain })}
              />
            </td>
            <td className="num">
              <span className="row" style={{ justifyContent: "flex-end", gap: 12 }}>
                <LinkButton
                  disabled={props.check.running}
                  aria-label={`Check now what ${row.input.name} checks`}
                  onClick={() => props.check.begin(null, row.id)}
                >
                  Check now
                </LinkButton>
                <LinkButton
                  aria-label={`Edit ${row.input.name}`}
                  onClick={() => props.onEdit(scheduleFormOf({ ...row.input, id: row.id }))}
                  data-testid={`edit-schedule-${row.id}`}
                >
                  Edit
                </LinkButton>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
