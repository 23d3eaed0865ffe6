import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { Brush, ListFilter, Waypoints, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { type DomainDetail, type FabricMap, asCoreError, queries, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, IconButton } from "@/components/button";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { plural } from "@/lib/format";
import { DeviceNode, type DeviceNodeType } from "./device-node";
import { FabricLink, type FabricLinkType } from "./fabric-link";
import { FabricInspector } from "./fabric-inspector";
import { mapEdges, mapNodes } from "./layout";
import "./fabric.css";

const NODE_TYPES = { device: DeviceNode };
const EDGE_TYPES = { link: FabricLink };

/** The fabric in its tiers; a chosen bridge domain lights its path and attachments. */
export default function FabricScreen() {
  useCrumbs([{ label: "Fabric" }]);
  const map = useQuery(queries.map());
  const { query } = usePlace();
  const domain = query.get("domain");
  const device = query.get("device");
  const detail = useQuery(queries.domain(domain));
  const status = useQuery(queries.status());
  const inspector = useShell((shell) => shell.inspectorOpen);
  if (map.isError) return <RegionError error={asCoreError(map.error)} />;
  if (map.data === undefined) return <Loading noun="the fabric" rows={8} />;
  if (map.data.devices.length === 0)
    return (
      <Empty title="No device has been read yet">
        <p>The map is drawn from what the devices say of their neighbours.</p>
        <Button look="ink" onClick={() => navigate(to.devices())}>
          Open Devices
        </Button>
      </Empty>
    );
  const lit = domain !== null && detail.data?.row.name === domain ? detail.data : null;
  const count = (tier: string) => map.data.devices.filter((node) => node.tier === tier).length;
  return (
    <>
      <section className="pane grow" aria-label="Fabric" data-testid="fabric">
        <div className="pane-head">
          <h1>Fabric</h1>
          <span className="muted t12">
            {plural(count("superspine"), "superspine")}, {plural(count("spine"), "spine")},{" "}
            {plural(count("leaf"), "leaf", "leaves")}, {plural(status.data?.domains ?? 0, "bridge domain")}
          </span>
          <span className="grow" />
          <Button icon={Brush} onClick={() => navigate(to.leftovers())} data-testid="open-leftovers">
            Leftovers
          </Button>
          <FindOnMap map={map.data} />
        </div>
        <ReactFlowProvider>
          <Canvas map={map.data} lit={lit} device={device} domain={domain} />
        </ReactFlowProvider>
      </section>
      {inspector && <FabricInspector map={map.data} device={device} domain={domain} />}
    </>
  );
}

function select(changes: { domain?: string | null; device?: string | null }): void {
  const now = new URLSearchParams(window.location.hash.split("?")[1] ?? "");
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) now.delete(key);
    else now.set(key, value);
  }
  navigate(now.size === 0 ? "/fabric" : `/fabric?${now.toString()}`, { replace: true });
}

function Canvas(props: { map: FabricMap; lit: DomainDetail | null; device: string | null; domain: string | null }) {
  const { map, lit, device, domain } = props;
  const nodes = useMemo<DeviceNodeType[]>(() => mapNodes(map, lit, device), [map, lit, device]);
  const edges = useMemo<FabricLinkType[]>(() => mapEdges(map, lit), [map, lit]);
  const flow = useReactFlow<DeviceNodeType>();
  const shape = map.devices.map((node) => node.device).join(" ");
  const room = useStore((store) => `${store.width} ${store.height}`);
  useEffect(() => {
    void flow.fitView({ padding: 0.08, maxZoom: 1 });
  }, [flow, shape, room]);
  useHotkeys({
    Escape: () => select({ domain: null, device: null }),
  });
  return (
    <div className="grow canvas-bg" style={{ position: "relative", minHeight: 0 }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodeClick={(_, node) => select({ device: node.id })}
        onPaneClick={() => select({ device: null })}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        minZoom={0.2}
        maxZoom={1.6}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
        onlyRenderVisibleElements
        attributionPosition="bottom-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={16} size={1} color="var(--canvas-dot)" />
        <Controls showInteractive={false} position="bottom-right" />
        {map.devices.length > 24 && (
          <MiniMap position="top-right" pannable zoomable nodeColor="var(--line-strong)" maskColor="var(--scrim)" />
        )}
      </ReactFlow>
      {domain !== null && (
        <div className="float lit-chip" data-testid="lit-domain">
          <Icon of={Waypoints} className="c-accent" />
          <b className="mono">{domain}</b>
          <span className="muted">
            {lit?.devices.length ?? 0} of {map.devices.length} devices lit
          </span>
          <IconButton icon={X} label="Put the path out" onClick={() => select({ domain: null })} />
        </div>
      )}
      <div className="float legend" aria-hidden>
        <span>
          <svg width="20" height="8">
            <path className="lit" d="M0 4H20" />
          </svg>
          carries the service
        </span>
        <span>
          <svg width="20" height="8">
            <path className="broken" d="M0 4H20" />
          </svg>
          broken hop
        </span>
        <span>numbers: bridge domains, age of record</span>
      </div>
    </div>
  );
}

function FindOnMap({ map }: { map: FabricMap }) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const hit =
    text === "" ? undefined : map.devices.find((node) => node.device.toLowerCase().includes(text.toLowerCase()));
  useHotkeys({ "/": () => input.current?.focus() });
  return (
    <TextInput
      ref={input}
      quiet
      width={190}
      icon={ListFilter}
      placeholder="Find on the map"
      aria-label="Find a device on the map"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && hit !== undefined) select({ device: hit.device });
        if (event.key === "Escape") setText("");
      }}
      end={hit === undefined ? <kbd>/</kbd> : hit.device}
    />
  );
}
