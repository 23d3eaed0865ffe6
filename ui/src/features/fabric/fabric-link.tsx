import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { TriangleAlert } from "lucide-react";
import type { FabricEdge } from "@/api";
import { Icon } from "@/components/icon";

export type FabricLinkType = Edge<
  {
    link: FabricEdge;
    lane: number;
    toLeaf: boolean;
    state: "plain" | "lit" | "broken";
    tag: string | null;
  },
  "link"
>;

const RADIUS = 6;
const LEAF_LANE = 12;

function corner(x1: number, y1: number, x2: number, y2: number, mid: number): string {
  const dx = x2 - x1;
  if (Math.abs(dx) < 1) return `M${x1} ${y1}V${y2}`;
  const r = Math.min(RADIUS, Math.abs(dx) / 2);
  const s = Math.sign(dx);
  return `M${x1} ${y1}V${mid - r}Q${x1} ${mid} ${x1 + s * r} ${mid}H${x2 - s * r}Q${x2} ${mid} ${x2} ${mid + r}V${y2}`;
}

/** From a spine down its left edge to a leaf: one trunk, a branch for each leaf. */
function branch(sourceX: number, sourceY: number, targetX: number, targetY: number): string {
  const trunk = Math.min(sourceX, targetX - LEAF_LANE);
  return `M${trunk} ${sourceY}V${targetY - RADIUS}Q${trunk} ${targetY} ${trunk + RADIUS} ${targetY}H${targetX}`;
}

/** A link as an orthogonal line; lit when it carries the service, with its bundle and members beside it. */
export function FabricLink({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<FabricLinkType>) {
  if (data === undefined) return null;
  const { link, lane, toLeaf, state, tag } = data;
  const path = toLeaf
    ? branch(targetX - LEAF_LANE, sourceY, targetX, targetY)
    : corner(sourceX + (lane - 1) * 10, sourceY, targetX, targetY, sourceY + 24 + (lane % 2) * 10);
  const down = link.membersUp < link.members;
  return (
    <>
      <BaseEdge id={id} path={path} className={`flink ${state} ${link.lldp ? "" : "no-lldp"}`} interactionWidth={0} />
      {(!toLeaf || state === "broken" || down) && (
        <EdgeLabelRenderer>
          <div
            className="flabel"
            style={{
              transform: toLeaf
                ? `translate(${targetX - LEAF_LANE - 17}px, ${targetY - 9}px)`
                : `translate(${targetX + 6}px, ${targetY - 40}px)`,
            }}
          >
            {!toLeaf && (
              <div>
                <span className="mono">{link.upperInterface}</span>{" "}
                {down ? (
                  <span className="c-warning">
                    <Icon of={TriangleAlert} size={12} /> {link.membersUp}/{link.members}
                  </span>
                ) : (
                  `${link.membersUp}/${link.members}`
                )}
              </div>
            )}
            {toLeaf && down && (
              <span className="c-warning" title={`${link.membersUp} of ${link.members} members up`}>
                <Icon of={TriangleAlert} size={12} />
              </span>
            )}
            {!toLeaf && tag !== null && <span className={`tag ${state === "lit" ? "lit" : "miss"}`}>{tag}</span>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
