import { useEffect } from "react";
import { type Crumb, useShell } from "./store";

/** Says in the top bar where the screen is. */
export function useCrumbs(crumbs: readonly Crumb[]): void {
  const setCrumbs = useShell((shell) => shell.setCrumbs);
  const key = JSON.stringify(crumbs);
  useEffect(() => setCrumbs(JSON.parse(key) as Crumb[]), [key, setCrumbs]);
}
