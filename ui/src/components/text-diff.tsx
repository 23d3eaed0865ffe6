import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useMemo, useRef } from "react";
import type { DiffLine, TextDiffView } from "@/api";
import { countPlaces, markedParts, splitItems, unifiedItems } from "@/lib/diff";
import { plural, thousands } from "@/lib/format";
import { IconButton } from "./button";
import { CliWords } from "./cli-lines";
import { Icon } from "./icon";
import { SafeText } from "./text";

const ROW = 19;
const FOLD = 24;

export type DiffLayout = "split" | "unified";

export interface TextDiffProps {
  diff: TextDiffView;
  layout: DiffLayout;
  before: ReactNode;
  after: ReactNode;
  /** Said when the two texts do not differ. */
  same: string;
  label: string;
}

/** Two texts beside each other or as one: line numbers, signs, the part that differs, folds; long texts stay fast. */
export function TextDiff({ diff, layout, before, after, same, label }: TextDiffProps) {
  const items = useMemo(() => (layout === "split" ? splitItems(diff) : unifiedItems(diff)), [diff, layout]);
  const changes = useMemo(() => items.flatMap((item, at) => (item.type !== "fold" && item.first ? [at] : [])), [items]);
  const scroller = useRef<HTMLDivElement>(null);
  const current = useRef(-1);
  // Another diff is read from its beginning; what stands above it keeps the focus.
  useEffect(() => {
    current.current = -1;
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [diff]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (items[at]?.type === "fold" ? FOLD : ROW),
    overscan: 24,
    initialRect: { width: 900, height: 600 },
  });
  const jump = (step: number) => {
    if (changes.length === 0) return;
    current.current = (current.current + step + changes.length) % changes.length;
    virtual.scrollToIndex(changes[current.current] ?? 0, { align: "center" });
  };
  const arrows = (
    <>
      <span className="grow" />
      <IconButton icon={ArrowUp} label="Previous change" keys="Shift N" onClick={() => jump(-1)} />
      <IconButton icon={ArrowDown} label="Next change" keys="N" onClick={() => jump(1)} />
    </>
  );
  return (
    <div
      className="col grow"
      data-testid="text-diff"
      onKeyDown={(event) => {
        if (event.key.toLowerCase() === "n" && !event.ctrlKey && !event.metaKey) jump(event.shiftKey ? -1 : 1);
      }}
    >
      {layout === "split" ? (
        <div className="split" style={{ flex: "none" }}>
          <div className="hh">{before}</div>
          <div className="hh">
            {after}
            {arrows}
          </div>
        </div>
      ) : (
        <div className="hh">
          {before} <span className="faint">to</span> {after}
          {arrows}
        </div>
      )}
      {diff.identical && <p className="empty">{same}</p>}
      <div
        className="diff-body selectable"
        hidden={diff.identical}
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((place) => {
            const item = items[place.index];
            if (item === undefined) return null;
            return (
              <div
                key={place.key}
                style={{ position: "absolute", top: place.start, left: 0, right: 0, height: place.size }}
              >
                {item.type === "fold" && (
                  <div className="fold">
                    <Icon of={ChevronsUpDown} size={12} />
                    {item.block !== null && `${item.block}, `}
                    {plural(item.count, "line")} the same
                  </div>
                )}
                {item.type === "pair" && (
                  <div className="split">
                    <Side line={item.before} side="before" />
                    <Side line={item.after} side="after" />
                  </div>
                )}
                {item.type === "line" && (
                  <Side line={item.line} side={item.line.kind === "removed" ? "before" : "after"} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

export function DiffSummary({ diff }: { diff: TextDiffView }) {
  const places = useMemo(() => countPlaces(diff), [diff]);
  return (
    <span className="row t12 nowrap" style={{ gap: 6 }}>
      <PlusMinus added={diff.added} removed={diff.removed} />
      <span className="muted">{diff.identical ? "the texts are the same" : `${plural(places, "place")} changed`}</span>
    </span>
  );
}

export function PlusMinus({ added, removed }: { added: number; removed: number }) {
  return (
    <>
      {added > 0 && <b className="c-added">+{thousands(added)}</b>}
      {removed > 0 && <b className="c-removed">{`\u2212${thousands(removed)}`}</b>}
    </>
  );
}

const LOOK = { same: ["", ""], added: ["add", "+"], removed: ["del", "\u2212"] } as const;

function Side({ line, side }: { line: DiffLine | null; side: "before" | "after" }) {
  if (line === null)
    return (
      <div className="cli t11 nums">
        <div className="l void">
          <u />
          <b />
          <span />
        </div>
      </div>
    );
  const [look, sign] = LOOK[line.kind];
  return (
    <div className="cli t11 nums">
      <div className={`l ${look}`}>
        <u>{side === "before" ? line.before : line.after}</u>
        <b aria-hidden>{sign}</b>
        <span>{line.marks.length === 0 ? <CliWords line={line.text} /> : <Marked line={line} />}</span>
      </div>
    </div>
  );
}

function Marked({ line }: { line: DiffLine }) {
  return (
    <>
      {markedParts(line.text, line.marks).map((part, at) =>
        part.marked ? (
          <mark key={at}>
            <SafeText text={part.text} />
          </mark>
        ) : (
          <CliWords key={at} line={part.text} />
        ),
      )}
    </>
  );
}
