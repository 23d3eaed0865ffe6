import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { DecisionCard } from "@/api";
import { DecisionCardPane } from "@/features/wizard/decision-card";

function card(...words: string[]): DecisionCard {
  return {
    kind: "drift",
    sentence: "ge100-0/0/5.251 of LEAF-B06 is there already.",
    certain: [],
    notKnown: [],
    ifNothing: null,
    words: null,
    diff: null,
    choices: words.map((choice) => ({ choice, label: choice, consequence: "", refused: null })),
  };
}

function open(offered: DecisionCard) {
  const onChoose = vi.fn();
  render(<DecisionCardPane card={offered} deployment={214} busy={false} onChoose={onChoose} />);
  return { user: userEvent.setup(), onChoose };
}

test("a choice about drift is taken with its reason, and what is typed there is no key", async () => {
  const { user, onChoose } = open(card("discover-and-sync", "skip", "override", "leave"));
  await user.type(screen.getByTestId("card-reason"), "  Cutover until Friday ");
  expect(onChoose).not.toHaveBeenCalled();
  await user.click(screen.getByTestId("choice-leave"));
  expect(onChoose).toHaveBeenLastCalledWith("leave", "Cutover until Friday");
  await user.clear(screen.getByTestId("card-reason"));
  await user.click(screen.getByTestId("choice-override"));
  expect(onChoose).toHaveBeenLastCalledWith("override", null);
});

test.each([["retry"], ["continue", "leave"]])("a card with %s asks for no reason", (...words) => {
  open(card(...words));
  expect(screen.queryByTestId("card-reason")).toBeNull();
});
