import { Check, EyeOff, X } from "lucide-react";
import { useState } from "react";
import type { CheckCell, CheckResult, DeploymentDetail } from "@/api";
import { Segmented } from "@/components/choice";
import { Icon } from "@/components/icon";
import { Running } from "@/components/marks";
import { SafeText } from "@/components/text";

interface Line {
  key: string;
  head: string;
  label: string;
  gating: boolean;
  cell: CheckCell;
}

export interface CheckTotals {
  passed: number;
  failed: number;
  failedGating: number;
  notObservable: number;
  running: number;
}

export function countChecks(detail: DeploymentDetail): CheckTotals {
  const totals: CheckTotals = { passed: 0, failed: 0, failedGating: 0, notObservable: 0, running: 0 };
  for (const row of detail.checks)
    for (const cell of row.results) {
      if (cell.result === "passed") totals.passed += 1;
      if (cell.result === "running") totals.running += 1;
      if (cell.result === "not-observable") totals.notObservable += 1;
      if (cell.result === "failed") {
        totals.failed += 1;
        if (row.gating) totals.failedGating += 1;
      }
    }
  return totals;
}

/** Checks as they come in, by device or by check. */
export function CheckList({ detail }: { detail: DeploymentDetail }) {
  const [by, setBy] = useState<"device" | "check">("device");
  const totals = countChecks(detail);
  const lines: Line[] = detail.checks.flatMap((row) =>
    row.results
      .filter((cell) => cell.result !== "not-applicable")
      .map((cell) => ({
        key: `${row.check} ${cell.device}`,
        head: by === "device" ? cell.device : row.label,
        label: by === "device" ? row.label : cell.device,
        gating: row.gating,
        cell,
      })),
  );
  const order = detail.devices.map((device) => device.device);
  if (by === "device") lines.sort((a, b) => order.indexOf(a.cell.device) - order.indexOf(b.cell.device));
  return (
    <section aria-label="Checks" data-testid="check-list">
      <div className="pane-head">
        <h2>Checks</h2>
        <span className="faint t12">
          {totals.passed} passed
          {totals.failed > 0 && `, ${totals.failed} failed${totals.failedGating === 0 ? " (informative)" : ""}`}
          {totals.notObservable > 0 && `, ${totals.notObservable} not observable`}
          {totals.running > 0 && `, ${totals.running} to go`}
        </span>
        <span className="grow" />
        <Segmented<"device" | "check">
          label="Order of the checks"
          small
          value={by}
          options={[
            { value: "device", label: "By device" },
            { value: "check", label: "By check" },
          ]}
          onChange={setBy}
        />
      </div>
      {lines.map((line, at) => (
        <div key={line.key} className="ckl" data-result={line.cell.result}>
          <b className="ell">{lines[at - 1]?.head === line.head ? "" : line.head}</b>
          <ResultMark result={line.cell.result} />
          <span className="ell">{line.label}</span>
          <span className="muted ell" title={line.cell.evidence}>
            <SafeText text={line.cell.evidence} />
          </span>
          <span className="muted num">{endWord(line)}</span>
        </div>
      ))}
    </section>
  );
}

function endWord(line: Line): string {
  if (line.cell.result === "running") return "running";
  if (line.cell.result === "not-observable") return "not observable";
  return line.gating ? "" : "informative";
}

const MARK = {
  passed: [Check, "c-ok", "passed"],
  failed: [X, "c-danger", "failed"],
  "not-observable": [EyeOff, "c-unknown", "not observable"],
} as const;

/** One result: a tick, a cross, an eye that is off; a faint dot where it does not apply. */
export function ResultMark({ result }: { result: CheckResult }) {
  if (result === "running") return <Running />;
  if (result === "not-applicable")
    return (
      <span className="faint" role="img" aria-label="does not apply">
        &middot;
      </span>
    );
  const [icon, colour, word] = MARK[result];
  return (
    <span className={colour} role="img" aria-label={word}>
      <Icon of={icon} />
    </span>
  );
}
