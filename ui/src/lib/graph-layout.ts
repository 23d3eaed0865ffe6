/** Placing the devices of one service in tiers: a tidy tree by "hangs from", children under the middle of their parent. */
export interface LayoutNode {
  id: string;
  tier: string;
  under: string | null;
  width: number;
  height: number;
}
export interface Placed {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Layout {
  nodes: ReadonlyMap<string, Placed>;
  width: number;
  height: number;
}

const RANK: Record<string, number> = { superspine: 0, spine: 1, leaf: 2 };

export function tierRank(tier: string): number {
  return RANK[tier] ?? 2;
}

export function layoutTiers(input: readonly LayoutNode[], gapX: number, gapY: number): Layout {
  const known = new Map(input.map((node) => [node.id, node]));
  const children = new Map<string, LayoutNode[]>();
  const roots: LayoutNode[] = [];
  for (const node of input) {
    const parent = node.under === null ? undefined : known.get(node.under);
    if (parent === undefined || tierRank(parent.tier) >= tierRank(node.tier)) roots.push(node);
    else children.set(parent.id, [...(children.get(parent.id) ?? []), node]);
  }
  const rows = rowTops(input, gapY);
  const nodes = new Map<string, Placed>();
  const span = (node: LayoutNode): number => {
    const below = children.get(node.id) ?? [];
    const inner = below.reduce((sum, child) => sum + span(child), 0) + gapX * Math.max(0, below.length - 1);
    return Math.max(node.width, inner);
  };
  const put = (node: LayoutNode, left: number): void => {
    const total = span(node);
    const below = children.get(node.id) ?? [];
    const inner = below.reduce((sum, child) => sum + span(child), 0) + gapX * Math.max(0, below.length - 1);
    let x = left + (total - inner) / 2;
    for (const child of below) {
      put(child, x);
      x += span(child) + gapX;
    }
    const top = rows.tops.get(tierRank(node.tier)) ?? 0;
    nodes.set(node.id, {
      id: node.id,
      x: left + (total - node.width) / 2,
      y: top,
      width: node.width,
      height: node.height,
    });
  };
  let x = 0;
  for (const root of roots) {
    put(root, x);
    x += span(root) + gapX;
  }
  return { nodes, width: Math.max(0, x - gapX), height: rows.height };
}

function rowTops(input: readonly LayoutNode[], gapY: number): { tops: Map<number, number>; height: number } {
  const tall = new Map<number, number>();
  for (const node of input) {
    const rank = tierRank(node.tier);
    tall.set(rank, Math.max(tall.get(rank) ?? 0, node.height));
  }
  const tops = new Map<number, number>();
  let y = 0;
  for (const rank of [...tall.keys()].sort()) {
    tops.set(rank, y);
    y += (tall.get(rank) ?? 0) + gapY;
  }
  return { tops, height: Math.max(0, y - gapY) };
}

/** An orthogonal line with rounded corners from the bottom of one node to the top of another. */
export function elbow(from: Placed, to: Placed, fromShift: number, lane: number): string {
  const x1 = from.x + from.width / 2 + fromShift;
  const y1 = from.y + from.height;
  const x2 = to.x + to.width / 2;
  const y2 = to.y;
  const mid = Math.round((y1 + y2) / 2 + lane);
  const dx = x2 - x1;
  if (Math.abs(dx) < 1) return `M${x1} ${y1}V${y2}`;
  const r = Math.min(6, Math.abs(dx) / 2, Math.abs(mid - y1), Math.abs(y2 - mid));
  const s = Math.sign(dx);
  return `M${x1} ${y1}V${mid - r}Q${x1} ${mid} ${x1 + s * r} ${mid}H${x2 - s * r}Q${x2} ${mid} ${x2} ${mid + r}V${y2}`;
}
