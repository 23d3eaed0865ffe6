import { useEffect, useRef } from "react";
import { queries, useQuery } from "@/api";
import { Select } from "@/components/choice";
import type { AttachmentTableProps } from "./attachment-table";
import { type Picking, firstChoice, portSections, selectable } from "./picking";

/** The cell in which a port is typed; the docked picker beside it shows what matches. */
export function PortField(props: AttachmentTableProps & { picking: Picking }) {
  const { picking, view, onPicking, onAttach, previewed } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const fabric = useQuery(queries.map()).data;
  const leaves = fabric?.devices.filter((device) => device.tier !== "superspine").map((device) => device.device) ?? [];
  const devices = [...new Set([...leaves, ...view.devices.map((device) => device.device)])].sort();
  const offer = useQuery(queries.ports(picking.device, view.id)).data;
  const choices = selectable(portSections(offer?.ports ?? [], picking.text));
  return (
    <span className="row" style={{ gap: 4 }}>
      <Select
        label="Device of the new attachment"
        value={picking.device}
        width={104}
        options={devices.map((device) => ({ value: device, label: device }))}
        onChange={(device) => onPicking({ ...picking, device })}
        next={input}
      />
      <span className="field" style={{ height: 24, width: 128 }}>
        <input
          ref={input}
          className="mono"
          aria-label="Port of the new attachment"
          data-testid="port-input"
          autoComplete="off"
          spellCheck={false}
          value={picking.text}
          onChange={(event) => onPicking({ ...picking, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") onPicking(null);
            else if (event.key === "Enter") {
              const chosen =
                choices.find((row) => row.port === previewed?.port) ?? choices[firstChoice(choices, picking.text)];
              if (chosen !== undefined) onAttach(picking.device, chosen.port, event.ctrlKey);
            } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
              window.dispatchEvent(new CustomEvent("port-step", { detail: event.key === "ArrowDown" ? 1 : -1 }));
            } else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      </span>
    </span>
  );
}
