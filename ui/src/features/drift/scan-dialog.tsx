import { useEffect, useRef, useState } from "react";
import {
  type ScanAction,
  type ScanReport,
  useCleanUpPlan,
  useDriftLeave,
  useDriftOverride,
  useDriftSync,
  useScan,
} from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { Segmented } from "@/components/choice";
import { Dialog } from "@/components/dialog";
import { Running } from "@/components/marks";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { listWords } from "@/lib/format";
import { ScannedDeviceRows } from "./scan-rows";
import "./scan-dialog.css";

/** Devices beside the records, row by row, and what can be done about each difference. */
export function ScanDialog() {
  const devices = useShell((shell) => shell.scanning);
  const close = useShell((shell) => shell.endScan);
  return devices === null ? null : <Scanning key={devices.join(" ")} devices={devices} onClose={close} />;
}

function Scanning({ devices, onClose }: { devices: readonly string[]; onClose: () => void }) {
  const { mutate, data, error, isPending } = useScan();
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current) mutate(devices);
    begun.current = true;
  }, [mutate, devices]);
  const [all, setAll] = useState(false);
  const acts = useActions(() => mutate(devices), onClose);
  const trouble = error ?? acts.error;
  return (
    <Dialog
      title={<SafeText text={`Scan ${listWords(devices)}`} />}
      description="Devices are read and shown beside the records. Nothing is sent, and no record changes."
      width={1040}
      onClose={onClose}
      testId="scan-report"
    >
      {trouble && <RegionError error={trouble} />}
      {isPending && (
        <p className="row t12 muted sc-line" role="status">
          <Running /> Reading {listWords(devices)}
        </p>
      )}
      {data && (
        <>
          <Summary report={data} all={all} onAll={setAll} />
          <div className="sc-report">
            {data.devices.map((device) => (
              <ScannedDeviceRows key={device.device} device={device} all={all} busy={acts.busy} onAct={acts.act} />
            ))}
          </div>
        </>
      )}
      <div className="b row" style={{ justifyContent: "flex-end" }}>
        <Button disabled={isPending || acts.busy} onClick={() => mutate(devices)} data-testid="scan-again">
          Scan again
        </Button>
        <Button look="ink" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}

function Summary(props: { report: ScanReport; all: boolean; onAll: (all: boolean) => void }) {
  return (
    <div className="row sc-line">
      <p className="med grow" data-testid="scan-sentence">
        <SafeText text={props.report.sentence} />
      </p>
      <Segmented
        small
        label="Rows"
        value={props.all ? "all" : "differs"}
        options={[
          { value: "differs", label: "What differs" },
          { value: "all", label: "All" },
        ]}
        onChange={(value) => props.onAll(value === "all")}
      />
    </div>
  );
}

/** Does what is recommended. What is only local is done at once and seen in a new scan; what would send opens its plan. */
function useActions(scanAgain: () => void, onClose: () => void) {
  const sync = useDriftSync();
  const leave = useDriftLeave();
  const override = useDriftOverride();
  const cleanUp = useCleanUpPlan();
  const calls = [sync, leave, override, cleanUp];
  const go = (place: string) => {
    navigate(place);
    onClose();
  };
  const review = { onSuccess: (plan: { hash: string }) => go(to.plan(plan.hash)) };
  const act = (action: ScanAction) => {
    for (const call of calls) call.reset();
    switch (action.what) {
      case "sync":
        sync.mutate({ ids: action.events, why: null }, { onSuccess: scanAgain });
        break;
      case "leave":
        leave.mutate({ ids: action.events, why: null }, { onSuccess: scanAgain });
        break;
      case "override":
        override.mutate({ ids: action.events, why: null }, review);
        break;
      case "clean-up":
        cleanUp.mutate([action.device], review);
        break;
      case "open-domain":
        go(to.domains(action.domain));
        break;
    }
  };
  const unread = sync.data?.failed[0]?.error;
  return {
    act,
    busy: calls.some((call) => call.isPending),
    error: sync.error ?? leave.error ?? override.error ?? cleanUp.error ?? unread ?? null,
  };
}
