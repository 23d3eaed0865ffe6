import type { DriftDecisionView } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { SafeText } from "@/components/text";
import { moment } from "@/lib/format";

/** What was decided about one event, the newest on top: when, who, what, why, by which policy, carried out by what. */
export function DecisionLog({ decisions }: { decisions: readonly DriftDecisionView[] }) {
  const now = useNowCoarse();
  return (
    <section className="dr-log" aria-label="Decisions" data-testid="decision-log">
      <h3>Decisions</h3>
      <ol>
        {[...decisions].reverse().map((one) => (
          <li key={one.id}>
            <span className="num faint">{moment(new Date(one.at), now)}</span>
            <span className="med nowrap">{one.by}</span>
            <span className="selectable">
              {one.title}
              {one.why !== "" && (
                <span className="muted">
                  {" "}
                  · <SafeText text={one.why} />
                </span>
              )}
              {one.policy !== null && (
                <span className="muted">
                  {" "}
                  · policy <SafeText text={one.policy} />
                </span>
              )}
            </span>
            <DeploymentLink id={one.deployment} />
          </li>
        ))}
      </ol>
    </section>
  );
}

export function DeploymentLink({ id }: { id: number | null }) {
  if (id === null) return <span />;
  return <LinkButton onClick={() => navigate(to.deployments(id))}>Deployment {id}</LinkButton>;
}
