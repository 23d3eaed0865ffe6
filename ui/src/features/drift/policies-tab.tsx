import { CircleSlash, Plus } from "lucide-react";
import { useState } from "react";
import { type DriftDecisionView, type DriftPolicyView, asCoreError, queries, useEndPolicy, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { StopDialog } from "@/components/dialog";
import { Loading, RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { moment, plural } from "@/lib/format";
import { DeploymentLink } from "./decision-log";
import { PolicyPane } from "./policy-pane";
import { Strategy } from "./strategy";

type Editing = "new" | DriftPolicyView | null;

/** What is done about drift without asking, and every decision that was taken. */
export function PoliciesTab() {
  const policies = useQuery(queries.driftPolicies());
  const [editing, setEditing] = useState<Editing>(null);
  const [ending, setEnding] = useState<DriftPolicyView | null>(null);
  const key = editing === "new" ? "new" : editing?.id;
  return (
    <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
      <section className="pane grow" aria-label="Policies">
        <div className="scroll">
          <Strategy />
          <div className="dp-head">
            <h2>Policies</h2>
            <span className="muted t12">decide by themselves, within their scope and until their day</span>
            <span className="grow" />
            <Button size="sm" icon={Plus} onClick={() => setEditing("new")} data-testid="new-policy">
              New policy
            </Button>
          </div>
          {policies.isError && <RegionError error={asCoreError(policies.error)} />}
          {policies.isPending && <Loading noun="the policies" rows={3} />}
          {policies.data?.length === 0 && (
            <p className="dp-empty">
              No policy yet, so every event waits for a person. A policy takes over what is always decided the same way.
            </p>
          )}
          {policies.data && policies.data.length > 0 && (
            <PolicyTable policies={policies.data} editing={key} onEdit={setEditing} onEnd={setEnding} />
          )}
          <Decisions />
        </div>
      </section>
      {editing !== null && (
        <PolicyPane key={key} policy={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      )}
      {ending !== null && <EndPolicy policy={ending} onClose={() => setEnding(null)} />}
    </div>
  );
}

function PolicyTable(props: {
  policies: readonly DriftPolicyView[];
  editing: number | string | undefined;
  onEdit: (policy: DriftPolicyView) => void;
  onEnd: (policy: DriftPolicyView) => void;
}) {
  const now = useNowCoarse();
  return (
    <table className="tb wrap dp-table">
      <thead>
        <tr>
          <th style={{ width: "19%" }}>Name</th>
          <th>What it does</th>
          <th style={{ width: 168 }}>State</th>
          <th className="num" style={{ width: 78 }}>
            Decisions
          </th>
          <th style={{ width: 96 }} aria-label="Actions" />
        </tr>
      </thead>
      <tbody>
        {props.policies.map((policy) => (
          <tr
            key={policy.id}
            className={policy.state === "in-force" ? "" : "faint"}
            aria-selected={policy.id === props.editing}
            data-testid={`policy-${policy.id}`}
            data-state={policy.state}
          >
            <td className="med">
              <SafeText text={policy.terms.name} />
            </td>
            <td>
              <SafeText text={policy.sentence} />
            </td>
            <td>{stateWords(policy, now)}</td>
            <td className="num">{policy.decided}</td>
            <td className="num">
              {policy.state === "in-force" && (
                <span className="row" style={{ justifyContent: "flex-end", gap: 12 }}>
                  <LinkButton
                    aria-label={`Edit ${policy.terms.name}`}
                    onClick={() => props.onEdit(policy)}
                    data-testid={`edit-policy-${policy.id}`}
                  >
                    Edit
                  </LinkButton>
                  <LinkButton
                    aria-label={`End ${policy.terms.name}`}
                    onClick={() => props.onEnd(policy)}
                    data-testid={`end-policy-${policy.id}`}
                  >
                    End
                  </LinkButton>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function stateWords(policy: DriftPolicyView, now: Date): string {
  const until = moment(new Date(policy.terms.expires), now);
  if (policy.state === "in-force") return `in force until ${until}`;
  if (policy.state === "expired") return `expired ${until}`;
  return policy.ended === null ? "ended" : `ended ${policy.ended}`;
}

function EndPolicy({ policy, onClose }: { policy: DriftPolicyView; onClose: () => void }) {
  const end = useEndPolicy();
  return (
    <StopDialog
      title={
        <>
          End <SafeText text={policy.terms.name} />?
        </>
      }
      description="It decides nothing from now on; events like those it took over wait for a person again. What it decided stays as it is."
      width={480}
      onClose={onClose}
      testId="end-policy"
    >
      {end.error && <RegionError error={end.error} />}
      <div className="b row" style={{ justifyContent: "flex-end" }}>
        <Button autoFocus onClick={onClose}>
          Keep it
        </Button>
        <Button
          look="stop"
          icon={CircleSlash}
          disabled={end.isPending}
          onClick={() => end.mutate(policy.id, { onSuccess: onClose })}
          data-testid="end-policy-now"
        >
          End the policy
        </Button>
      </div>
    </StopDialog>
  );
}

/** Decisions that are drawn; the core lists the newest five hundred. */
const SHOWN = 100;

function Decisions() {
  const query = useQuery(queries.driftDecisions());
  const [all, setAll] = useState(false);
  const rows = query.data ?? [];
  return (
    <>
      <div className="dp-head">
        <h2>Decisions</h2>
        <span className="muted t12">
          {rows.length === 0 ? "by people and policies" : `${rows.length}, the newest first`}
        </span>
      </div>
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {query.data && rows.length === 0 && (
        <p className="dp-empty">Nothing was decided yet. Each decision stands here with who, when and why.</p>
      )}
      {rows.length > 0 && <DecisionTable rows={all ? rows : rows.slice(0, SHOWN)} />}
      {!all && rows.length > SHOWN && (
        <p className="dp-empty">
          <LinkButton onClick={() => setAll(true)}>Show {plural(rows.length - SHOWN, "older one")}</LinkButton>
        </p>
      )}
    </>
  );
}

function DecisionTable({ rows }: { rows: readonly DriftDecisionView[] }) {
  const now = useNowCoarse();
  return (
    <table className="tb wrap" data-testid="decisions">
      <thead>
        <tr>
          <th style={{ width: 104 }}>When</th>
          <th style={{ width: 96 }}>Who</th>
          <th style={{ width: "34%" }}>Object</th>
          <th>What and why</th>
          <th style={{ width: 122 }} aria-label="Deployment" />
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.id}>
            <td>{moment(new Date(one.at), now)}</td>
            <td>{one.by}</td>
            <td>
              <LinkButton onClick={() => navigate(to.drift(one.event))}>{one.device}</LinkButton>{" "}
              <span className="mono">
                <SafeText text={one.object} />
              </span>
            </td>
            <td>
              <span>
                {one.title}
                {one.policy !== null && (
                  <span className="muted">
                    {" "}
                    by policy <SafeText text={one.policy} />
                  </span>
                )}
                {one.why !== "" && (
                  <span className="muted">
                    {" "}
                    · <SafeText text={one.why} />
                  </span>
                )}
              </span>
            </td>
            <td className="num">
              <DeploymentLink id={one.deployment} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
