import { Plus } from "lucide-react";
import { type ChangeSign, type DraftRow, type DraftView, queries, useQuery } from "@/api";
import { IconButton } from "@/components/button";
import { type GraphLink, type GraphNode, type GraphPort, ServiceGraph } from "@/components/service-graph";
import type { Preview } from "./picking";

export interface DraftCanvasProps {
  view: DraftView;
  preview: Preview | null;
  tall: boolean;
  /** The live drawer lies over its right side. */
  covered: boolean;
  onPick: (device: string) => void;
  onAttach: (device: string, port: string) => void;
}

/** The draft as a picture: what is added, removed and derived, and the port that would be added. */
export function DraftCanvas({ view, preview, tall, covered, onPick, onAttach }: DraftCanvasProps) {
  const fabric = useQuery(queries.map()).data;
  const under = fabric?.devices.find((device) => device.device === preview?.device)?.under ?? null;
  const links = view.links.map((link): GraphLink => ({ upper: link.upper, lower: link.lower, sign: link.sign }));
  if (preview !== null && under !== null && !view.devices.some((device) => device.device === preview.device))
    links.push({ upper: under, lower: preview.device, sign: "added" });
  return (
    <div
      className={`${tall ? "grow" : ""} ${covered ? "covered" : ""}`}
      style={{ flex: tall ? 1 : "none", minHeight: 0, borderBottom: "1px solid var(--line)" }}
    >
      <ServiceGraph
        label={`Canvas of ${view.domain}`}
        nodes={draftGraph(view, preview, under)}
        links={links}
        maxPorts={tall ? 16 : 5}
        {...(tall ? {} : { limit: 320 })}
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

export function draftGraph(view: DraftView, preview: Preview | null, under: string | null = null): GraphNode[] {
  const nodes = view.devices.map((device): GraphNode => {
    const rows = view.rows.filter((row) => row.device === device.device);
    const sign = nodeSign(rows);
    const [note, tone] = nodeNote(rows, sign);
    return {
      device: device.device,
      tier: device.tier,
      under: device.under,
      sign,
      ...(note === null ? {} : { note }),
      tone,
      ports: [...rows.filter((row) => !row.derived).map(portOf), ...previewPort(device.device, preview)],
    };
  });
  if (preview !== null && !nodes.some((node) => node.device === preview.device))
    nodes.push({
      device: preview.device,
      tier: "leaf",
      under,
      sign: "added",
      note: "new here",
      tone: "added",
      ports: previewPort(preview.device, preview),
      preview: true,
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

function nodeNote(rows: readonly DraftRow[], sign: ChangeSign): [string | null, ChangeSign] {
  if (sign === "added") return [rows.every((row) => row.derived) ? "derived" : "new here", "added"];
  if (sign === "removed") return ["leaves", "removed"];
  const count = (of: ChangeSign, derived: boolean) =>
    rows.filter((row) => row.sign === of && row.derived === derived).length;
  const own: [number, string, ChangeSign][] = [
    [count("added", false), "added", "added"],
    [count("removed", false), "removed", "removed"],
    [count("changed", false), "changed", "changed"],
  ];
  const present = own.filter(([n]) => n > 0);
  if (present.length > 0)
    return [
      present.map(([n, word]) => `${n} ${word}`).join(", "),
      present.length === 1 ? (present[0]?.[2] ?? "changed") : "changed",
    ];
  const derived: [number, string, ChangeSign][] = [
    [count("added", true), "+", "added"],
    [count("removed", true), "\u2212", "removed"],
    [count("changed", true), "~", "changed"],
  ];
  const moved = derived.filter(([n]) => n > 0);
  if (moved.length === 0) return [null, "same"];
  const words = moved.map(([n, sign]) => `${sign}${n}`).join(" ");
  return [`${words} derived`, moved.length === 1 ? (moved[0]?.[2] ?? "changed") : "changed"];
}
