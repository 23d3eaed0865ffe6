import { type RollbackChoice, asCoreError, queries, useQuery, useWayBackPlan } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Loading, RegionError } from "@/components/region";
import { TextDiff } from "@/components/text-diff";
import { SafeText } from "@/components/text";
import "./ways-back.css";

/** What others changed since a deployment, and the ways out; a plan opens before anything is sent. */
export function WaysBack({ deployment, onClose }: { deployment: number; onClose: () => void }) {
  const query = useQuery(queries.rollbackChoices(deployment));
  const plan = useWayBackPlan();
  const take = (choice: RollbackChoice) =>
    choice === "leave"
      ? onClose()
      : plan.mutate({ deployment, choice }, { onSuccess: (made) => navigate(to.plan(made.hash)) });
  return (
    <Dialog
      title={`Deployment ${deployment} can't be undone as it was done`}
      description="Others changed the same objects since. Choose how far to go back; the plan opens before anything is sent."
      width={760}
      onClose={onClose}
      testId="ways-back"
    >
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {plan.error && <RegionError error={plan.error} />}
      {query.isPending && <Loading noun="what changed since" rows={3} />}
      <div className="overlaps">
        {query.data?.overlaps.map((overlap) => (
          <section key={`${overlap.device} ${overlap.object}`} aria-label={`${overlap.object} on ${overlap.device}`}>
            <p className="row t12">
              <b className="med">{overlap.device}</b>
              <span className="mono ell">
                <SafeText text={overlap.object} />
              </span>
              <span className="grow" />
              <span className="muted">
                {overlap.by.length === 0 ? (
                  "changed outside Bridgekeeper"
                ) : (
                  <>
                    changed by{" "}
                    {overlap.by.map((id) => (
                      <LinkButton key={id} onClick={() => navigate(to.deployments(id))}>
                        deployment {id}
                      </LinkButton>
                    ))}
                  </>
                )}
              </span>
            </p>
            <div className="overlap-diff">
              <TextDiff
                diff={overlap.diff}
                layout="unified"
                before={`Left by deployment ${deployment}`}
                after="Now"
                same="The same lines."
                label={`${overlap.object}: left by deployment ${deployment}, and now`}
              />
            </div>
          </section>
        ))}
      </div>
      <div className="b ways">
        {query.data?.choices.map((choice) => (
          <div key={choice.choice} className="row way">
            <p className="t12 grow">
              <SafeText text={choice.consequence} />
              {choice.refused !== null && (
                <span className="c-warning">
                  {" "}
                  <SafeText text={choice.refused} />
                </span>
              )}
            </p>
            <Button
              {...(choice.choice === "rest" ? { look: "ink" as const } : {})}
              disabled={choice.refused !== null || plan.isPending}
              onClick={() => take(choice.choice)}
              data-testid={`way-${choice.choice}`}
            >
              {choice.label}
            </Button>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
