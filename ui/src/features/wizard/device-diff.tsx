import { useState } from "react";
import type { DevicePlanView } from "@/api";
import { Segmented } from "@/components/choice";
import { CliLines, CopyLines } from "@/components/cli-lines";
import { DiffSummary, TextDiff } from "@/components/text-diff";

type Form = "split" | "unified" | "lines";

/** The text of one device before and after, or the lines that are sent to it; a switcher over all devices. */
export function DeviceDiff(props: {
  devices: readonly DevicePlanView[];
  device: string | null;
  onDevice: (device: string) => void;
}) {
  const [form, setForm] = useState<Form>("split");
  const shown = props.devices.find((one) => one.device === props.device) ?? props.devices[0];
  if (shown === undefined) return null;
  return (
    <div className="col grow" data-testid="device-diff">
      <div className="row edge-b" style={{ height: 38, padding: "0 16px", flex: "none", overflow: "hidden" }}>
        <Segmented<string>
          label="Device"
          small
          value={shown.device}
          options={props.devices.map((one) => ({ value: one.device, label: one.device }))}
          onChange={props.onDevice}
        />
        <DiffSummary diff={shown.diff} />
        <span className="grow" />
        <Segmented<Form>
          label="Form of the comparison"
          small
          value={form}
          options={[
            { value: "split", label: "Side by side" },
            { value: "unified", label: "Unified" },
            { value: "lines", label: "Lines sent" },
          ]}
          onChange={setForm}
        />
      </div>
      {form === "lines" ? (
        <div className="scroll">
          <div className="hh">
            {shown.forward.length} lines, sent to {shown.device} one by one
            <span className="grow" />
            <CopyLines lines={shown.forward} label={`Copy the lines of ${shown.device}`} />
          </div>
          <CliLines lines={shown.forward} label={`Lines sent to ${shown.device}`} />
        </div>
      ) : (
        <TextDiff
          key={`${shown.device} ${form}`}
          diff={shown.diff}
          layout={form}
          label={`${shown.device} before and after`}
          same={`Nothing changes on ${shown.device}.`}
          before={
            <>
              before <span className="grow" /> <span className="mono">{shown.diff.hashBefore}</span>
            </>
          }
          after={
            <>
              after <span className="mono">{shown.diff.hashAfter}</span>
            </>
          }
        />
      )}
    </div>
  );
}
