import { Check, CircleX, TriangleAlert, Undo2, X } from "lucide-react";
import { useState } from "react";
import type { DraftView, Finding, PortRow } from "@/api";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { SectionHead, SeverityIcon, Sign } from "@/components/marks";
import { Empty } from "@/components/region";
import { type Tab, Tabs } from "@/components/tabs";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";
import { type Picking, type Preview } from "./picking";
import { PortPicker } from "./port-picker";

type TabId = "ports" | "lines" | "rollback";

export interface LivePanelProps {
  view: DraftView;
  picking: Picking | null;
  preview: Preview | null;
  onPreview: (row: PortRow | null) => void;
  onPicking: (picking: Picking | null) => void;
  onAttach: (device: string, port: string, keepOpen?: boolean) => void;
  onRemove: (device: string, name: string) => void;
  onClose: (() => void) | null;
}

/** What follows from the draft, on every edit: validation, changes, exact lines, rollback lines, impact. */
export function LivePanel(props: LivePanelProps) {
  const { view, picking } = props;
  const [chosen, setChosen] = useState<TabId>("lines");
  const tab: TabId = picking !== null ? "ports" : chosen === "ports" ? "lines" : chosen;
  const forward = view.lines.reduce((sum, device) => sum + device.forward.length, 0);
  const reverse = view.lines.reduce((sum, device) => sum + device.reverse.length, 0);
  const tabs: Tab<TabId>[] = [
    { id: "lines", label: "Lines", count: forward },
    { id: "rollback", label: "Rollback lines", count: reverse },
  ];
  if (picking !== null) tabs.unshift({ id: "ports", label: `Ports of ${picking.device}` });
  return (
    <>
      {props.onClose !== null && (
        <div className="pane-head">
          <h2>Live</h2>
          <span className="muted t12">follows every edit</span>
          <span className="grow" />
          <IconButton icon={X} label="Close the live panel" onClick={props.onClose} />
        </div>
      )}
      <Validation findings={view.findings} />
      <Changes view={view} preview={props.preview} onRemove={props.onRemove} />
      <Tabs<TabId>
        label="Lines and ports"
        value={tab}
        tabs={tabs}
        onChange={(next) => {
          if (next !== "ports") props.onPicking(null);
          setChosen(next);
        }}
        end={picking !== null && <kbd>Esc</kbd>}
      >
        {tab === "ports" && picking !== null && (
          <PortPicker draft={view.id} picking={picking} onPreview={props.onPreview} onAttach={props.onAttach} />
        )}
        {tab !== "ports" && <LinesByDevice view={view} side={tab === "lines" ? "forward" : "reverse"} />}
      </Tabs>
      <Impact view={view} />
    </>
  );
}

function Validation({ findings }: { findings: readonly Finding[] }) {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.filter((finding) => finding.severity === "warning").length;
  return (
    <div className="sec live-sec" data-testid="validation" data-errors={errors} aria-live="polite">
      <SectionHead
        title="Validation"
        note="live, on the record"
        end={
          errors === 0 ? (
            <span className="st c-ok">
              <Icon of={Check} /> no errors
            </span>
          ) : (
            <span className="st c-danger">
              <Icon of={CircleX} /> {plural(errors, "error")}
            </span>
          )
        }
      />
      {errors === 0 && warnings > 0 && (
        <span className="sr-only">
          <Icon of={TriangleAlert} />
          {plural(warnings, "warning")}
        </span>
      )}
      <div className="findings">
        {findings.map((finding) => (
          <div
            key={`${finding.code} ${finding.device ?? ""} ${finding.object ?? ""}`}
            className="v"
            data-code={finding.code}
          >
            <SeverityIcon kind={finding.severity} />
            <span className="selectable" tabIndex={-1} data-finding={finding.severity === "error" ? "" : undefined}>
              <SafeText text={finding.sentence} />
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Changes({ view, preview, onRemove }: Pick<LivePanelProps, "view" | "preview" | "onRemove">) {
  const derived = view.changes.filter((change) => change.derived).length;
  const own = view.changes.length - derived;
  return (
    <div className="sec live-sec" data-testid="live-changes">
      <SectionHead title="Changes" note={`${own} by you, ${derived} derived`} />
      {view.changes.length === 0 && preview === null && (
        <p className="muted t12">None yet. Press A to add a port, or remove one in the form.</p>
      )}
      <div className="changes">
        {preview !== null && (
          <div className="chg-row">
            <Sign kind="added" />
            <span className="med">{preview.device}</span>
            <span className="mono ell">{preview.interface}</span>
            <span className="faint t11">preview</span>
          </div>
        )}
        {view.changes.map((change) => (
          <div key={change.id} className={`chg-row ${change.derived ? "muted" : ""}`} title={change.sentence}>
            <Sign kind={change.sign} />
            <span className="med">{change.device}</span>
            <span className="mono ell">
              {change.included ? (
                <SafeText text={change.object} />
              ) : (
                <s>
                  <SafeText text={change.object} />
                </s>
              )}
            </span>
            <span className="faint t11">
              {change.derived ? "derived" : change.included ? "" : "left out"}
              {!change.derived && change.sign === "added" && (
                <IconButton
                  icon={Undo2}
                  label={`Take back ${change.object} on ${change.device}`}
                  onClick={() => onRemove(change.device, change.object)}
                />
              )}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function LinesByDevice({ view, side }: { view: DraftView; side: "forward" | "reverse" }) {
  if (view.lines.length === 0)
    return (
      <Empty title="No lines">
        <p>
          {view.changes.length === 0
            ? "The draft equals the record. Each edit shows here exactly what would be sent."
            : "No line is sent while validation has errors. Mend them, and the lines are here."}
        </p>
      </Empty>
    );
  return (
    <div className="scroll" data-testid={`live-${side}`}>
      {view.lines.map((device) => (
        <div key={device.device}>
          <div className="dev-h">
            <span className="name">{device.device}</span>
            <span className="faint">{plural(device[side].length, "line")}</span>
            <span className="grow" />
            <CopyLines lines={device[side]} label={`Copy the lines of ${device.device}`} />
          </div>
          <CliLines lines={device[side]} label={`Lines of ${device.device}`} />
        </div>
      ))}
    </div>
  );
}

function Impact({ view }: { view: DraftView }) {
  const { impact } = view;
  return (
    <div className="blast" data-testid="impact">
      <div>
        <b>{impact.devices}</b>
        {impact.devices === 1 ? "device" : "devices"} of {impact.devicesTotal}
      </div>
      <div>
        <b>{impact.services.length}</b>
        {impact.services.length === 1 ? "service" : "services"}
      </div>
      <div title={impact.traffic ?? undefined}>
        <b>{impact.accessAdded + impact.accessRemoved + impact.accessChanged}</b>
        access changed
      </div>
      <div title={impact.othersOnPorts.join("\n")}>
        <b>{impact.othersOnPorts.length}</b>
        others on the ports
      </div>
    </div>
  );
}
