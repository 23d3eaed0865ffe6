import { ChevronDown, ChevronRight, CornerDownRight, Lock, Plus, Undo2, X } from "lucide-react";
import { useState } from "react";
import { type ChangeSign, type DraftRow, type DraftView, type PortRow, useDraftStep } from "@/api";
import { useShell } from "@/app/store";
import { Button, IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Sign } from "@/components/marks";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";
import { PortField } from "./port-field";
import type { Picking, Preview } from "./picking";
import { VlanDialog } from "./vlan-dialog";

export interface AttachmentTableProps {
  view: DraftView;
  picking: Picking | null;
  preview: Preview | null;
  previewed: PortRow | null;
  busy: boolean;
  onPicking: (picking: Picking | null) => void;
  onPick: (device: string | null) => void;
  onAttach: (device: string, port: string, keepOpen?: boolean) => void;
  onRemove: (device: string, name: string) => void;
}

const EDGE: Record<ChangeSign, string> = { added: "a", removed: "r", changed: "c", same: "" };

/** The draft as a form: one row per attachment by device, before and after merged. */
export function AttachmentTable(props: AttachmentTableProps) {
  const { view, picking } = props;
  const [vlanOpen, setVlanOpen] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const quiet = view.rows.filter((row) => row.derived && row.sign === "same");
  const shown = unfolded ? view.rows : view.rows.filter((row) => !quiet.includes(row));
  const devices = [...new Set([...shown.map((row) => row.device), ...(picking === null ? [] : [picking.device])])];
  const access = view.rows.filter((row) => !row.derived && row.sign !== "removed").length;
  const fabric = view.rows.filter((row) => row.derived && row.sign !== "removed").length;
  return (
    <>
      <div className="pane-head" style={{ height: 36, borderBottom: 0 }}>
        <h2 className="t12">Attachments</h2>
        <span className="faint t12">
          {access} access, {fabric} fabric derived
        </span>
        <span className="grow" />
        <Button size="sm" icon={Plus} keys="A" onClick={() => props.onPick(null)} data-testid="add-attachment">
          Add
        </Button>
        <Button size="sm" onClick={() => setVlanOpen(true)} data-testid="change-vlan">
          Change VLAN...
        </Button>
      </div>
      <div className="scroll">
        <table className="tb grid-t" aria-label="Attachments" data-testid="attachment-table">
          <colgroup>
            <col style={{ width: 34 }} />
            <col style={{ width: 250 }} />
            <col style={{ width: 108 }} />
            <col style={{ width: 104 }} />
            <col style={{ width: 120 }} />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th aria-label="Change" />
              <th>Attachment</th>
              <th>Encapsulation</th>
              <th>VLAN</th>
              <th>Manipulation</th>
              <th aria-label="Note" />
            </tr>
          </thead>
          <tbody>
            {devices.map((device) => (
              <DeviceRows key={device} {...props} device={device} rows={shown.filter((row) => row.device === device)} />
            ))}
            {quiet.length > 0 && (
              <tr className="fold-row">
                <td>
                  <Icon of={unfolded ? ChevronDown : ChevronRight} size={12} className="faint" />
                </td>
                <td colSpan={5}>
                  <button type="button" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
                    {plural(quiet.length, "fabric attachment")} on{" "}
                    {plural(new Set(quiet.map((row) => row.device)).size, "device")}{" "}
                    {quiet.length === 1 ? "stays" : "stay"} as they are
                  </button>
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {vlanOpen && <VlanDialog view={view} onClose={() => setVlanOpen(false)} />}
    </>
  );
}

function DeviceRows(props: AttachmentTableProps & { device: string; rows: readonly DraftRow[] }) {
  const { device, rows, picking } = props;
  const under = props.view.devices.find((one) => one.device === device)?.under;
  const tier = rows[0]?.tier ?? "leaf";
  return (
    <>
      <tr className="g">
        <td />
        <td colSpan={4}>
          {device}{" "}
          <span className="faint" style={{ fontWeight: 400 }}>
            {tier}
            {under != null && `, under ${under}`}
          </span>
        </td>
        <td className="num">
          {tier === "leaf" && (
            <IconButton icon={Plus} label={`Add a port on ${device}`} onClick={() => props.onPick(device)} />
          )}
        </td>
      </tr>
      {rows
        .filter((row) => !row.derived)
        .map((row) => (
          <AttachmentRow key={row.id} row={row} {...props} />
        ))}
      {picking?.device === device && (
        <tr className="a">
          <td>
            <Sign kind="added" />
          </td>
          <td style={{ overflow: "visible" }}>
            <PortField {...props} picking={picking} />
          </td>
          <td>single tag</td>
          <td>
            <span className="ed mono">{props.view.vlan ?? ""}</span>
          </td>
          <td className="faint">none</td>
          <td className="faint">
            <span className="end">
              choosing a port
              <IconButton icon={X} label="Stop choosing a port" onClick={() => props.onPicking(null)} />
            </span>
          </td>
        </tr>
      )}
      {rows
        .filter((row) => row.derived)
        .map((row) => (
          <AttachmentRow key={row.id} row={row} {...props} />
        ))}
    </>
  );
}

function AttachmentRow({ row, busy, onRemove, view }: AttachmentTableProps & { row: DraftRow }) {
  const side = row.after ?? row.before;
  const undo = useDraftStep("undo");
  const complain = useShell((shell) => shell.complain);
  if (side === null) return null;
  const removed = row.sign === "removed";
  const lastUndone = removed && !row.derived && (view.undo?.includes(row.before?.interface ?? "\u0000") ?? false);
  const old = row.sign === "changed" ? row.before : null;
  return (
    <>
      {old !== null && (
        <tr className={`${EDGE[row.sign]} ${row.derived ? "fabric" : ""}`}>
          <td>
            <Sign kind="changed" />
          </td>
          <td className="mono">
            <s>
              <SafeText text={old.interface} />
            </s>
          </td>
          <td className="muted">{old.encapsulation}</td>
          <td className="mono muted">{old.vlan ?? "none"}</td>
          <td className="faint">{old.manipulation}</td>
          <td className="num faint">{old.macs !== null && old.macs > 0 && `${old.macs} MACs here now`}</td>
        </tr>
      )}
      <tr
        className={`${EDGE[row.sign]} ${row.derived ? "fabric" : ""}`}
        data-testid={`attachment-${row.device}-${side.interface}`}
        data-sign={row.sign}
        onKeyDown={(event) => {
          if (event.key === "Delete" && !removed && !row.derived && side.editable) onRemove(row.device, side.interface);
        }}
      >
        <td>{old === null && <Sign kind={row.sign} />}</td>
        <td className="mono">
          {old !== null && <Icon of={CornerDownRight} size={12} className="faint mr-1.5" />}
          {removed ? <s>{side.interface}</s> : <SafeText text={side.interface} />}
        </td>
        <td className={removed ? "muted" : ""}>{side.encapsulation}</td>
        <td className={`mono ${removed ? "muted" : ""}`}>{side.vlan ?? "none"}</td>
        <td className={side.manipulation === "none" ? "faint" : "mono"}>{side.manipulation}</td>
        <td className="faint">
          <span className="end">
            {row.derived ? (
              <>
                <Icon of={Lock} size={12} /> derived
              </>
            ) : removed ? (
              lastUndone ? (
                <IconButton
                  icon={Undo2}
                  label={`Keep ${side.interface}`}
                  onClick={() => undo.mutate(view.id, { onError: complain })}
                />
              ) : (
                "removed by you"
              )
            ) : (
              <>
                {row.sign === "added"
                  ? "added by you"
                  : side.macs !== null && side.macs > 0 && `${side.macs} MACs here now`}
                {side.editable || row.sign === "added" ? (
                  <IconButton
                    icon={X}
                    label={`Remove ${side.interface} on ${row.device}`}
                    keys="Del"
                    disabled={busy}
                    onClick={() => onRemove(row.device, side.interface)}
                  />
                ) : (
                  " text only"
                )}
              </>
            )}
          </span>
        </td>
      </tr>
    </>
  );
}
