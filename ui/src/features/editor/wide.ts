import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 1320px)";

/** Below this width the live panel is a drawer. */
export function useWideWindow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(WIDE);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => window.matchMedia(WIDE).matches,
  );
}
