import { Suspense, lazy } from "react";
import { Empty, Loading } from "@/components/region";
import { Button } from "@/components/button";
import { DeploymentsScreen } from "@/features/deployments/deployments-screen";
import { DevicesScreen } from "@/features/devices/devices-screen";
import { DomainsScreen } from "@/features/domains/domains-screen";
import { DriftScreen } from "@/features/drift/drift-screen";
import { EditorScreen } from "@/features/editor/editor-screen";
import { LeftoversScreen } from "@/features/leftovers/leftovers-screen";
import { SettingsScreen } from "@/features/settings/settings-screen";
import { SnapshotsScreen } from "@/features/snapshots/snapshots-screen";
import { ChangesStep } from "@/features/wizard/changes-step";
import { ExecutionStep } from "@/features/wizard/execution-step";
import { PlanStep } from "@/features/wizard/plan-step";
import { ValidationStep } from "@/features/wizard/validation-step";
import { navigate, usePlace } from "./router";

/** The map and what draws it come when it is first opened. */
const FabricScreen = lazy(() => import("@/features/fabric/fabric-screen"));

/** Which screen a place shows. */
export function Screen() {
  const { segments } = usePlace();
  const [section = "domains", object, part] = segments;
  switch (section) {
    case "fabric":
      if (object === "leftovers") return <LeftoversScreen />;
      return (
        <Suspense fallback={<Loading noun="the fabric" />}>
          <FabricScreen />
        </Suspense>
      );
    case "domains":
      return <DomainsScreen domain={object ?? null} />;
    case "drafts":
      if (object === undefined) break;
      return part === "changes" ? (
        <ChangesStep key={object} draft={object} />
      ) : (
        <EditorScreen key={object} draft={object} />
      );
    case "plans":
      if (object === undefined) break;
      return <PlanStep key={object} hash={object} />;
    case "deployments": {
      const id = Number(object);
      if (part === "execution" && Number.isInteger(id)) return <ExecutionStep key={id} deployment={id} />;
      if (part === "validation" && Number.isInteger(id)) return <ValidationStep key={id} deployment={id} />;
      return <DeploymentsScreen deployment={object === undefined || !Number.isInteger(id) ? null : id} />;
    }
    case "drift":
      return <DriftScreen part={object ?? null} />;
    case "snapshots":
      return <SnapshotsScreen />;
    case "devices":
      return <DevicesScreen device={object ?? null} />;
    case "settings":
      return <SettingsScreen section={object ?? null} />;
    default:
      break;
  }
  return (
    <Empty title="There is nothing at this place">
      <Button look="ink" onClick={() => navigate("/domains")}>
        Open Bridge domains
      </Button>
    </Empty>
  );
}
