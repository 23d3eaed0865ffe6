import type { DragEvent, ReactNode } from "react";
import { useMemo, useRef } from "react";
import { type LayoutNode, elbow, layoutTiers, tierRank } from "@/lib/graph-layout";
import { type ChangeSign, Sign } from "./marks";
import { useWidth } from "./use-width";

export interface GraphPort {
  id: string;
  text: string;
  /** Old text, struck, before an arrow. */
  was?: string;
  sign: ChangeSign;
  note?: string;
  preview?: boolean;
}
export interface GraphNode {
  device: string;
  tier: string;
  under: string | null;
  sign: ChangeSign;
  note?: string;
  /** Colour of the note; the colour of the node when it has none. */
  tone?: ChangeSign;
  ports: readonly GraphPort[];
  /** Stands here only because of a port that is being considered. */
  preview?: boolean;
}
export interface GraphLink {
  upper: string;
  lower: string;
  sign: ChangeSign;
  tag?: string | null;
  broken?: boolean;
}

export interface ServiceGraphProps {
  label: string;
  nodes: readonly GraphNode[];
  links: readonly GraphLink[];
  /** Small for panes and comparisons, normal for the canvas. */
  small?: boolean;
  /** Hairlines instead of the lit path, for comparisons. */
  quiet?: boolean;
  selected?: string | null;
  onSelect?: (device: string) => void;
  onDropPort?: (device: string, port: string) => void;
  actions?: (node: GraphNode) => ReactNode;
  maxPorts?: number;
  /**
   * As high as what it shows and one port more, at most this; without it, it fills its place. A port that is being
   * considered takes the room kept for it, so that nothing below moves while a person aims at it.
   */
  limit?: number;
}

const METRICS = {
  small: { head: 22, port: 16, char: 6.7, pad: 38, min: 82, gapX: 14, gapY: 34, margin: 12 },
  normal: { head: 28, port: 22, char: 6.9, pad: 60, min: 132, gapX: 28, gapY: 42, margin: 16 },
};

/** The devices of one service in their tiers, with its attachments: one picture in detail, editor and wizard. */
export function ServiceGraph(props: ServiceGraphProps) {
  const { nodes, links, small, onSelect, onDropPort, maxPorts = 8 } = props;
  const m = METRICS[small === true ? "small" : "normal"];
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const shown = useMemo(
    () =>
      nodes.map((node) => ({
        node,
        ports: node.ports.slice(0, maxPorts),
        hidden: Math.max(0, node.ports.length - maxPorts),
      })),
    [nodes, maxPorts],
  );
  const [layout, settled] = useMemo(() => {
    const input = shown.map(({ node, ports, hidden }): LayoutNode => {
      const texts = ports.map(
        (p) => p.text.length + (p.was === undefined ? 0 : p.was.length + 3) + (p.note?.length ?? 0),
      );
      const longest = Math.max(node.device.length + (node.note?.length ?? 0) + 2, ...texts);
      return {
        id: node.device,
        tier: node.tier,
        under: node.under,
        width: Math.max(m.min, Math.round(longest * m.char + m.pad)),
        height: m.head + (ports.length + (hidden > 0 ? 1 : 0)) * m.port,
      };
    });
    const without = shown.flatMap(({ node, ports }, at) => {
      const placed = input[at];
      if (placed === undefined || node.preview === true) return [];
      const considered = ports.filter((port) => port.preview === true).length;
      return [{ ...placed, height: placed.height - considered * m.port }];
    });
    return [layoutTiers(input, m.gapX, m.gapY), layoutTiers(without, m.gapX, m.gapY)];
  }, [shown, m]);
  const fit = (content: number) => (width === 0 ? 1 : Math.max(0.6, Math.min(1, width / (content + 2 * m.margin))));
  const full = layout.width + 2 * m.margin;
  const scale = fit(layout.width);
  const left = width === 0 ? m.margin : Math.max(m.margin, (width / scale - layout.width) / 2);
  const height = (settled.height + m.port + 2 * m.margin) * fit(settled.width);
  return (
    <div
      ref={frame}
      className="canvas-bg"
      style={{ overflow: "auto", height: props.limit === undefined ? "100%" : Math.min(height, props.limit) }}
    >
      <div
        role="group"
        aria-label={props.label}
        style={{
          position: "relative",
          width: Math.max(full, width / scale),
          height: layout.height + 2 * m.margin,
          transform: `scale(${scale})`,
          transformOrigin: "0 0",
        }}
      >
        <svg
          className={`svc-graph ${props.quiet === true ? "quiet" : ""}`}
          width="100%"
          height="100%"
          style={{ position: "absolute", inset: 0, overflow: "visible" }}
          aria-hidden
        >
          <g transform={`translate(${left} ${m.margin})`}>
            {links.map((link) => {
              const a = layout.nodes.get(link.upper);
              const b = layout.nodes.get(link.lower);
              if (a === undefined || b === undefined) return null;
              const mates = links
                .filter((other) => other.upper === link.upper && layout.nodes.has(other.lower))
                .sort((p, q) => (layout.nodes.get(p.lower)?.x ?? 0) - (layout.nodes.get(q.lower)?.x ?? 0));
              const shift =
                (mates.indexOf(link) - (mates.length - 1) / 2) * Math.min(12, 48 / Math.max(1, mates.length));
              const look = link.broken === true ? "broken" : link.sign === "same" ? "" : link.sign;
              return <path key={`${link.upper}-${link.lower}`} className={look} d={elbow(a, b, shift, 0)} />;
            })}
          </g>
        </svg>
        {small === true && props.quiet !== true && (
          <LinkTags links={links} layout={layout} left={left} top={m.margin} />
        )}
        {shown.map(({ node, ports, hidden }) => {
          const at = layout.nodes.get(node.device);
          if (at === undefined) return null;
          return (
            <div
              key={node.device}
              className={`nd ${small === true ? "small" : ""} ${props.quiet === true ? "quiet" : ""} ${node.sign} ${
                props.selected === node.device ? "sel" : ""
              }`}
              style={{ left: left + at.x, top: m.margin + at.y, width: at.width }}
              data-tier={tierRank(node.tier)}
              {...(onSelect === undefined
                ? {}
                : { role: "button", tabIndex: 0, "aria-label": `Device ${node.device}` })}
              aria-pressed={onSelect === undefined ? undefined : props.selected === node.device}
              onClick={() => onSelect?.(node.device)}
              onKeyDown={(event) => {
                if (onSelect !== undefined && event.key === "Enter") onSelect(node.device);
              }}
              {...(onDropPort === undefined ? {} : dropTarget(node.device, onDropPort))}
            >
              <div className="h" style={{ height: m.head - 2 }}>
                {node.device}
                {node.note !== undefined && (
                  <span className={`der ${signColour(node.tone ?? node.sign)}`}>{node.note}</span>
                )}
                <span className="grow" />
                {props.actions?.(node)}
              </div>
              {ports.map((port) => (
                <div
                  key={port.id}
                  className={`p ${port.sign} ${port.preview === true ? "drop" : ""}`}
                  style={{ height: m.port }}
                >
                  <Sign kind={port.sign} />
                  {port.was !== undefined && <s>{port.was}</s>}
                  {port.sign === "removed" ? <s>{port.text}</s> : <span>{port.text}</span>}
                  <span className="grow" />
                  {port.note !== undefined && <span className="der">{port.note}</span>}
                </div>
              ))}
              {hidden > 0 && (
                <div className="p faint" style={{ height: m.port }}>
                  and {hidden} more
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function LinkTags({
  links,
  layout,
  left,
  top,
}: {
  links: readonly GraphLink[];
  layout: ReturnType<typeof layoutTiers>;
  left: number;
  top: number;
}) {
  return (
    <>
      {links.map((link) => {
        const b = layout.nodes.get(link.lower);
        if (b === undefined || link.tag == null || link.tag.length > 12) return null;
        return (
          <span
            key={`${link.upper}-${link.lower}`}
            className={`tag ${link.broken === true ? "" : "lit"}`}
            style={{
              position: "absolute",
              left: left + b.x + b.width / 2 + 5,
              top: top + b.y - 19,
              height: 16,
              lineHeight: "14px",
            }}
          >
            {link.tag}
          </span>
        );
      })}
    </>
  );
}

function signColour(sign: ChangeSign): string {
  return sign === "same" ? "" : `c-${sign}`;
}

function dropTarget(device: string, onDropPort: (device: string, port: string) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(`application/x-port-${device.toLowerCase()}`)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      onDropPort(device, event.dataTransfer.getData("text/plain"));
    },
  };
}
