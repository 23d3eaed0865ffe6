import { Check, FileSearch, TriangleAlert } from "lucide-react";
import { type AuditView, type LeftoverView, asCoreError, queries, useCleanUpPlan, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { SafeText } from "@/components/text";
import { ago, plural } from "@/lib/format";

const KIND: Record<string, string> = {
  subinterface: "sub-interface",
  instance: "empty bridge domain",
  member: "member line",
  "fabric-attachment": "fabric attachment",
};

/** What carries no service any more, by the records, and the plan that would remove it. */
export function LeftoversScreen() {
  useCrumbs([{ label: "Fabric", to: to.fabric() }, { label: "Leftovers" }]);
  const audit = useQuery(queries.audit());
  if (audit.isError) return <RegionError error={asCoreError(audit.error)} />;
  if (audit.data === undefined) return <Loading noun="the records" rows={8} />;
  return <Leftovers audit={audit.data} />;
}

function Leftovers({ audit }: { audit: AuditView }) {
  const now = useNowCoarse();
  const plan = useCleanUpPlan();
  const complain = useShell((shell) => shell.complain);
  const possible = audit.lines > 0 && !plan.isPending;
  const open = () => {
    if (possible) plan.mutate(null, { onSuccess: (made) => navigate(to.plan(made.hash)), onError: complain });
  };
  useHotkeys({ "Ctrl Enter": open });
  return (
    <section className="pane grow" aria-label="Leftovers" data-testid="leftovers-screen">
      <div className="pane-head">
        <h1>Leftovers</h1>
        <span className="muted t12">
          {audit.leftovers.length} in the records of {plural(audit.devices, "device")}
          {audit.oldestRead !== null && `, the oldest read ${ago(new Date(audit.oldestRead), now)}`}
        </span>
      </div>
      <div className="scroll">
        {audit.broken.map((broken) => (
          <p key={broken.domain} className="note" data-testid="broken-path">
            <Icon of={TriangleAlert} className="c-warning" />
            <span className="grow">
              <SafeText text={broken.sentence} />
            </span>
            <LinkButton onClick={() => navigate(to.domains(broken.domain))}>Open it</LinkButton>
          </p>
        ))}
        {audit.leftovers.length === 0 ? (
          <Empty title="Nothing is left behind">
            <p>Every tagged sub-interface, bridge domain and fabric attachment of the records carries a service.</p>
          </Empty>
        ) : (
          <table className="tb" aria-label="Leftovers">
            <colgroup>
              <col style={{ width: 132 }} />
              <col style={{ width: 152 }} />
              <col style={{ width: 220 }} />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th>Device</th>
                <th>Kind</th>
                <th>Object</th>
                <th>What it is</th>
              </tr>
            </thead>
            <tbody>
              {audit.leftovers.map((leftover) => (
                <Row key={`${leftover.device} ${leftover.sentence}`} leftover={leftover} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      <RollbackStrip
        sentence={
          audit.lines === 0
            ? "Nothing can be removed, so nothing is to be rolled back."
            : `A clean-up is a deployment like any other: ${plural(audit.lines, "line")} on ${plural(audit.devicesToClean, "device")}, its way back proven before it runs.`
        }
      >
        <Button
          look="ink"
          icon={FileSearch}
          keys="Ctrl Enter"
          disabled={!possible}
          onClick={open}
          data-testid="plan-clean-up"
        >
          Plan the clean-up
        </Button>
      </RollbackStrip>
    </section>
  );
}

function Row({ leftover }: { leftover: LeftoverView }) {
  return (
    <tr data-testid="leftover" data-kind={leftover.kind} data-device={leftover.device}>
      <td className="med">{leftover.device}</td>
      <td className="muted">{KIND[leftover.kind] ?? leftover.kind}</td>
      <td className="mono selectable">
        <SafeText text={leftover.interface ?? leftover.domain ?? ""} />
      </td>
      <td title={leftover.kept ?? leftover.sentence}>
        {leftover.kept === null ? (
          <>
            <Icon of={Check} className="faint" /> <SafeText text={leftover.sentence} />
          </>
        ) : (
          <span className="muted">
            <SafeText text={`${leftover.sentence} ${leftover.kept}`} />
          </span>
        )}
      </td>
    </tr>
  );
}
