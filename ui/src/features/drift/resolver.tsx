import { FileSearch, RefreshCw } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { DeviceLines, DriftChoice, DriftChoiceView, DriftDetail } from "@/api";
import { useHotkeys } from "@/app/hotkeys";
import { Button } from "@/components/button";
import { Segmented } from "@/components/choice";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { Running } from "@/components/marks";
import { RollbackStrip } from "@/components/rollback-strip";
import { Unbroken } from "@/components/text";
import { plural } from "@/lib/format";
import { reasonOf } from "./inbox";
import { type DriftActs, ReasonField } from "./reason";
import { rollbackSentence } from "./rollback";

export interface ResolverProps extends DriftActs {
  detail: DriftDetail;
  busy: boolean;
  syncing: boolean;
}

const STEP: Record<string, 1 | -1 | undefined> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** The choices with their consequence, what the chosen one would do, and the way to take it. None is pre-made. */
export function Resolver(props: ResolverProps) {
  const { detail } = props;
  const [picked, setPicked] = useState<DriftChoice | null>(null);
  const [typed, setTyped] = useState("");
  const possible = detail.choices.filter((one) => one.refused === null);
  const choice = possible.find((one) => one.choice === picked)?.choice ?? null;
  const pick = (at: number) => {
    const view = detail.choices[at];
    if (view?.refused === null) setPicked(view.choice);
  };
  const act = () => {
    const why = reasonOf(typed);
    if (choice === "sync") props.onSync(why);
    else if (choice === "override") props.onOverride(why);
    else if (choice === "leave") props.onLeave(why);
  };
  useHotkeys({ "1": () => pick(0), "2": () => pick(1), "3": () => pick(2), "Ctrl Enter": act });
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEP[event.key];
    if (step === undefined || possible.length === 0) return;
    event.preventDefault();
    const at = possible.findIndex((one) => one.choice === choice);
    const next = possible[at < 0 ? 0 : (at + step + possible.length) % possible.length];
    if (next === undefined) return;
    setPicked(next.choice);
    event.currentTarget.querySelector<HTMLElement>(`[data-choice=${next.choice}]`)?.focus();
  };
  const focused = choice ?? possible[0]?.choice;
  return (
    <>
      <div className="dr-res">
        <div className="col">
          <div role="radiogroup" aria-label="What to do about it" className="scroll" onKeyDown={onKeyDown}>
            {detail.choices.map((view, at) => (
              <Choice
                key={view.choice}
                view={view}
                number={at + 1}
                on={view.choice === choice}
                focusable={view.choice === focused}
                onPick={() => pick(at)}
              />
            ))}
          </div>
          <div className="dr-why">
            <ReasonField value={typed} onChange={setTyped} testId="reason" />
          </div>
        </div>
        <Preview detail={detail} choice={choice} />
      </div>
      <RollbackStrip sentence={rollbackSentence(detail, choice)}>
        {props.syncing && (
          <span className="row t12 muted">
            <Running /> Reading {detail.row.device}
          </span>
        )}
        <Button
          look="ink"
          keys="Ctrl Enter"
          {...(choice === "override" ? { icon: FileSearch } : choice === "sync" ? { icon: RefreshCw } : {})}
          disabled={choice === null || props.busy}
          onClick={act}
          data-testid="take-choice"
        >
          {choice === null ? "Choose what to do" : ACT[choice]}
        </Button>
      </RollbackStrip>
    </>
  );
}

const ACT: Record<DriftChoice, string> = { sync: "Sync now", override: "Open the plan", leave: "Leave it" };

function Choice(props: { view: DriftChoiceView; number: number; on: boolean; focusable: boolean; onPick: () => void }) {
  const { view, on } = props;
  const refused = view.refused !== null;
  return (
    <button
      type="button"
      role="radio"
      aria-checked={on}
      aria-disabled={refused}
      tabIndex={props.focusable ? 0 : -1}
      className="dr-choice"
      onClick={props.onPick}
      data-choice={view.choice}
      data-testid={`choice-${view.choice}`}
    >
      <span className="radio" data-state={on ? "checked" : "unchecked"} />
      <span>
        <b className="strong">{view.label}</b>
        {view.refused === null ? (
          <span className="muted">
            <Unbroken text={view.consequence} />
          </span>
        ) : (
          <span className="c-warning">
            Not possible: <Unbroken text={view.refused} />
          </span>
        )}
      </span>
      <kbd>{props.number}</kbd>
    </button>
  );
}

function Preview({ detail, choice }: { detail: DriftDetail; choice: DriftChoice | null }) {
  const { device } = detail.row;
  if (choice === "sync")
    return (
      <Words
        label="If you choose Discover and sync"
        rows={[
          ["Sends", "nothing that changes the device; it is only read"],
          ["Then", "what it holds becomes the record, and this event closes"],
          ["Services", "stay as they run now on the device"],
          ["Other events", `of ${device} stay open`],
          ["Fails if", `${device} does not answer; the event then stays open`],
        ]}
      />
    );
  if (choice === "leave")
    return (
      <Words
        label="If you leave it"
        rows={[
          ["Sends", "nothing"],
          ["Then", "this event stays open and asks for nothing; the next one is shown"],
          ["Counts", "it leaves the counts; Show left brings it back to the list"],
          ["Until", "its object changes again; then it asks once more"],
        ]}
      />
    );
  return <OverrideLines devices={detail.overrideLines} />;
}

function Words({ label, rows }: { label: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section className="pane" aria-label={label} data-testid="choice-preview">
      <div className="pane-head dr-sub">
        <h2>{label}</h2>
      </div>
      <dl className="kv scroll dr-words">
        {rows.map(([term, words]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type Way = "forward" | "reverse";

function OverrideLines({ devices }: { devices: readonly DeviceLines[] }) {
  const [way, setWay] = useState<Way>("forward");
  const count = (of: Way) => devices.reduce((sum, one) => sum + one[of].length, 0);
  const word = way === "forward" ? "Forward lines" : "Rollback lines";
  return (
    <section className="pane" aria-label="If you choose Override" data-testid="choice-preview">
      <div className="pane-head dr-sub">
        <h2>If you choose Override</h2>
        <span className="grow" />
        {devices.length > 0 && (
          <Segmented<Way>
            label="Lines"
            small
            value={way}
            options={[
              { value: "forward", label: `Forward ${count("forward")}` },
              { value: "reverse", label: `Rollback ${count("reverse")}` },
            ]}
            onChange={setWay}
          />
        )}
      </div>
      <div className="scroll">
        {devices.length === 0 && (
          <p className="muted t12 dr-none">There is no plan that puts it back, so no line would be sent.</p>
        )}
        {devices.map((one) => (
          <div key={one.device}>
            <div className="dev-h">
              <span className="name">{one.device}</span>
              <span className="faint">{plural(one[way].length, "line")}</span>
              <span className="grow" />
              <CopyLines lines={one[way]} label={`Copy the ${word.toLowerCase()} of ${one.device}`} />
            </div>
            <CliLines lines={one[way]} label={`${word} of ${one.device}`} />
          </div>
        ))}
      </div>
    </section>
  );
}
