import { useEffect, useRef } from "react";
import { type SyncReport, type SyncTarget, type SyncedDevice, useSyncTarget } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, LinkButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Running } from "@/components/marks";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { SeverityBars } from "./severity";
import "./sync-dialog.css";

/** Reads what is meant and takes it as it is; then tells object by object what came of it. */
export function SyncDialog() {
  const target = useShell((shell) => shell.syncing);
  const close = useShell((shell) => shell.endSync);
  return target === null ? null : <Syncing key={JSON.stringify(target)} target={target} onClose={close} />;
}

function Syncing({ target, onClose }: { target: SyncTarget; onClose: () => void }) {
  const { mutate, data, error, isPending } = useSyncTarget();
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current) mutate(target);
    begun.current = true;
  }, [mutate, target]);
  return (
    <Dialog
      title={<SafeText text={titleOf(target)} />}
      description="Devices are read, and what they hold of it becomes what is expected. Nothing is sent."
      width={640}
      onClose={onClose}
      testId="sync-report"
    >
      {error && <RegionError error={error} />}
      {isPending && (
        <p className="row t12 muted sy-wait">
          <Running /> Reading
        </p>
      )}
      {data && <Report report={data} onClose={onClose} />}
      <div className="b row" style={{ justifyContent: "flex-end" }}>
        <Button look="ink" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}

function titleOf(target: SyncTarget): string {
  if (target.what === "domain") return `Discover and sync ${target.domain}`;
  if (target.what === "interfaces") return `Discover and sync ${target.pattern}`;
  const devices = target.devices ?? [];
  return `Discover and sync ${devices.length === 0 ? "all devices" : devices.join(", ")}`;
}

function Report({ report, onClose }: { report: SyncReport; onClose: () => void }) {
  return (
    <div className="sy-report">
      <p className="med sy-sum" data-testid="sync-sentence">
        <SafeText text={report.sentence} />
      </p>
      {report.devices.map((device) => (
        <Device key={device.device} device={device} onClose={onClose} />
      ))}
    </div>
  );
}

const OUTCOME = {
  added: { word: "added", look: "c-added" },
  updated: { word: "updated", look: "c-changed" },
  removed: { word: "removed", look: "c-removed" },
  left: { word: "left open", look: "muted" },
} as const;

function Device({ device, onClose }: { device: SyncedDevice; onClose: () => void }) {
  const open = (id: number) => {
    navigate(to.drift(id));
    onClose();
  };
  return (
    <section className="sy-device" aria-label={device.device}>
      <p className="row">
        <b className="med">{device.device}</b>
        <span className="grow" />
        <span className="muted t12">
          {device.error === null ? `${device.unchanged} as recorded` : "not read, so nothing is known of it"}
        </span>
      </p>
      {device.error !== null && (
        <p className="t12 c-danger">
          <SafeText text={device.error.sentence} />
        </p>
      )}
      {device.objects.map(({ event, outcome }) => (
        <p key={event.id} className="row t12">
          <span className={`sy-word ${OUTCOME[outcome].look}`}>{OUTCOME[outcome].word}</span>
          <span className="mono ell">
            <SafeText text={event.object} />
          </span>
          <span className="grow" />
          <span className="muted">{event.title}</span>
        </p>
      ))}
      {device.beside.map((event) => (
        <p key={event.id} className="row t12">
          <span className="sy-word c-drift">still open</span>
          <SeverityBars severity={event.severity} />
          <span className="mono ell">
            <SafeText text={event.object} />
          </span>
          <span className="grow" />
          <LinkButton onClick={() => open(event.id)}>Decide it</LinkButton>
        </p>
      ))}
    </section>
  );
}
