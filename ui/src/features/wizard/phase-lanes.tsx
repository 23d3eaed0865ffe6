import type { PlanView } from "@/api";
import { minutes } from "@/lib/format";

/** Phases that change the running configuration of a device. */
const LIVE = new Set(["commit-confirm", "arm", "confirm", "decide"]);
const NAME = 96;
const MIN_SHARE = 0.145;

/** What a phase does, in two words. */
function does(label: string, window: number): string {
  const words: Record<string, string> = {
    Preflight: "read, compare",
    Prepare: "lines, commit check",
    "Commit confirm": `${window} min timer`,
    Verify: "fresh sessions",
    Confirm: "commit",
    Settle: "read, store",
  };
  return words[label] ?? label;
}

/** The six phases as columns, a bar per device, barriers between; the picture of the estimate. */
export function PhaseLanes({ plan, window }: { plan: PlanView; window: number }) {
  const { phases, seconds, measuredFrom } = plan.estimate;
  const devices = plan.devices.filter((device) => device.forward.length > 0);
  const total = phases.reduce((sum, phase) => sum + Math.max(1, phase.seconds), 0);
  const shares = phases.map((phase) => Math.max(MIN_SHARE, Math.max(1, phase.seconds) / total));
  const tracks = `${NAME}px ${shares.map((share) => `minmax(68px, ${share * 100}fr)`).join(" ")}`;
  const groups = Math.max(1, ...plan.groups.map((group) => group.group));
  const grouped = plan.groups.length > 1 ? plan.groups.filter((group) => group.constraint !== null) : [];
  return (
    <div className="tl" data-testid="phase-lanes">
      <div className="ph" style={{ gridTemplateColumns: tracks }}>
        <span />
        {phases.map((phase) => (
          <span key={phase.phase}>
            <b>{phase.label}</b>
            <span className="does">{does(phase.label, window)}, </span>
            {phase.seconds} s
          </span>
        ))}
      </div>
      {devices.map((device) => {
        const at = plan.devices.indexOf(device);
        return (
          <div key={device.device} className="ln" style={{ gridTemplateColumns: tracks }}>
            <span className="med">{device.device}</span>
            {phases.map((phase) => {
              const own = phase.devices[at] ?? phase.seconds;
              const live = LIVE.has(phase.phase);
              const slots = live ? groups : 1;
              const slot = live ? device.group - 1 : 0;
              const share = phase.seconds === 0 ? 0 : Math.min(1, (own * slots) / phase.seconds);
              const left = (slot / slots) * 100;
              return (
                <span key={phase.phase} className="g">
                  {slot > 0 && <span className="w">group {device.group}</span>}
                  <i
                    className={`${live ? "k" : ""} ${slot > 0 ? "later" : ""}`}
                    style={{ "--left": `${left}%`, width: `max(8px, calc(${share * (100 / slots)}% - 14px))` }}
                  />
                </span>
              );
            })}
          </div>
        );
      })}
      <div className="lanes-legend">
        <span className="row" style={{ gap: 6 }}>
          <i className="legend-gate" /> barrier: nobody goes on before all are done
        </span>
        <span className="row" style={{ gap: 6 }}>
          <i className="legend-live" /> changes the running configuration
        </span>
        {grouped.map((group) => (
          <span key={group.group}>
            group {group.group}: {group.constraint}
          </span>
        ))}
        <span className="grow" />
        <span data-testid="estimate">
          about {minutes(seconds * 1000)},{" "}
          {measuredFrom === 0 ? "assumed, nothing measured yet" : `from ${measuredFrom} earlier`}
        </span>
      </div>
    </div>
  );
}
