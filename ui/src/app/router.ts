import { useSyncExternalStore } from "react";

/** A place in the window: `#/domains/g_kestrel_v251?tab=history` becomes segments and a query. */
export interface Place {
  path: string;
  segments: readonly string[];
  query: URLSearchParams;
}

function parse(hash: string): Place {
  const [path = "/", search = ""] = hash.replace(/^#/u, "").split("?");
  const segments = path.split("/").filter((part) => part !== "");
  return { path, segments: segments.map(decode), query: new URLSearchParams(search) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let current = parse(window.location.hash);
const listeners = new Set<() => void>();
window.addEventListener("hashchange", () => {
  current = parse(window.location.hash);
  for (const listener of listeners) listener();
});

export function place(...segments: (string | number)[]): string {
  return `/${segments.map((part) => encodeURIComponent(String(part))).join("/")}`;
}

/** Goes to a place; `replace` keeps the history as it is (for selections). */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const hash = `#${to}`;
  if (window.location.hash === hash) return;
  if (options.replace === true) {
    window.history.replaceState(null, "", hash);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else window.location.hash = hash;
}

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
