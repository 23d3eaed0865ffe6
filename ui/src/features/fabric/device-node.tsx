import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { GitCompareArrows, WifiOff } from "lucide-react";
import { memo } from "react";
import type { FabricNode } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { Icon } from "@/components/icon";
import { age, plural } from "@/lib/format";

export type DeviceNodeType = Node<
  {
    node: FabricNode;
    /** Open drift events. */
    drift: number;
    lit: boolean;
    selected: boolean;
    ports: readonly { interface: string; tag: string | null }[];
  },
  "device"
>;

/** A device on the map: name, bridge domains, age of its record; a mark only when something differs. */
export const DeviceNode = memo(function DeviceNode({ data }: NodeProps<DeviceNodeType>) {
  const { node, drift, lit, selected, ports } = data;
  const now = useNowCoarse();
  const old = node.lastRead === null ? "never" : age(new Date(node.lastRead), now);
  const leaf = node.tier !== "spine" && node.tier !== "superspine";
  const marks = (
    <>
      {drift > 0 && (
        <span className="st c-drift">
          <Icon of={GitCompareArrows} size={12} />
          {drift}
        </span>
      )}
      {!node.reachable && (
        <span className="c-unknown" role="img" aria-label="no answer">
          <Icon of={WifiOff} />
        </span>
      )}
      {node.reachable && <i className="up" />}
    </>
  );
  return (
    <div
      className={`fnode ${leaf ? "leaf" : "spine"} ${lit ? "lit" : ""} ${node.reachable ? "" : "gone"} ${selected ? "sel" : ""}`}
      data-testid={`node-${node.device}`}
      data-lit={lit}
    >
      <Handle type="target" position={leaf ? Position.Left : Position.Top} isConnectable={false} />
      <div className="row head">
        <b>{node.device}</b>
        <span className="grow" />
        {leaf && (
          <>
            <span className="cnt">{node.domains}</span>
            <span className="cnt faint">{old}</span>
          </>
        )}
        {marks}
      </div>
      {!leaf && (
        <div className="sub">
          {node.tier} <i /> {plural(node.domains, "BD")} <i /> {old}
        </div>
      )}
      {ports.map((port) => (
        <div key={port.interface} className="att">
          <span className="mono">{port.interface}</span>
          <span className="grow" />
          {port.tag !== null && (
            <span className="tag lit" title={port.tag}>
              {port.tag}
            </span>
          )}
        </div>
      ))}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
});
