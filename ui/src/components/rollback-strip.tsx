import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon";

/** The bottom bar of every screen that can change a device: what rollback is now, in one sentence, and the actions. */
export function RollbackStrip({ sentence, children }: { sentence: ReactNode; children: ReactNode }) {
  return (
    <div className="rollback" role="region" aria-label="Rollback" data-testid="rollback-strip">
      <Icon of={Undo2} size={16} className="muted" />
      <span className="grow selectable" style={{ overflow: "hidden" }} data-testid="rollback-sentence">
        <b style={{ fontSize: "var(--text-13)" }}>Rollback</b> <span className="muted">{sentence}</span>
      </span>
      {children}
    </div>
  );
}
