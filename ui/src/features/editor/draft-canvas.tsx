import { Plus } from "lucide-react";
import type { ChangeSign, DraftRow, DraftView } from "@/api";
import { IconButton } from "@/components/button";
import { type GraphNode, type GraphPort, ServiceGraph } from "@/components/service-graph";
import { plural } from "@/lib/format";
import type { Preview } from "./picking";

export interface DraftCanvasProps {
  view: DraftView;
  preview: Preview | null;
  tall: boolean;
  onPick: (device: string) => void;
  onAttach: (device: string, port: string) => void;
}

/** The draft as a picture: what is added, removed and derived, and the port that would be added. */
export function DraftCanvas({ view, preview, tall, onPick, onAttach }: DraftCanvasProps) {
  return (
    <div
      className={tall ? "grow" : ""}
      style={{ height: tall ? undefined : 252, flex: tall ? 1 : "none", minHeight: 0 }}
    >
      <ServiceGraph
        label={`Canvas of ${view.domain}`}
        nodes={draftGraph(view, preview)}
        links={view.links.map((link) => ({ upper: link.upper, lower: link.lower, sign: link.sign }))}
        maxPorts={tall ? 16 : 4}
        onDropPort={onAttach}
        actions={(node) =>
          node.tier === "leaf" && (
            <IconButton
              icon={Plus}
              label={`Add a port of ${node.device}`}
              keys="A"
              onClick={() => onPick(node.device)}
            />
          )
        }
      />
    </div>
  );
}

export function draftGraph(view: DraftView, preview: Preview | null): GraphNode[] {
  const nodes = view.devices.map((device): GraphNode => {
    const rows = view.rows.filter((row) => row.device === device.device);
    const sign = nodeSign(rows);
    const note = nodeNote(rows, sign);
    return {
      device: device.device,
      tier: device.tier,
      under: device.under,
      sign,
      ...(note === null ? {} : { note }),
      ports: [...rows.filter((row) => !row.derived).map(portOf), ...previewPort(device.device, preview)],
    };
  });
  if (preview !== null && !nodes.some((node) => node.device === preview.device))
    nodes.push({
      device: preview.device,
      tier: "leaf",
      under: null,
      sign: "added",
      note: "new here",
      ports: previewPort(preview.device, preview),
    });
  return nodes;
}

function previewPort(device: string, preview: Preview | null): GraphPort[] {
  if (preview?.device !== device) return [];
  return [{ id: "preview", text: preview.interface, sign: "added", note: "preview", preview: true }];
}

function portOf(row: DraftRow): GraphPort {
  const text = (row.after ?? row.before)?.interface ?? "";
  const was =
    row.sign === "changed" && row.before !== null && row.before.interface !== text ? row.before.interface : null;
  return { id: row.id, text, sign: row.sign, ...(was === null ? {} : { was }) };
}

function nodeSign(rows: readonly DraftRow[]): ChangeSign {
  if (rows.length > 0 && rows.every((row) => row.sign === "added")) return "added";
  if (rows.length > 0 && rows.every((row) => row.sign === "removed")) return "removed";
  return "same";
}

function nodeNote(rows: readonly DraftRow[], sign: ChangeSign): string | null {
  if (sign === "added") return rows.every((row) => row.derived) ? "derived" : "new here";
  if (sign === "removed") return "leaves";
  const count = (of: ChangeSign, derived: boolean) =>
    rows.filter((row) => row.sign === of && row.derived === derived).length;
  const added = count("added", false);
  const removed = count("removed", false);
  const changed = count("changed", false);
  const derived = rows.filter((row) => row.derived && row.sign !== "same").length;
  const words = [
    added > 0 ? `${added} added` : "",
    removed > 0 ? `${removed} removed` : "",
    changed > 0 ? `${changed} changed` : "",
    added + removed + changed === 0 && derived > 0
      ? `${plural(derived, "line")} derived`.replace(/lines?/u, "attachment")
      : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? null : words.join(", ");
}
