import {
  GitCommitVertical,
  GitCompareArrows,
  History,
  Network,
  Router,
  SlidersHorizontal,
  Waypoints,
  type LucideIcon,
} from "lucide-react";
import { place } from "./router";

export interface RailPlace {
  id: string;
  label: string;
  icon: LucideIcon;
  /** Second key after G. */
  key: string;
}

export const RAIL: readonly RailPlace[] = [
  { id: "fabric", label: "Fabric", icon: Network, key: "F" },
  { id: "domains", label: "Domains", icon: Waypoints, key: "B" },
  { id: "deployments", label: "Deployments", icon: GitCommitVertical, key: "D" },
  { id: "drift", label: "Drift", icon: GitCompareArrows, key: "R" },
  { id: "snapshots", label: "Snapshots", icon: History, key: "S" },
  { id: "devices", label: "Devices", icon: Router, key: "V" },
  { id: "settings", label: "Settings", icon: SlidersHorizontal, key: "," },
];

/** Places in the window by name, so that no screen spells another's address. */
export const to = {
  start: () => "/start",
  fabric: (domain?: string) => (domain === undefined ? "/fabric" : `/fabric?domain=${encodeURIComponent(domain)}`),
  leftovers: () => place("fabric", "leftovers"),
  domains: (domain?: string, tab?: string) =>
    `${domain === undefined ? "/domains" : place("domains", domain)}${tab === undefined ? "" : `?tab=${tab}`}`,
  draft: (draft: string) => place("drafts", draft),
  changes: (draft: string) => place("drafts", draft, "changes"),
  plan: (hash: string) => place("plans", hash),
  run: (deployment: number) => place("deployments", deployment, "execution"),
  validation: (deployment: number) => place("deployments", deployment, "validation"),
  deployments: (deployment?: number, tab?: string) =>
    `${deployment === undefined ? "/deployments" : place("deployments", deployment)}${tab === undefined ? "" : `?tab=${tab}`}`,
  drift: (event?: number) => (event === undefined ? "/drift" : place("drift", event)),
  driftPolicies: () => place("drift", "policies"),
  /** The checks; with a suggestion, the form of a new schedule is filled in with it. */
  driftChecks: (suggested?: { device: string; minutes: number }) =>
    suggested === undefined
      ? place("drift", "checks")
      : `${place("drift", "checks")}?device=${encodeURIComponent(suggested.device)}&every=${suggested.minutes}`,
  driftTrends: (days?: number) => `${place("drift", "trends")}${days === undefined ? "" : `?days=${days}`}`,
  snapshots: (query?: Record<string, string>) =>
    query === undefined ? "/snapshots" : `/snapshots?${new URLSearchParams(query).toString()}`,
  devices: (device?: string) => (device === undefined ? "/devices" : place("devices", device)),
  settings: (section?: string) => (section === undefined ? "/settings" : place("settings", section)),
};
