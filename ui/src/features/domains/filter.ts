import type { DomainRow, ScopeWord } from "@/api";

/** States a bridge domain can be filtered by. */
export type DomainState = "draft" | "drift" | "warning" | "doubt";

/** The type with its words: `4A, single-tagged`; the words alone where the type is not known. */
export function kindInWords(row: Pick<DomainRow, "kind" | "kindLabel">): string {
  if (row.kind === "?" || row.kindLabel.startsWith(row.kind)) return row.kindLabel;
  return `${row.kind}, ${row.kindLabel}`;
}

export interface DomainFilter {
  text: string;
  mine: boolean;
  owner: ReadonlySet<string>;
  kind: ReadonlySet<string>;
  scope: ReadonlySet<ScopeWord>;
  device: ReadonlySet<string>;
  state: ReadonlySet<DomainState>;
}

export const NO_FILTER: DomainFilter = {
  text: "",
  mine: false,
  owner: new Set(),
  kind: new Set(),
  scope: new Set(),
  device: new Set(),
  state: new Set(),
};

export type FacetName = "owner" | "kind" | "scope" | "device" | "state";

/** Name under which rows without an owner stand. */
export const NO_OWNER = "none";

export function statesOf(row: DomainRow): DomainState[] {
  const states: DomainState[] = [];
  if (row.drift > 0) states.push("drift");
  if (row.draft !== null) states.push("draft");
  if (row.warnings > 0) states.push("warning");
  if (row.inDoubt !== null) states.push("doubt");
  return states;
}

export function valuesOf(row: DomainRow, facet: FacetName): readonly string[] {
  switch (facet) {
    case "owner":
      return [row.owner ?? NO_OWNER];
    case "kind":
      return [row.kind];
    case "scope":
      return [row.scope];
    case "device":
      return row.devices;
    case "state":
      return statesOf(row);
  }
}

const FACETS: readonly FacetName[] = ["owner", "kind", "scope", "device", "state"];

function matches(row: DomainRow, filter: DomainFilter, except: FacetName | null): boolean {
  const text = filter.text.trim().toLowerCase();
  if (text !== "" && !textMatches(row, text)) return false;
  return FACETS.every((facet) => {
    const wanted: ReadonlySet<string> = filter[facet];
    return facet === except || wanted.size === 0 || valuesOf(row, facet).some((value) => wanted.has(value));
  });
}

/** A number alone means the VLAN first: `251` finds VLAN 251 and names that hold 251, not VLAN 2510. */
function textMatches(row: DomainRow, text: string): boolean {
  return (
    row.name.toLowerCase().includes(text) ||
    String(row.vlan ?? "") === text ||
    row.devices.some((device) => device.toLowerCase().includes(text))
  );
}

export function filterDomains(rows: readonly DomainRow[], filter: DomainFilter): DomainRow[] {
  return rows.filter((row) => matches(row, filter, null));
}

/** How many rows each value of a facet would show, with the other facets as they are. */
export function facetCounts(rows: readonly DomainRow[], filter: DomainFilter, facet: FacetName): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const counted = matches(row, filter, facet) ? 1 : 0;
    for (const value of valuesOf(row, facet)) counts.set(value, (counts.get(value) ?? 0) + counted);
  }
  return counts;
}
