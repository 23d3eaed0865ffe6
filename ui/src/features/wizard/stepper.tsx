import { Check } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useHotkeys } from "@/app/hotkeys";
import { navigate } from "@/app/router";
import { Icon } from "@/components/icon";

export const STEPS = ["Changes", "Plan", "Execution", "Validation"] as const;
export type Step = (typeof STEPS)[number];

export interface StepperProps {
  current: Step;
  /** Places of the steps that can be opened; a step without one is not a link. */
  places: Partial<Record<Step, string>>;
  children?: ReactNode;
}

/** Changes, Plan, Execution, Validation: where a deployment is, and the way back. */
export function Stepper({ current, places, children }: StepperProps) {
  const at = STEPS.indexOf(current);
  const open = (step: Step | undefined) => {
    const target = step === undefined ? undefined : places[step];
    if (target !== undefined) navigate(target);
  };
  useHotkeys({
    "Alt 1": () => open(STEPS[0]),
    "Alt 2": () => open(STEPS[1]),
    "Alt 3": () => open(STEPS[2]),
    "Alt 4": () => open(STEPS[3]),
  });
  return (
    <nav className="steps" aria-label="Steps of the deployment">
      {STEPS.map((step, index) => {
        const target = places[step];
        const done = index < at;
        const body = (
          <>
            <i aria-hidden>{done ? <Icon of={Check} size={12} /> : index + 1}</i>
            {step}
          </>
        );
        return (
          <Fragment key={step}>
            {index > 0 && <span className="dash" aria-hidden />}
            {target !== undefined && step !== current ? (
              <a className={`s ${done ? "done" : ""}`} href={`#${target}`} data-testid={`step-${step}`}>
                {body}
              </a>
            ) : (
              <span
                className={`s ${done ? "done" : ""}`}
                aria-current={step === current ? "step" : undefined}
                data-testid={`step-${step}`}
              >
                {body}
              </span>
            )}
          </Fragment>
        );
      })}
      <span className="grow" />
      {children}
    </nav>
  );
}
