import type { ChoiceView, DecisionCard } from "@/api";

/** The resolutions of drift in the order in which they stand everywhere. */
const DRIFT = ["continue", "discover-and-sync", "skip", "override", "leave"];

/** The word of a choice without the device it names. */
export function wordOf(choice: string): string {
  return choice.split(":", 1)[0] ?? "";
}

/** The choices of a card in the order in which they are shown: of drift Sync, Skip, Override, Leave, then the rest. */
export function inOrder(card: Pick<DecisionCard, "kind" | "choices">): ChoiceView[] {
  if (card.kind !== "drift") return [...card.choices];
  const place = (choice: ChoiceView) => {
    const at = DRIFT.indexOf(wordOf(choice.choice));
    return at < 0 ? DRIFT.length : at;
  };
  return [...card.choices].sort((a, b) => place(a) - place(b));
}

/** Whether what is chosen decides about drift, so that a reason is kept with it: what drift stopped can be left. */
export function decidesDrift(card: Pick<DecisionCard, "choices">): boolean {
  const offers = (word: string) => card.choices.some((choice) => choice.choice === word);
  return offers("leave") && !offers("continue");
}

/** Whether a choice runs a plan of its own that can be looked at first. */
export function makesPlan(choice: ChoiceView): boolean {
  return (
    choice.refused === null && ["skip", "override", "continue", "continue-without"].includes(wordOf(choice.choice))
  );
}
