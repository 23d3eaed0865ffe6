import { ArrowDown, Check } from "lucide-react";
import { useState } from "react";
import type { AttachmentView, DomainDetail, ObjectSync } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { SectionHead } from "@/components/marks";
import { SyncInterface } from "@/features/drift/sync-interface";
import { ago, when } from "@/lib/format";

/** The attachments of a bridge domain by device, and when each was last seen as the records hold it. */
export function DomainAttachments({ detail }: { detail: DomainDetail }) {
  const [showFabric, setShowFabric] = useState(false);
  const { row } = detail;
  return (
    <div className="sec">
      <SectionHead
        title="Attachments"
        note={`${row.access} access, ${row.fabric} fabric`}
        end={
          row.fabric > 0 && (
            <LinkButton onClick={() => setShowFabric(!showFabric)}>
              {showFabric ? "Hide fabric" : "Show fabric"}
            </LinkButton>
          )
        }
      />
      {detail.devices.map((device) => {
        const list = device.attachments.filter((attachment) => showFabric || !attachment.isFabric);
        if (list.length === 0) return null;
        const synced = detail.synced.filter((one) => one.device === device.device);
        return (
          <div key={device.device} className="adev">
            <div className="h">
              {device.device}
              <span className="faint">
                {device.tier}
                {device.under !== null && `, under ${device.under}`}
              </span>
              <span className="grow" />
              <InSync device={device.device} synced={synced} />
            </div>
            {list.map((attachment) => (
              <AttachmentRow
                key={attachment.interface}
                attachment={attachment}
                sync={synced.find((one) => one.interface === attachment.interface)}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
}

/** When the device was last compared. Its objects are read together; those that differ say so themselves. */
function InSync({ device, synced }: { device: string; synced: readonly ObjectSync[] }) {
  const now = useNowCoarse();
  const agreed = synced.filter((one) => one.drift === null);
  const last = agreed[0];
  if (last === undefined || last.at === null) return null;
  const at = new Date(last.at);
  const which = agreed.length === synced.length ? "in sync" : `${agreed.length} of ${synced.length} in sync`;
  return (
    <span className="faint ell" title={`${when(at, now)}, ${last.source ?? ""}`} data-testid={`synced-${device}`}>
      {which} {ago(at, now)}, {last.source}
    </span>
  );
}

function AttachmentRow({ attachment, sync }: { attachment: AttachmentView; sync: ObjectSync | undefined }) {
  const up = attachment.oper === "up";
  return (
    <div className={`r ${attachment.isFabric ? "der" : ""}`}>
      <SyncInterface device={attachment.device} name={attachment.interface} />
      <span className="mono ell" title={attachment.lines.join("\n")}>
        {attachment.interface}
      </span>
      <span className="mono muted ell vlan">{attachment.vlan ?? attachment.encapsulation}</span>
      <span className={`st ${up ? "c-ok" : attachment.oper === "unknown" ? "c-unknown" : "muted"}`}>
        {attachment.oper !== "unknown" && <Icon of={up ? Check : ArrowDown} size={12} />}
        {attachment.oper}
      </span>
      {sync?.drift == null ? (
        <span className="num muted">{attachment.macs === null ? "" : `${attachment.macs} MAC`}</span>
      ) : (
        <Differs sync={sync} event={sync.drift} />
      )}
    </div>
  );
}

function Differs({ sync, event }: { sync: ObjectSync; event: number }) {
  const now = useNowCoarse();
  const since =
    sync.at === null
      ? "The records never held it otherwise"
      : `As the records hold it until ${when(new Date(sync.at), now)}, ${sync.source ?? ""}`;
  return (
    <LinkButton
      className="num drift"
      title={since}
      onClick={() => navigate(to.drift(event))}
      data-testid={`differs-${sync.device}-${sync.interface}`}
    >
      differs
    </LinkButton>
  );
}
