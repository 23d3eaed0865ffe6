import type { ReactNode } from "react";
import { type DeploymentDetail, asCoreError, queries, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { to } from "@/app/places";
import { Loading, RegionError } from "@/components/region";

/** A step of a deployment, once the deployment is read. */
export function DeploymentFrame(props: {
  deployment: number;
  children: (detail: DeploymentDetail) => ReactNode;
}): ReactNode {
  const { deployment, children } = props;
  const query = useQuery(queries.deployment(deployment));
  const detail = query.data;
  useCrumbs([
    { label: "Deployments", to: to.deployments() },
    { label: String(deployment), to: to.deployments(deployment) },
    ...(detail === undefined ? [] : [{ label: detail.row.domain, mono: true }]),
  ]);
  if (query.isError)
    return (
      <div className="col grow">
        <RegionError error={asCoreError(query.error)} />
      </div>
    );
  if (detail === undefined) return <Loading noun={`deployment ${deployment}`} rows={12} />;
  return children(detail);
}
