import type { DomainDetail, FabricMap, FabricNode } from "@/api";
import { plural } from "@/lib/format";
import { tierRank } from "@/lib/graph-layout";
import type { DeviceNodeType } from "./device-node";
import type { FabricLinkType } from "./fabric-link";

const COLUMN = 268;
const SPINE_WIDTH = 244;
const LEAF_WIDTH = 220;
const TOP = 72;
const PORT = 22;
const GAP = 8;

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function heightOf(node: FabricNode, ports: number): number {
  return (node.tier === "leaf" || node.tier === "unknown" ? 30 : 46) + ports * PORT;
}

/** Leaves stand in a column under their spine; spines in a row; superspines over the middle. */
export function placeDevices(map: FabricMap, ports: ReadonlyMap<string, number>): Map<string, Place> {
  const at = (node: FabricNode) => ports.get(node.device) ?? 0;
  const spines = map.devices.filter((node) => node.tier === "spine");
  const tops = map.devices.filter((node) => node.tier === "superspine");
  const rest = map.devices.filter((node) => tierRank(node.tier) === 2);
  const columns = [
    ...spines.map((spine) => spine.device),
    ...(rest.some((n) => !spines.some((s) => s.device === n.under)) ? [""] : []),
  ];
  const places = new Map<string, Place>();
  const topHeight = Math.max(0, ...tops.map((node) => heightOf(node, at(node))));
  const spineTop = topHeight + (tops.length > 0 ? TOP : 0);
  const spineHeight = Math.max(0, ...spines.map((node) => heightOf(node, at(node))));
  columns.forEach((column, index) => {
    const x = index * COLUMN;
    const spine = spines.find((node) => node.device === column);
    if (spine) places.set(column, { x, y: spineTop, width: SPINE_WIDTH, height: heightOf(spine, at(spine)) });
    let y = spineTop + (spines.length > 0 ? spineHeight + 24 : 0);
    for (const leaf of rest.filter(
      (node) => (spines.some((s) => s.device === node.under) ? node.under : "") === column,
    )) {
      const height = heightOf(leaf, at(leaf));
      places.set(leaf.device, { x: x + SPINE_WIDTH - LEAF_WIDTH, y, width: LEAF_WIDTH, height });
      y += height + GAP;
    }
  });
  const middle = (Math.max(1, columns.length) * COLUMN - (COLUMN - SPINE_WIDTH)) / 2;
  tops.forEach((node, index) => {
    const x = middle - SPINE_WIDTH / 2 + (index - (tops.length - 1) / 2) * COLUMN;
    places.set(node.device, { x, y: 0, width: SPINE_WIDTH, height: heightOf(node, at(node)) });
  });
  return places;
}

/** Access attachments of the lit service by device. */
function litPorts(lit: DomainDetail | null): Map<string, { interface: string; tag: string | null }[]> {
  const out = new Map<string, { interface: string; tag: string | null }[]>();
  for (const device of lit?.devices ?? []) {
    const own = device.attachments.filter((attachment) => !attachment.isFabric);
    out.set(
      device.device,
      own.map((attachment) => ({ interface: attachment.interface, tag: attachment.vlan })),
    );
  }
  return out;
}

export function mapNodes(map: FabricMap, lit: DomainDetail | null, selected: string | null): DeviceNodeType[] {
  const ports = litPorts(lit);
  const places = placeDevices(map, new Map([...ports].map(([device, list]) => [device, list.length])));
  return map.devices.flatMap((node): DeviceNodeType[] => {
    const place = places.get(node.device);
    if (place === undefined) return [];
    const events = node.drift;
    return [
      {
        id: node.device,
        type: "device",
        position: { x: place.x, y: place.y },
        width: place.width,
        height: place.height,
        ariaLabel: `${node.device}, ${node.tier}, ${node.domains} bridge domains${events > 0 ? `, ${plural(events, "drift event")}` : ""}${node.reachable ? "" : ", no answer"}`,
        data: {
          node,
          drift: events,
          lit: ports.has(node.device),
          selected: node.device === selected,
          ports: ports.get(node.device) ?? [],
        },
      },
    ];
  });
}

export function mapEdges(map: FabricMap, lit: DomainDetail | null): FabricLinkType[] {
  const tier = new Map(map.devices.map((node) => [node.device, node.tier]));
  const lanes = new Map<string, number>();
  return map.links.map((link) => {
    const hop = lit?.links.find((one) => one.upper === link.upper && one.lower === link.lower);
    const lane = lanes.get(link.upper) ?? 0;
    lanes.set(link.upper, lane + 1);
    return {
      id: `${link.upper} ${link.lower} ${link.upperInterface}`,
      source: link.upper,
      target: link.lower,
      type: "link",
      zIndex: hop === undefined ? 0 : 1,
      data: {
        link,
        lane,
        toLeaf: tier.get(link.lower) !== "spine",
        state: hop === undefined ? "plain" : hop.complete ? "lit" : "broken",
        tag: hop?.tag ?? null,
      },
    };
  });
}
