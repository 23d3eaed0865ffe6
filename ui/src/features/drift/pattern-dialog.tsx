import { RefreshCw } from "lucide-react";
import { type SubmitEvent, useDeferredValue, useState } from "react";
import { type SyncPreview, type SyncTarget, asCoreError, queries, useQuery } from "@/api";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { LabelledInput } from "@/components/field";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";
import "./sync-dialog.css";

/** Interfaces by a pattern, on one device or on all: which of the known ones it means, before anything is read. */
export function PatternDialog({ device, onClose }: { device: string | null; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const pattern = useDeferredValue(typed.trim());
  const target: SyncTarget | null = pattern === "" ? null : { what: "interfaces", pattern, device };
  const preview = useQuery(queries.syncPreview(target));
  const error = preview.isError ? asCoreError(preview.error).sentence : undefined;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (target === null || preview.isError) return;
    onClose();
    useShell.getState().sync(target);
  };
  return (
    <Dialog
      title="Discover and sync interfaces"
      description={`${device ?? "Every device"} is read; what it holds of these interfaces becomes what is expected. Nothing is sent.`}
      width={520}
      onClose={onClose}
      testId="pattern-dialog"
    >
      <form onSubmit={onSubmit}>
        <div className="sy-pattern">
          <LabelledInput
            autoFocus
            mono
            label="Interface pattern"
            placeholder="ge100-0/0/*.251"
            hint="A * stands for any characters. Interfaces that no record knows are found too."
            error={error}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            data-testid="pattern"
          />
          {target !== null && preview.data !== undefined && <Known preview={preview.data} />}
        </div>
        <div className="b row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="ink"
            icon={RefreshCw}
            disabled={target === null || preview.data === undefined || preview.isError}
            data-testid="sync-pattern"
          >
            {preview.data === undefined ? "Read and sync" : `Read ${plural(preview.data.devices, "device")} and sync`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Known({ preview }: { preview: SyncPreview }) {
  if (preview.total === 0)
    return (
      <p className="t12 med" data-testid="pattern-count">
        No known interface matches.
      </p>
    );
  const more = preview.total - preview.interfaces.length;
  return (
    <>
      <p className="t12 med" data-testid="pattern-count">
        {plural(preview.total, "known interface matches", "known interfaces match")}.
      </p>
      <ul className="sy-known t12" aria-label="Known interfaces">
        {preview.interfaces.map((known) => (
          <li key={`${known.device} ${known.interface}`} className="row">
            <span className="mono">
              <SafeText text={known.interface} />
            </span>
            <span className="muted">{known.device}</span>
          </li>
        ))}
        {more > 0 && <li className="muted">and {more} more</li>}
      </ul>
    </>
  );
}
