import { useState } from "react";
import { asCoreError, queries, useQuery } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Segmented } from "@/components/choice";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { Running } from "@/components/marks";
import { RegionError } from "@/components/region";
import { Unbroken } from "@/components/text";
import { plural } from "@/lib/format";

type Way = "forward" | "reverse";

/** The plan that a choice would run, before it is taken: its lines and how they go back. Nothing is sent by looking. */
export function ChildPlan({ deployment, choice }: { deployment: number; choice: string }) {
  const query = useQuery(queries.childPlan(deployment, choice));
  const [way, setWay] = useState<Way>("forward");
  const plan = query.data;
  const devices = plan?.devices.filter((device) => device.forward.length > 0) ?? [];
  return (
    <section className="child-plan" aria-label="Plan of this choice" data-testid="child-plan">
      {query.isError && <RegionError error={asCoreError(query.error)} />}
      {query.isPending && (
        <p className="row t12 muted" style={{ height: 32, padding: "0 16px" }}>
          <Running /> Making the plan
        </p>
      )}
      {plan && (
        <>
          <div className="row head">
            <b className="strong">
              Plan <span className="mono">{plan.short}</span>
            </b>
            <span className="muted ell">
              {plan.empty
                ? "The devices hold all of it; nothing would be sent."
                : `${plural(plan.lines, "line")} on ${plural(devices.length, "device")}, risk ${plan.risk}`}
            </span>
            <span className="grow" />
            {!plan.empty && (
              <Segmented<Way>
                label="Lines"
                small
                value={way}
                options={[
                  { value: "forward", label: `Forward ${plan.lines}` },
                  { value: "reverse", label: `Rollback ${plan.reverseLines}` },
                ]}
                onChange={setWay}
              />
            )}
            <LinkButton onClick={() => navigate(to.plan(plan.hash))} data-testid="open-child-plan">
              Open the plan
            </LinkButton>
          </div>
          {plan.leftOut.length > 0 && (
            <p className="muted left-out">
              Left out, stays in the draft: <Unbroken text={plan.leftOut.join(", ")} />
            </p>
          )}
          {devices.map((device) => (
            <div key={device.device}>
              <div className="dev-h">
                <span className="name">{device.device}</span>
                <span className="faint">{plural(device[way].length, "line")}</span>
                <span className="grow" />
                <CopyLines lines={device[way]} label={`Copy the lines of ${device.device}`} />
              </div>
              <CliLines
                lines={device[way]}
                label={`${way === "forward" ? "Forward" : "Rollback"} lines of ${device.device}`}
              />
            </div>
          ))}
        </>
      )}
    </section>
  );
}
