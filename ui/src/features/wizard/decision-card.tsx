import { OctagonAlert, RadioTower, Timer } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ChoiceView, DecisionCard, TextDiffView } from "@/api";
import { useHotkeys } from "@/app/hotkeys";
import { Button, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { SafeText } from "@/components/text";
import { TextDiff } from "@/components/text-diff";
import { reasonOf } from "@/features/drift/inbox";
import { ReasonField } from "@/features/drift/reason";
import { ChildPlan } from "./child-plan";
import { decidesDrift, inOrder, makesPlan } from "./choices";

/** Letter keys of the choices; abort has Ctrl . everywhere. */
const KEYS: Record<string, string | undefined> = {
  retry: "R",
  "discover-and-sync": "D",
  recover: "R",
  skip: "S",
  "continue-without": "C",
  continue: "G",
  override: "O",
  leave: "L",
  "go-on": "G",
};

/** The key of a choice. Of several that differ only in their device, the first has it. */
function keyOf(card: DecisionCard, choice: ChoiceView): string | undefined {
  const word = (of: ChoiceView) => of.choice.split(":", 1)[0] ?? "";
  const first = card.choices.find((other) => other.refused === null && word(other) === word(choice));
  return first === choice ? KEYS[word(choice)] : undefined;
}

function lookOf(choice: ChoiceView): "stop" | "device" | "plain" {
  if (choice.choice === "abort") return "stop";
  return choice.choice === "continue" ? "device" : "plain";
}

/** Room for the head and every line of a short difference; a long one scrolls, so that the choices stay in sight. */
function diffHeight(diff: TextDiffView): number {
  const rows = diff.hunks.reduce((sum, hunk) => sum + hunk.lines.length + 1, 0);
  return Math.min(220, Math.max(96, 40 + rows * 20));
}

export interface DecisionCardProps {
  card: DecisionCard;
  deployment: number;
  busy: boolean;
  onChoose: (choice: string, why: string | null) => void;
}

/**
 * What happened, what is certain, the device's own words, and every choice with its consequence. None is pre-made; only
 * going on once the drift is decided stands out, because nothing else is left to do.
 */
export function DecisionCardPane({ card, deployment, busy, onChoose }: DecisionCardProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [previewed, setPreviewed] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const choose = (choice: ChoiceView) => onChoose(choice.choice, reasonOf(typed));
  useEffect(() => heading.current?.focus(), [card.sentence]);
  const keymap = Object.fromEntries(
    card.choices
      .filter((choice) => choice.refused === null && !busy)
      .flatMap((choice) => {
        const key = keyOf(card, choice);
        return key === undefined ? [] : [[key, () => choose(choice)]];
      }),
  ) as Record<string, () => void>;
  useHotkeys(keymap);
  const doubt = card.kind === "in-doubt";
  return (
    <section
      className={`card ${doubt ? "in-doubt" : ""}`}
      aria-labelledby="card-title"
      data-testid="decision-card"
      data-kind={card.kind}
    >
      <div className="q">
        <h2 id="card-title" tabIndex={-1} ref={heading} className="row t16 strong">
          <span className={doubt ? "c-doubt" : "c-danger"}>
            <Icon of={doubt ? Timer : OctagonAlert} size={18} />
          </span>
          <span className="selectable">
            <SafeText text={card.sentence} />
          </span>
        </h2>
        <Facts card={card} />
      </div>
      {card.words !== null && (
        <pre className="ans cli" data-testid="card-words">
          <SafeText text={card.words} />
        </pre>
      )}
      {card.diff !== null && (
        <div className="col" style={{ height: diffHeight(card.diff), borderTop: "1px solid var(--line)" }}>
          <TextDiff
            diff={card.diff}
            layout="split"
            label="Expected and actual"
            before="expected, our record"
            after="actual, on the device"
            same="The texts are the same."
          />
        </div>
      )}
      {inOrder(card).map((choice) => (
        <div key={choice.choice} className="opt">
          <Button
            disabled={choice.refused !== null || busy}
            look={lookOf(choice)}
            {...(choice.choice === "continue" ? { icon: RadioTower } : {})}
            onClick={() => choose(choice)}
            data-testid={`choice-${choice.choice}`}
          >
            {choice.label}
          </Button>
          <span className={choice.refused === null ? "" : "muted"}>
            <SafeText text={choice.refused ?? choice.consequence} />{" "}
            {makesPlan(choice) && (
              <LinkButton
                aria-expanded={previewed === choice.choice}
                onClick={() => setPreviewed(previewed === choice.choice ? null : choice.choice)}
                data-testid={`preview-${choice.choice}`}
              >
                {previewed === choice.choice ? "Hide its plan" : "Show its plan"}
              </LinkButton>
            )}
          </span>
          <span>
            {choice.choice === "abort" ? (
              <kbd>Ctrl .</kbd>
            ) : (
              keyOf(card, choice) !== undefined && <kbd>{keyOf(card, choice)}</kbd>
            )}
          </span>
          {previewed === choice.choice && <ChildPlan deployment={deployment} choice={choice.choice} />}
        </div>
      ))}
      {/* Below the choices, which stay in sight. */}
      {decidesDrift(card) && (
        <div className="why">
          <ReasonField value={typed} onChange={setTyped} testId="card-reason" />
        </div>
      )}
    </section>
  );
}

function Facts({ card }: { card: DecisionCard }) {
  if (card.certain.length + card.notKnown.length === 0 && card.ifNothing === null) return null;
  return (
    <dl className="kv t12" style={{ marginTop: 6, marginLeft: 26, gridTemplateColumns: "112px minmax(0,1fr)" }}>
      {card.certain.length > 0 && (
        <>
          <dt>Certain</dt>
          <dd>
            {card.certain.map((fact) => (
              <div key={fact}>
                <SafeText text={fact} />
              </div>
            ))}
          </dd>
        </>
      )}
      {card.notKnown.length > 0 && (
        <>
          <dt>Not known</dt>
          <dd className="c-doubt">
            {card.notKnown.map((fact) => (
              <div key={fact}>
                <SafeText text={fact} />
              </div>
            ))}
          </dd>
        </>
      )}
      {card.ifNothing !== null && (
        <>
          <dt>If you do nothing</dt>
          <dd>
            <SafeText text={card.ifNothing} />
          </dd>
        </>
      )}
    </dl>
  );
}
