import type { DeviceRow } from "@/api";

export type Look = "no-answer" | "key-changed" | "key-unknown" | "other";

export interface DeviceView {
  text: string;
  group: string | null;
  look: Look | null;
  credentials: string | null;
}

/** Headings of the tiers, and their order from the top of the fabric down. */
export const TIER_GROUP: Record<string, string | undefined> = {
  superspine: "Superspine",
  spine: "Spines",
  leaf: "Leaves",
};
export const TIER_ORDER: readonly string[] = ["Superspine", "Spines", "Leaves", "Other"];

export function needsLook(row: DeviceRow): Look | null {
  switch (row.reachability) {
    case "no-answer":
      return "no-answer";
    case "key-changed":
      return "key-changed";
    case "key-unknown":
      return "key-unknown";
    case "sign-in-refused":
    case "not-usable":
      return "other";
    case "reachable":
    case "unknown":
      return null;
  }
}

export function filterDevices(rows: readonly DeviceRow[], view: DeviceView): DeviceRow[] {
  const text = view.text.trim().toLowerCase();
  return rows.filter((row) => {
    if (view.group !== null && (TIER_GROUP[row.tier] ?? "Other") !== view.group) return false;
    if (view.look !== null && needsLook(row) !== view.look) return false;
    if (view.credentials !== null && row.credentials !== view.credentials) return false;
    const words = [row.name, row.address, ...row.aliases, ...row.groups].join(" ").toLowerCase();
    return text === "" || words.includes(text);
  });
}

/** A fingerprint in groups of four, its algorithm prefix kept apart. */
export function fingerprintGroups(fingerprint: string): { prefix: string; groups: string[] } {
  const [prefix, body] = fingerprint.includes(":") ? splitOnce(fingerprint) : ["", fingerprint];
  return { prefix, groups: body.match(/.{1,4}/gu) ?? [] };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}
