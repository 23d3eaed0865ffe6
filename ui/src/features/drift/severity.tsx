import type { DriftSeverity } from "@/api";
import { BARS } from "./inbox";

/** Four bars; the word always stands beside them. */
export function SeverityBars({ severity }: { severity: DriftSeverity }) {
  return (
    <span className="dr-bars" aria-hidden>
      {[1, 2, 3, 4].map((bar) => (
        <i key={bar} className={bar <= BARS[severity] ? "on" : ""} />
      ))}
    </span>
  );
}
