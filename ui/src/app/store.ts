import { create } from "zustand";
import type { CoreError, SyncNotice, SyncTarget } from "@/api";

export interface Crumb {
  label: string;
  to?: string;
  mono?: boolean;
}

/** What has no better place than the corner, a refusal or a notice; equal ones are counted, not stacked. */
export interface Toast {
  key: string;
  kind: "error" | "info";
  told: Pick<CoreError, "code" | "sentence" | "next" | "words">;
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
  notice: (notice: SyncNotice) => void;
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
      return { toasts: withToast(toasts, { key, kind: "error", told: error }) };
    }),
  notice: ({ device, gaveUp, sentence, next }) =>
    set(({ toasts }) => {
      const key = `background-sync ${device}`;
      // The newest of a device takes the place of the one before it.
      const rest = toasts.filter((toast) => toast.key !== key || toast.told.sentence === sentence);
      const told = { code: "background-sync", sentence, next, words: null };
      return { toasts: withToast(rest, { key, kind: gaveUp ? "error" : "info", told }) };
    }),
  sync: (syncing) => set({ syncing }),
  endSync: () => set({ syncing: null }),
  scan: (scanning) => set({ scanning }),
  endScan: () => set({ scanning: null }),
  dismiss: (key) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.key !== key) })),
}));

function withToast(toasts: readonly Toast[], added: Omit<Toast, "times">): Toast[] {
  const known = toasts.find((toast) => toast.key === added.key);
  const rest = toasts.filter((toast) => toast.key !== added.key);
  return [...rest, { ...added, times: (known?.times ?? 0) + 1 }].slice(-3);
}
