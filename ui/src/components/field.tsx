import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { useId } from "react";
import { Icon } from "./icon";

export interface TextInputProps extends ComponentPropsWithRef<"input"> {
  icon?: LucideIcon;
  quiet?: boolean;
  bad?: boolean;
  mono?: boolean;
  /** Unit, count or key hint at the end of the field. */
  end?: ReactNode;
  width?: number | string;
}

export function TextInput({ icon, quiet, bad, mono, end, width, className = "", ...rest }: TextInputProps) {
  return (
    <span
      className={`field ${quiet === true ? "quiet" : ""} ${bad === true ? "bad" : ""} ${className}`}
      style={{ width }}
    >
      {icon && <Icon of={icon} className="faint" />}
      <input
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        aria-invalid={bad === true}
        className={mono === true ? "mono" : ""}
        {...rest}
      />
      {end !== undefined && <span className="faint t11 row">{end}</span>}
    </span>
  );
}

export interface LabelledProps extends TextInputProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

/** A field with its name above and its error or hint under it. */
export function LabelledInput({ label, hint, error, ...rest }: LabelledProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <TextInput id={id} bad={error !== undefined} aria-describedby={noteId} width="100%" {...rest} />
      <p
        id={noteId}
        className={`hint ${error === undefined ? "" : "bad"}`}
        role={error === undefined ? undefined : "alert"}
      >
        {error ?? hint ?? ""}
      </p>
    </div>
  );
}
