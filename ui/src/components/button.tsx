import type { LucideIcon } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { Icon } from "./icon";
import { Tip } from "./tip";

/** `device` is the filled blue of an action that sends something to devices; `ink` the main local action. */
type Look = "plain" | "ghost" | "ink" | "device" | "stop" | "ghost-stop";
type Size = "sm" | "md" | "lg";

const LOOK: Record<Look, string> = {
  plain: "",
  ghost: "ghost",
  ink: "ink",
  device: "device",
  stop: "stop",
  "ghost-stop": "ghost stop",
};

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  look?: Look;
  size?: Size;
  icon?: LucideIcon;
  /** Key that does the same, shown at the end of the label. */
  keys?: string;
  asChild?: boolean;
  children: ReactNode;
}

export function Button({
  look = "plain",
  size = "md",
  icon,
  keys,
  asChild,
  className = "",
  children,
  ...rest
}: ButtonProps) {
  const classes = `btn ${LOOK[look]} ${size === "md" ? "" : size} ${className}`;
  if (asChild === true)
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  return (
    <button type="button" className={classes} aria-keyshortcuts={keys?.replace("Ctrl ", "Control+")} {...rest}>
      {icon && <Icon of={icon} />}
      {children}
      {keys !== undefined && <kbd aria-hidden>{keys}</kbd>}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<"button">, "children"> {
  icon: LucideIcon;
  /** The accessible name, also shown as the tooltip. */
  label: string;
  keys?: string;
  size?: "sm" | "md";
  look?: "plain" | "ghost";
}

export function IconButton({
  icon,
  label,
  keys,
  size = "sm",
  look = "ghost",
  className = "",
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        aria-label={label}
        className={`btn icon ${look === "ghost" ? "ghost" : ""} ${size === "sm" ? "sm" : ""} ${className}`}
        {...rest}
      >
        <Icon of={icon} />
      </button>
    </Tip>
  );
}

/** Text that acts, inside a sentence or at the end of a row. */
export function LinkButton({ className = "", children, ...rest }: ComponentPropsWithRef<"button">) {
  return (
    <button type="button" className={`link ${className}`} {...rest}>
      {children}
    </button>
  );
}
