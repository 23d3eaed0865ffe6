import { Check, CircleHelp, Minus, Pause, Undo2, X, type LucideIcon } from "lucide-react";
import type { DeploymentDetail, PhaseCell } from "@/api";
import { Icon } from "@/components/icon";
import { DeviceState, Progress, Running } from "@/components/marks";
import { SafeText } from "@/components/text";
import { clockSeconds, minutes, took } from "@/lib/format";
import { phaseName } from "@/lib/phases";
import { type ShownCell, shownCell } from "./cells";

export interface ExecutionMatrixProps {
  detail: DeploymentDetail;
  device: string | null;
  onCell: (device: string) => void;
}

/** A row per device with what it is reported as, a column per phase. A row chosen filters the log. */
export function ExecutionMatrix({ detail, device, onCell }: ExecutionMatrixProps) {
  const phases = detail.devices[0]?.cells.map((cell) => cell.phase) ?? [];
  return (
    <div className="mx" role="table" aria-label="Devices by phase" data-testid="execution-matrix">
      <div className="hd" role="row">
        <span role="columnheader">Device, state</span>
        {phases.map((phase) => (
          <span key={phase} role="columnheader" className={phase === detail.phase ? "on" : ""}>
            {phaseName(phase)}
          </span>
        ))}
        <span role="columnheader" className="num">
          Elapsed
        </span>
      </div>
      {detail.devices.map((row) => {
        const bad = row.cells.some((cell) => cell.state === "refused");
        const time = row.stateAt === null ? null : clockSeconds(new Date(row.stateAt));
        return (
          <div
            key={row.device}
            role="row"
            tabIndex={0}
            className={`r ${bad ? "bad" : ""} ${device === row.device ? "on" : ""}`}
            data-testid={`matrix-${row.device}`}
            onClick={() => onCell(row.device)}
            onKeyDown={(event) => event.key === "Enter" && onCell(row.device)}
          >
            <div role="rowheader">
              <b>{row.device}</b>
              <DeviceState state={row.state} time={time} />
            </div>
            {row.cells.map((cell) => (
              <div key={cell.phase} role="cell" data-phase={cell.phase} data-cell={cell.state}>
                <Cell cell={cell} state={shownCell(detail, row, cell)} />
              </div>
            ))}
            <div role="cell" className="num muted">
              {minutes(row.seconds * 1000)}
            </div>
            {row.notes.length > 0 && (
              <div className="notes muted t11">
                <SafeText text={row.notes.join(". ")} />
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

const MARK: Partial<Record<ShownCell, [LucideIcon, string, string]>> = {
  held: [Pause, "muted", "held"],
  passed: [Check, "c-ok", ""],
  refused: [X, "c-danger", "refused"],
  unknown: [CircleHelp, "c-doubt", "not known"],
  skipped: [Minus, "faint", ""],
  "taken-back": [Undo2, "muted", "taken back"],
};

const LOOK: Partial<Record<ShownCell, string>> = { refused: "c-danger med", held: "muted", "taken-back": "muted" };
const NAME: Partial<Record<ShownCell, string>> = { skipped: "not needed", "taken-back": "taken back" };

function Cell({ cell, state }: { cell: PhaseCell; state: ShownCell }) {
  if (state === "waiting") return null;
  const mark = MARK[state];
  const word = cell.word ?? mark?.[2] ?? "";
  return (
    <>
      <span className={`t ${LOOK[state] ?? ""}`}>
        {state === "running" ? (
          <Running />
        ) : (
          mark && (
            <span className={mark[1]} role="img" aria-label={NAME[state] ?? state}>
              <Icon of={mark[0]} />
            </span>
          )
        )}
        <span className="ell">
          {state === "running" && cell.total > 0 ? `${cell.done} of ${cell.total}` : <SafeText text={word} />}
        </span>
        {/* A narrow cell has no room for both. */}
        {cell.seconds !== null && word === "" && <span className="num">{took(cell.seconds * 1000)}</span>}
      </span>
      {state === "running" && cell.total > 0 && <Progress done={cell.done} total={cell.total} />}
    </>
  );
}
