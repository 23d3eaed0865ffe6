import { useEffect } from "react";
import { type Crumb, useShell } from "./store";

/** A few words after the last crumb, such as when a draft was saved. */
export function useCrumbNote(note: string | null): void {
  const setNote = useShell((shell) => shell.setNote);
  useEffect(() => {
    setNote(note);
    return () => setNote(null);
  }, [note, setNote]);
}

/** Says in the top bar where the screen is. */
export function useCrumbs(crumbs: readonly Crumb[]): void {
  const setCrumbs = useShell((shell) => shell.setCrumbs);
  const key = JSON.stringify(crumbs);
  useEffect(() => setCrumbs(JSON.parse(key) as Crumb[]), [key, setCrumbs]);
}
