import { ArrowRight, ChevronDown, ChevronRight, Lock } from "lucide-react";
import { useState } from "react";
import { type ChangeView, useIncludeChange } from "@/api";
import { useHotkeys } from "@/app/hotkeys";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Sign } from "@/components/marks";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";

export interface ChangeTreeProps {
  draft: string;
  changes: readonly ChangeView[];
  selected: string | null;
  onSelect: (change: ChangeView) => void;
}

/** Device, attachment, field; each change in or left out, what was derived locked to its cause. */
export function ChangeTree({ draft, changes, selected, onSelect }: ChangeTreeProps) {
  const include = useIncludeChange();
  const complain = useShell((shell) => shell.complain);
  const devices = [...new Set(changes.map((change) => change.device))];
  const current = changes.find((change) => change.id === selected);
  const set = (change: ChangeView, included: boolean) =>
    include.mutate({ draft, change: change.id, included }, { onError: complain });
  useHotkeys({ X: () => current !== undefined && !current.derived && set(current, !current.included) });
  return (
    <div className="scroll" role="tree" aria-label="Changes" data-testid="change-tree">
      {devices.map((device) => (
        <DeviceBranch
          key={device}
          device={device}
          changes={changes.filter((change) => change.device === device)}
          selected={selected}
          busy={include.isPending}
          onSelect={onSelect}
          onInclude={set}
        />
      ))}
    </div>
  );
}

function DeviceBranch(props: {
  device: string;
  changes: readonly ChangeView[];
  selected: string | null;
  busy: boolean;
  onSelect: (change: ChangeView) => void;
  onInclude: (change: ChangeView, included: boolean) => void;
}) {
  const { device, changes } = props;
  const [open, setOpen] = useState(true);
  const own = changes.filter((change) => !change.derived);
  const included = own.filter((change) => change.included).length;
  const lines = changes.filter((change) => change.included).reduce((sum, change) => sum + change.lines, 0);
  return (
    <div role="treeitem" aria-expanded={open} aria-label={device} aria-selected={false}>
      <div className="tr d">
        <span className="bx">
          {own.length === 0 ? (
            <Icon of={Lock} className="faint" />
          ) : (
            <Checkbox
              checked={included === own.length ? true : included === 0 ? false : "indeterminate"}
              onChange={(next) => own.forEach((change) => change.included !== next && props.onInclude(change, next))}
              label={`Include the changes on ${device}`}
              hideLabel
              disabled={props.busy}
            />
          )}
        </span>
        <button type="button" aria-label={open ? `Fold ${device}` : `Unfold ${device}`} onClick={() => setOpen(!open)}>
          <Icon of={open ? ChevronDown : ChevronRight} className="muted" />
        </button>
        <span>
          {device} <span className="faint">{summary(changes)}</span>
        </span>
        <span className="end muted">{plural(lines, "line")}</span>
      </div>
      {open && (
        <div role="group">
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} {...props} />
          ))}
        </div>
      )}
    </div>
  );
}

function summary(changes: readonly ChangeView[]): string {
  if (changes.every((change) => change.derived)) return "derived";
  const count = (sign: ChangeView["sign"]) =>
    changes.filter((change) => !change.derived && change.sign === sign).length;
  return [
    [count("added"), "added"],
    [count("changed"), "changed"],
    [count("removed"), "removed"],
  ]
    .filter(([n]) => n !== 0)
    .map(([n, word]) => `${n ?? 0} ${word ?? ""}`)
    .join(", ");
}

function ChangeRow(props: {
  change: ChangeView;
  selected: string | null;
  busy: boolean;
  onSelect: (change: ChangeView) => void;
  onInclude: (change: ChangeView, included: boolean) => void;
}) {
  const { change } = props;
  const on = props.selected === change.id;
  const struck = change.sign === "removed" || !change.included;
  return (
    <>
      <div
        role="treeitem"
        aria-selected={on}
        tabIndex={0}
        className={`tr a ${on ? "on" : ""}`}
        data-testid={`change-${change.device}-${change.object}`}
        onClick={() => props.onSelect(change)}
        onKeyDown={(event) => event.key === "Enter" && props.onSelect(change)}
      >
        <span className="bx">
          {change.derived ? (
            <Icon of={Lock} className="faint" />
          ) : (
            <Checkbox
              checked={change.included}
              onChange={(next) => props.onInclude(change, next)}
              label={`Include ${change.object} on ${change.device}`}
              hideLabel
              disabled={props.busy}
            />
          )}
        </span>
        <Sign kind={change.sign} />
        <span className="mono ell">
          {struck ? (
            <s>
              <SafeText text={change.object} />
            </s>
          ) : (
            <SafeText text={change.object} />
          )}
        </span>
        <span className="faint t11">
          {change.derived
            ? `derived${change.derivedFrom === null ? "" : ", goes with its cause"}`
            : !change.included
              ? "stays in the draft"
              : on && (
                  <Button size="sm" keys="X" onClick={() => props.onInclude(change, false)}>
                    Leave out
                  </Button>
                )}
        </span>
      </div>
      {on && change.leaveOut !== null && <div className="tr msg">{change.leaveOut}</div>}
      {!change.derived &&
        change.fields.map((field) => (
          <div key={field.field} className="tr f">
            <span />
            <span>{field.field}</span>
            <span className="mono ell">{field.before ?? "none"}</span>
            <Icon of={ArrowRight} size={12} />
            <span className="mono ell">{field.after ?? "none"}</span>
          </div>
        ))}
    </>
  );
}
