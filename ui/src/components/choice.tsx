import { Check, ChevronDown, Minus } from "lucide-react";
import { Checkbox as RadixCheckbox, Select as RadixSelect, Switch as RadixSwitch } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { Icon } from "./icon";

export interface CheckboxProps {
  checked: boolean | "indeterminate";
  onChange: (checked: boolean) => void;
  label: string;
  /** The label stands beside it already; keep it for screen readers only. */
  hideLabel?: boolean;
  disabled?: boolean;
  testId?: string;
}

export function Checkbox({ checked, onChange, label, hideLabel, disabled, testId }: CheckboxProps) {
  return (
    <RadixCheckbox.Root
      className="check"
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
      aria-label={hideLabel === true ? label : undefined}
      disabled={disabled === true}
      data-testid={testId}
    >
      <RadixCheckbox.Indicator>{checked === "indeterminate" ? <Minus /> : <Check />}</RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  );
}

export interface Option<T extends string> {
  value: T;
  label: ReactNode;
  name?: string;
}

const STEP: Record<string, number | undefined> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** A choice of a few, all visible. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  small?: boolean;
}) {
  return (
    <span
      role="radiogroup"
      aria-label={props.label}
      className={`seg ${props.small === true ? "sm" : ""}`}
      onKeyDown={(event) => {
        const step = STEP[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const at = props.options.findIndex((option) => option.value === props.value);
        const to = (at + step + props.options.length) % props.options.length;
        const next = props.options[to];
        if (next === undefined) return;
        props.onChange(next.value);
        event.currentTarget.querySelectorAll("button")[to]?.focus();
      }}
    >
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          tabIndex={option.value === props.value ? 0 : -1}
          aria-checked={option.value === props.value}
          data-state={option.value === props.value ? "on" : "off"}
          aria-label={option.name}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </span>
  );
}

export function Select<T extends string>(props: {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  width?: number;
  disabled?: boolean;
  /** What has the focus once the list has closed; without it the choice itself. */
  next?: RefObject<HTMLElement | null>;
}) {
  const { next } = props;
  return (
    <RadixSelect.Root value={props.value} onValueChange={(value) => props.onChange(value as T)}>
      <RadixSelect.Trigger
        className="field quiet"
        aria-label={props.label}
        disabled={props.disabled === true}
        style={{ width: props.width }}
      >
        <span className="grow ell" style={{ textAlign: "left" }}>
          <RadixSelect.Value />
        </span>
        <Icon of={ChevronDown} size={12} />
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content
          className="popover"
          position="popper"
          sideOffset={4}
          onCloseAutoFocus={(event) => {
            if (next?.current == null) return;
            event.preventDefault();
            next.current.focus();
          }}
        >
          <RadixSelect.Viewport>
            {props.options.map((option) => (
              <RadixSelect.Item key={option.value} value={option.value} className="mi">
                <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  );
}

export function Switch(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <RadixSwitch.Root
      className="switch"
      checked={props.checked}
      onCheckedChange={props.onChange}
      aria-label={props.label}
      disabled={props.disabled === true}
    >
      <RadixSwitch.Thumb />
    </RadixSwitch.Root>
  );
}
