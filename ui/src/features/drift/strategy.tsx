import { type DriftStrategy, queries, useQuery, useSetSetting } from "@/api";
import { useShell } from "@/app/store";
import { SectionHead } from "@/components/marks";

const STRATEGIES: readonly { value: DriftStrategy; label: string; says: string }[] = [
  {
    value: "stop",
    label: "Stop and sync",
    says: "A deployment is not begun while drift is open on one of its devices. It is decided first.",
  },
  {
    value: "warn",
    label: "Warn and proceed",
    says: "A deployment goes on beside open drift; its plan warns and names it.",
  },
  {
    value: "sync",
    label: "Background sync",
    says: "As warn and proceed. Besides, what devices hold is taken as what is expected, in the background.",
  },
];

/** What open drift means for a deployment on the same device; stored at once, as every setting. */
export function Strategy() {
  const chosen = useQuery(queries.settings()).data?.driftStrategy;
  const set = useSetSetting();
  const complain = useShell((shell) => shell.complain);
  return (
    <section className="sec" aria-label="Strategy of the lab">
      <SectionHead title="Strategy of the lab" note="drift on an object of a plan always stops it" />
      <fieldset className="dp-strategy" aria-label="Strategy of the lab">
        {STRATEGIES.map((one) => (
          <label key={one.value} data-on={one.value === chosen} data-testid={`strategy-${one.value}`}>
            <input
              type="radio"
              name="drift-strategy"
              checked={one.value === chosen}
              onChange={() => set.mutate({ setting: "driftStrategy", value: one.value }, { onError: complain })}
            />
            <span>
              <span className="med">{one.label}</span>
              <span className="muted">{one.says}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
