import { PencilLine, Router, Unlink, Waypoints } from "lucide-react";
import { useMemo, useState } from "react";
import { type DomainDetail, type FabricMap, queries, useOpenDraft, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { SectionHead, SeverityIcon } from "@/components/marks";
import { Empty } from "@/components/region";
import { kindInWords } from "@/features/domains/filter";
import { DriftNotices } from "@/features/drift/drift-notices";
import { SyncInterface } from "@/features/drift/sync-interface";
import { ago, plural } from "@/lib/format";

const SHOWN = 200;

/** What is selected on the map: a device with its services, or a service with its path. */
export function FabricInspector(props: { map: FabricMap; device: string | null; domain: string | null }) {
  const { map, device, domain } = props;
  return (
    <aside className="pane w-fabric" aria-label="Selection" data-testid="fabric-inspector">
      {domain !== null ? (
        <DomainOnMap domain={domain} />
      ) : device !== null ? (
        <DeviceOnMap map={map} device={device} />
      ) : (
        <Empty title="Select a device or bridge domain">
          <p>A bridge domain lights its path and its attachments. A device lists the services it carries.</p>
          <Button onClick={() => navigate(to.domains())}>Open Bridge domains</Button>
        </Empty>
      )}
    </aside>
  );
}

function light(domain: string): void {
  navigate(to.fabric(domain), { replace: true });
}

function DeviceOnMap({ map, device }: { map: FabricMap; device: string }) {
  const node = map.devices.find((one) => one.device === device);
  const domains = useQuery(queries.domains()).data;
  const now = useNowCoarse();
  const [text, setText] = useState("");
  const own = useMemo(
    () =>
      (domains ?? []).filter(
        (row) => row.devices.includes(device) && row.name.toLowerCase().includes(text.toLowerCase()),
      ),
    [domains, device, text],
  );
  const links = map.links.filter((link) => link.upper === device || link.lower === device);
  if (node === undefined) return <Empty title={`${device} is not on the map`} />;
  return (
    <>
      <div className="pane-head">
        <h2>{device}</h2>
        <span className="muted t12">{node.tier}</span>
      </div>
      <div className="sec">
        <dl className="kv">
          <dt>Record</dt>
          <dd>{node.lastRead === null ? "never read" : `read ${ago(new Date(node.lastRead), now)}`}</dd>
          <dt>Answers</dt>
          <dd>{node.reachable ? "yes" : "did not answer last time"}</dd>
          <dt>Under</dt>
          <dd>{node.under ?? "nothing"}</dd>
        </dl>
      </div>
      <DriftNotices device={device} />
      <div className="sec">
        <SectionHead title="Links" note={links.length} />
        {links.map((link) => {
          const up = link.upper === device;
          return (
            <div key={`${link.upper} ${link.lower}`} className="row t12" style={{ height: 22 }}>
              <span className="med" style={{ minWidth: 82 }}>
                {up ? link.lower : link.upper}
              </span>
              <span className="mono muted grow ell">{up ? link.upperInterface : link.lowerInterface}</span>
              <span className={link.membersUp < link.members ? "c-warning" : "muted"}>
                {link.membersUp} of {link.members}
                {!link.lldp && ", no LLDP"}
              </span>
            </div>
          );
        })}
      </div>
      <div className="row edge-b" style={{ padding: "8px 16px", flex: "none" }}>
        <TextInput
          quiet
          width="100%"
          placeholder={`Bridge domains on ${device}`}
          aria-label={`Bridge domains on ${device}`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          end={own.length}
        />
      </div>
      <div className="scroll">
        {own.slice(0, SHOWN).map((row) => (
          <button
            key={row.name}
            type="button"
            className="list-row"
            style={{ gridTemplateColumns: "minmax(0,1fr) auto" }}
            onClick={() => light(row.name)}
          >
            <span className="mono ell">{row.name}</span>
            <span className="mono muted">{row.vlan ?? "none"}</span>
          </button>
        ))}
        {own.length > SHOWN && (
          <p className="muted t12" style={{ padding: "4px 16px" }}>
            Type to narrow down {own.length} services.
          </p>
        )}
      </div>
      <div className="row edge-t" style={{ height: 46, padding: "0 16px", flex: "none" }}>
        <Button icon={Router} onClick={() => navigate(to.devices(device))}>
          Open {device}
        </Button>
      </div>
    </>
  );
}

function DomainOnMap({ domain }: { domain: string }) {
  const detail = useQuery(queries.domain(domain)).data;
  const open = useOpenDraft();
  const complain = useShell((shell) => shell.complain);
  const data = detail?.row.name === domain ? detail : undefined;
  return (
    <>
      <div className="pane-head">
        <h2 className="mono ell">{domain}</h2>
      </div>
      <div className="scroll">{data && <PathOf data={data} />}</div>
      <div className="row edge-t" style={{ height: 46, padding: "0 16px", flex: "none" }}>
        {data?.row.editable === true && (
          <Button
            look="ink"
            icon={PencilLine}
            onClick={() =>
              open.mutate(domain, { onSuccess: (draft) => navigate(to.draft(draft.id)), onError: complain })
            }
          >
            Edit
          </Button>
        )}
        <Button icon={Waypoints} onClick={() => navigate(to.domains(domain))}>
          Details
        </Button>
      </div>
    </>
  );
}

function PathOf({ data }: { data: DomainDetail }) {
  const broken = data.links.filter((link) => !link.complete);
  return (
    <>
      <div className="sec">
        <dl className="kv">
          <dt>Service VLAN</dt>
          <dd className="mono">{data.row.vlan ?? "none"}</dd>
          <dt>Type</dt>
          <dd>{kindInWords(data.row)}</dd>
          <dt>Owner, scope</dt>
          <dd>
            {data.row.owner ?? "none"}, {data.row.scope}
          </dd>
          <dt>Shape</dt>
          <dd>{data.topology}</dd>
        </dl>
      </div>
      <div className="sec">
        <SectionHead
          title="Path"
          note={`${plural(data.devices.length, "device")}, ${plural(data.links.length, "hop")}`}
          end={
            broken.length > 0 && (
              <span className="st c-danger">
                <Icon of={Unlink} /> {broken.length} broken
              </span>
            )
          }
        />
        {data.links.map((link) => (
          <div
            key={`${link.upper} ${link.lower}`}
            className={`hop ${link.complete ? "" : "bad"}`}
            title={`${link.upper} ${link.upperInterface}, ${link.lower} ${link.lowerInterface}`}
          >
            <SeverityIcon kind={link.complete ? "ok" : "error"} size={12} />
            <b className="med">{link.upper}</b>
            <span className="muted mono ell">{link.upperInterface}</span>
            <b className="med">{link.lower}</b>
          </div>
        ))}
      </div>
      <div className="sec">
        <SectionHead title="Access attachments" note={data.row.access} />
        {data.devices.flatMap((device) =>
          device.attachments
            .filter((attachment) => !attachment.isFabric)
            .map((attachment) => (
              <div key={`${device.device} ${attachment.interface}`} className="row t12" style={{ height: 26 }}>
                <b className="med" style={{ minWidth: 82 }}>
                  {device.device}
                </b>
                <span className="mono grow ell">{attachment.interface}</span>
                <SyncInterface device={device.device} name={attachment.interface} />
                {attachment.vlan !== null && <span className="tag">{attachment.vlan}</span>}
              </div>
            )),
        )}
      </div>
    </>
  );
}
