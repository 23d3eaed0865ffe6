/** Phases in the words of the window, by the core's stable words. */
const NAMES: Record<string, string> = {
  preflight: "Preflight",
  prepare: "Prepare",
  arm: "Commit confirm",
  "commit-confirm": "Commit confirm",
  verify: "Verify",
  decide: "Confirm",
  confirm: "Confirm",
  settle: "Settle",
};

export function phaseName(word: string): string {
  return NAMES[word] ?? word;
}
