import { useState } from "react";
import { type DraftView, useApplyToDraft } from "@/api";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { LabelledInput } from "@/components/field";

const FIRST = 1;
const LAST = 4094;

/** Reads a VLAN as typed; a sentence when it is none. */
export function readVlan(text: string): { vlan: number } | { error: string } {
  if (!/^\d{1,5}$/u.test(text.trim())) return { error: "A VLAN is a number from 1 to 4094." };
  const vlan = Number(text);
  if (vlan < FIRST || vlan > LAST) return { error: `VLAN ${vlan} does not exist: the range is 1 to 4094.` };
  return { vlan };
}

/** Changes the service VLAN on every attachment of the draft. */
export function VlanDialog({ view, onClose }: { view: DraftView; onClose: () => void }) {
  const [text, setText] = useState(view.vlan === null ? "" : String(view.vlan));
  const [tried, setTried] = useState(false);
  const apply = useApplyToDraft();
  const read = readVlan(text);
  const error = tried && "error" in read ? read.error : apply.error?.sentence;
  const submit = () => {
    setTried(true);
    if ("vlan" in read)
      apply.mutate({ draft: view.id, operation: { op: "changeServiceVlan", vlan: read.vlan } }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={`Service VLAN of ${view.domain}`}
      description="Every attachment gets the new tag, access and fabric. It is undone with one step."
      width={420}
      onClose={onClose}
      testId="vlan-dialog"
    >
      <form
        className="b"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <LabelledInput
          label="VLAN"
          mono
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          error={error}
          hint="1 to 4094"
          data-testid="vlan-input"
        />
        <div className="row" style={{ justifyContent: "flex-end", marginTop: 8 }}>
          <Button onClick={onClose}>Keep {view.vlan ?? "it"}</Button>
          <Button look="ink" type="submit" disabled={apply.isPending} data-testid="vlan-apply">
            Change the VLAN
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
