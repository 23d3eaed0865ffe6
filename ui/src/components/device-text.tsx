import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { CliWords } from "./cli-lines";
import { Found } from "./text";

const ROW = 19;

/** A device's whole text with line numbers; long texts stay fast. `goto` is a line number to show. */
export function DeviceText({
  text,
  label,
  find = "",
  goto,
}: {
  text: string;
  label: string;
  find?: string;
  goto?: number;
}) {
  const lines = useMemo(() => text.replace(/\n$/u, "").split("\n"), [text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 30,
  });
  useEffect(() => {
    if (goto !== undefined) virtual.scrollToIndex(Math.max(0, goto - 1), { align: "center" });
  }, [goto, virtual]);
  return (
    <div className="diff-body selectable" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((place) => {
          const line = lines[place.index] ?? "";
          const hit = find !== "" && line.toLowerCase().includes(find.toLowerCase());
          return (
            <div
              key={place.key}
              className="cli t11 nums"
              style={{ position: "absolute", top: place.start, left: 0, right: 0 }}
            >
              <div className="l">
                <u>{place.index + 1}</u>
                <b />
                <span>{hit ? <Found text={line} find={find} /> : <CliWords line={line} />}</span>
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}
