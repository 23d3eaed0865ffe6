import type { ReactNode } from "react";

/** One setting: what it is, what it means, and where it is set. */
export function Row(props: { title: string; text: string; testId?: string; children: ReactNode }) {
  return (
    <div className="set" data-testid={props.testId}>
      <div>
        <div className="k">{props.title}</div>
        <p>{props.text}</p>
      </div>
      <div className="c">{props.children}</div>
    </div>
  );
}
