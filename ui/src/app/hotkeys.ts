import { useEffect, useEffectEvent } from "react";

/** Keys as written in the interface: `Ctrl K`, `Ctrl Enter`, `Alt 1`, `E`, `/`. */
export type Keymap = Record<string, ((event: KeyboardEvent) => void) | undefined>;

/** With Ctrl these belong to the text field that is being edited. */
const EDITING = new Set(["z", "y", "a", "c", "v", "x"]);

function chord(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  return [...parts, key].join(" ");
}

export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Keys of the whole screen. Plain letters stay with the text field that has the focus; under a dialog no key acts. */
export function useHotkeys(keys: Keymap): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || covered()) return;
    const name = chord(event);
    const action = keys[name];
    if (action === undefined) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain && typing(event.target) && EDITING.has(event.key.toLowerCase())) return;
    if (plain && typing(event.target)) return;
    if (plain && (event.key === "Enter" || event.key === " ") && acts(event.target)) return;
    event.preventDefault();
    action(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handle(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

/** A focused control answers Enter and Space itself. */
function acts(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button,a,[role=button],[role=treeitem],[role=row]") !== null;
}

/** Whatever has the focus: between two controls of a dialog it is nowhere for a moment. */
function covered(): boolean {
  return document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null;
}
