import { Ban, CircleCheck, CornerDownLeft, Dot, Search, TriangleAlert, Users, type LucideIcon } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { type PortGroup, type PortRow, asCoreError, queries, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { Checkbox } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { ago, plural } from "@/lib/format";
import { type Picking, type PortSection, firstChoice, portSections, selectable } from "./picking";

const LOOK: Record<PortGroup, { title: string; icon: LucideIcon; colour: string }> = {
  ready: { title: "Ready", icon: CircleCheck, colour: "c-ok" },
  look: { title: "Fine, but look", icon: TriangleAlert, colour: "c-warning" },
  "in-use": { title: "In use", icon: Users, colour: "c-info" },
  never: { title: "Never", icon: Ban, colour: "c-unknown" },
};

export interface PortPickerProps {
  draft: string;
  picking: Picking;
  onPreview: (row: PortRow | null) => void;
  onAttach: (device: string, port: string, keepOpen?: boolean) => void;
}

/** Ports of one device in four groups, docked beside the form in which the query is typed. */
export function PortPicker({ draft, picking, onPreview, onAttach }: PortPickerProps) {
  const offer = useQuery(queries.ports(picking.device, draft));
  const now = useNowCoarse();
  const [showNever, setShowNever] = useState(true);
  const [moved, setMoved] = useState<number | null>(null);
  const sections = portSections(offer.data?.ports ?? [], picking.text).filter(
    (section) => showNever || section.group !== "never",
  );
  const choices = selectable(sections);
  const at = moved ?? firstChoice(choices, picking.text);
  const current = choices[Math.min(at, choices.length - 1)];
  const key = `${picking.device} ${picking.text}`;
  const [lastKey, setLastKey] = useState(key);
  if (lastKey !== key) {
    setLastKey(key);
    setMoved(null);
  }
  const announce = useEffectEvent(() => onPreview(current ?? null));
  const currentPort = current === undefined ? "" : `${current.device} ${current.port}`;
  useEffect(() => announce(), [currentPort]);
  const step = useEffectEvent((by: number) => setMoved(Math.max(0, Math.min(choices.length - 1, at + by))));
  useEffect(() => {
    const listener = (event: Event) => event instanceof CustomEvent && step(Number(event.detail));
    window.addEventListener("port-step", listener);
    return () => window.removeEventListener("port-step", listener);
  }, []);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [currentPort]);
  if (offer.isError) return <RegionError error={asCoreError(offer.error)} />;
  if (offer.data === undefined) return <Loading noun={`ports of ${picking.device}`} rows={10} />;
  return (
    <div className="col grow picker" data-testid="port-picker">
      <div className="q">
        <Icon of={Search} className="faint" />
        <span className="mono t12">{picking.text}</span>
        <span className="faint t11">{picking.text === "" ? "type in the form" : "typed in the form"}</span>
        <span className="grow" />
        <span className="faint t11">{offer.data.read !== null && `read ${ago(new Date(offer.data.read), now)}`}</span>
      </div>
      <div className="scroll" tabIndex={0} role="listbox" aria-label={`Ports of ${picking.device}`} ref={list}>
        {offer.data.ports.length === 0 && <Empty title={`No port of ${picking.device} is known`} />}
        {sections.map((section) => (
          <Section key={section.group} section={section} current={current} onAttach={onAttach} />
        ))}
      </div>
      <div className="f">
        <span>
          <kbd>Enter</kbd> attach
        </span>
        <span>
          <kbd>Ctrl Enter</kbd> keep open
        </span>
        <span className="grow" />
        <label className="row" style={{ gap: 6 }}>
          <Checkbox checked={showNever} onChange={setShowNever} label="Show ports that are never offered" hideLabel />
          show never
        </label>
      </div>
    </div>
  );
}

function Section(props: {
  section: PortSection;
  current: PortRow | undefined;
  onAttach: (device: string, port: string) => void;
}) {
  const { section, current } = props;
  const look = LOOK[section.group];
  if (section.total === 0) return null;
  return (
    <div role="group" aria-label={look.title} data-testid={`ports-${section.group}`}>
      <div className="gh">
        <span className={look.colour}>
          <Icon of={look.icon} />
        </span>
        {look.title}
        <span className="n">
          {plural(section.total, "port")}
          {section.shown.length !== section.total && `, ${section.shown.length} shown`}
        </span>
      </div>
      {section.shown.map((row) => {
        const on = row === current;
        return (
          <div
            key={row.port}
            role="option"
            aria-selected={on}
            aria-disabled={!row.selectable}
            aria-label={`${row.port}, ${row.reason}`}
            className={`o ${on ? "on" : ""} ${row.selectable ? "" : "no"}`}
            data-testid={`port-${row.port}`}
            draggable={row.selectable}
            onDragStart={(event) => {
              event.dataTransfer.setData("text/plain", row.port);
              event.dataTransfer.setData(`application/x-port-${row.device.toLowerCase()}`, row.port);
            }}
            onClick={() => row.selectable && props.onAttach(row.device, row.port)}
          >
            <span className={on ? "c-accent" : "faint"}>
              <Icon of={on ? CornerDownLeft : Dot} />
            </span>
            <span className="mono ell">{row.port}</span>
            <span className="faint">{row.speed}</span>
            <span className="ell" title={row.reason}>
              <SafeText text={row.reason} />
            </span>
          </div>
        );
      })}
    </div>
  );
}
