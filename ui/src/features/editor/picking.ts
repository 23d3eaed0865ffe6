import type { PortGroup, PortRow } from "@/api";

/** A port is being chosen on a device; the text is typed in the form. */
export interface Picking {
  device: string;
  text: string;
}

export interface Preview {
  device: string;
  interface: string;
}

export const PORT_GROUPS: readonly PortGroup[] = ["ready", "look", "in-use", "never"];

export function previewInterface(port: string, vlan: number | null): string {
  return vlan === null ? port : `${port}.${vlan}`;
}

/** `0/0/5`, `b445` and `up` all match: parts of the name, a short bundle name, or words of the reason. */
export function portMatches(row: PortRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return true;
  const name = row.port.toLowerCase();
  const bundle = /^b(\d+)$/u.exec(wanted)?.[1];
  if (bundle !== undefined) return name.startsWith(`bundle-${bundle}`);
  return name.includes(wanted) || row.reason.toLowerCase().includes(wanted) || row.speed.toLowerCase() === wanted;
}

export interface PortSection {
  group: PortGroup;
  total: number;
  shown: PortRow[];
}

export function portSections(rows: readonly PortRow[], text: string): PortSection[] {
  return PORT_GROUPS.map((group) => {
    const all = rows.filter((row) => row.group === group);
    return { group, total: all.length, shown: all.filter((row) => portMatches(row, text)) };
  });
}

/** Where the choice starts: the port that was typed whole, else the first. */
export function firstChoice(choices: readonly PortRow[], text: string): number {
  const wanted = text.trim().toLowerCase();
  const exact = choices.findIndex((row) => {
    const name = row.port.toLowerCase();
    return name === wanted || name.endsWith(`-${wanted}`);
  });
  return Math.max(0, exact);
}

/** Rows that arrows and Enter reach, in the order in which they stand. */
export function selectable(sections: readonly PortSection[]): PortRow[] {
  return sections.flatMap((section) => section.shown.filter((row) => row.selectable));
}
