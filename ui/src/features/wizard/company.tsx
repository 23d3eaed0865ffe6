import { CircleCheck, CircleDashed, CircleSlash, OctagonAlert, Scissors, type LucideIcon } from "lucide-react";
import type { ChildView, PartState, PartView, SequenceView } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Running, SectionHead } from "@/components/marks";
import { SafeText, Unbroken } from "@/components/text";

const LOOK: Record<PartState, [LucideIcon | null, string]> = {
  waiting: [CircleDashed, "faint"],
  running: [null, "c-accent"],
  holds: [CircleCheck, "c-ok"],
  old: [CircleSlash, "muted"],
  refused: [OctagonAlert, "c-danger"],
  "in-doubt": [OctagonAlert, "c-doubt"],
  "not-begun": [CircleDashed, "muted"],
};

/** A plan that goes in parts: each is a deployment of its own, in order, with how it stands. */
export function SequencePane({ sequence, current }: { sequence: SequenceView; current: number }) {
  return (
    <section className="sec sequence" aria-label="Parts" data-testid="sequence" data-running={sequence.running}>
      <SectionHead title={sequence.sentence} />
      <ol className="t12">
        {sequence.parts.map((part) => (
          <PartLine key={part.devices.join()} part={part} current={part.deployment === current} />
        ))}
      </ol>
    </section>
  );
}

function PartLine({ part, current }: { part: PartView; current: boolean }) {
  const [icon, colour] = LOOK[part.state];
  const { deployment } = part;
  return (
    <li aria-current={current ? "step" : undefined} data-testid="part" data-state={part.state}>
      <span className={colour}>{icon === null ? <Running /> : <Icon of={icon} />}</span>
      <span className={current ? "strong" : "med"}>
        <Unbroken text={part.devices.join(", ")} />
      </span>
      <span className="muted">
        <SafeText text={part.sentence} />
      </span>
      <span>
        {deployment !== null && !current && (
          <LinkButton onClick={() => navigate(to.run(deployment))}>Open {deployment}</LinkButton>
        )}
      </span>
    </li>
  );
}

/** A deployment that goes on for another without a part of its plan. */
export function ChildNote({ child }: { child: ChildView }) {
  return (
    <p className="note muted" data-testid="child-of">
      <Icon of={Scissors} />
      <span>
        Goes on for <LinkButton onClick={() => navigate(to.run(child.deployment))}>{child.deployment}</LinkButton>. Left
        out, stays in the draft: <Unbroken text={child.leftOut.join(", ")} />
      </span>
    </p>
  );
}
