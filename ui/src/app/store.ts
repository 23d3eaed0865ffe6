import { create } from "zustand";
import type { CoreError, SyncTarget } from "@/api";

export interface Crumb {
  label: string;
  to?: string;
  mono?: boolean;
}

/** A refusal that has no better place than the corner; equal ones are counted, not stacked. */
export interface Toast {
  key: string;
  error: CoreError;
  times: number;
}

interface Shell {
  paletteOpen: boolean;
  dockOpen: boolean;
  inspectorOpen: boolean;
  crumbs: readonly Crumb[];
  note: string | null;
  toasts: readonly Toast[];
  /** What is read and taken as it is, in a dialog over everything. */
  syncing: SyncTarget | null;
  /** Devices that are shown beside the records, in a dialog over everything. */
  scanning: readonly string[] | null;
  setPalette: (open: boolean) => void;
  setDock: (open: boolean) => void;
  toggleInspector: () => void;
  setCrumbs: (crumbs: readonly Crumb[]) => void;
  setNote: (note: string | null) => void;
  complain: (error: CoreError) => void;
  dismiss: (key: string) => void;
  sync: (target: SyncTarget) => void;
  endSync: () => void;
  scan: (devices: readonly string[]) => void;
  endScan: () => void;
}

/** What the frame shows besides the data of the core. */
export const useShell = create<Shell>((set) => ({
  paletteOpen: false,
  dockOpen: false,
  inspectorOpen: true,
  crumbs: [],
  note: null,
  toasts: [],
  syncing: null,
  scanning: null,
  setPalette: (paletteOpen) => set({ paletteOpen }),
  setDock: (dockOpen) => set({ dockOpen }),
  toggleInspector: () => set(({ inspectorOpen }) => ({ inspectorOpen: !inspectorOpen })),
  setCrumbs: (crumbs) => set({ crumbs }),
  setNote: (note) => set({ note }),
  complain: (error) =>
    set(({ toasts }) => {
      const key = `${error.code} ${error.device ?? ""} ${error.sentence}`;
      const known = toasts.find((toast) => toast.key === key);
      const rest = toasts.filter((toast) => toast.key !== key);
      return { toasts: [...rest, { key, error, times: (known?.times ?? 0) + 1 }].slice(-3) };
    }),
  sync: (syncing) => set({ syncing }),
  endSync: () => set({ syncing: null }),
  scan: (scanning) => set({ scanning }),
  endScan: () => set({ scanning: null }),
  dismiss: (key) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.key !== key) })),
}));
