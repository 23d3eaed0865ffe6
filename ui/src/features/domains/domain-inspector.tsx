import { Ellipsis, GitCommitVertical, Network, PencilLine, SquareTerminal } from "lucide-react";
import { useState } from "react";
import { type DomainDetail, asCoreError, queries, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { Button, IconButton } from "@/components/button";
import { CopyLines } from "@/components/cli-lines";
import { DeviceText } from "@/components/device-text";
import { Icon } from "@/components/icon";
import { SectionHead, SeverityIcon } from "@/components/marks";
import { Menu } from "@/components/menu";
import { Empty, Loading, RegionError } from "@/components/region";
import { type GraphNode, ServiceGraph } from "@/components/service-graph";
import { Tabs } from "@/components/tabs";
import { SafeText } from "@/components/text";
import { DriftNotices } from "@/features/drift/drift-notices";
import { ago, moment, plural, when } from "@/lib/format";
import { DomainAttachments } from "./domain-attachments";
import { domainMenu } from "./domain-menu";
import { kindInWords } from "./filter";

type TabId = "overview" | "configuration" | "history";

/** The chosen bridge domain: its topology, attachments by device, raw configuration, history, notices. */
export function DomainInspector(props: { domain: string; onEdit: () => void; editing: boolean }) {
  const { domain, onEdit } = props;
  const { query } = usePlace();
  const asked = query.get("tab");
  const tab: TabId = asked === "configuration" || asked === "history" ? asked : "overview";
  const detail = useQuery(queries.domain(domain));
  const data = detail.data;
  const draft = data?.row.draft ?? null;
  return (
    <aside className="pane w-domain" aria-label={`Bridge domain ${domain}`} data-testid="domain-inspector">
      <div className="pane-head">
        <h2 className="mono ell">{domain}</h2>
        {draft !== null && (
          <span className="st c-changed">
            <Icon of={PencilLine} size={12} />
            draft
          </span>
        )}
        <span className="grow" />
        <Menu items={domainMenu(domain, onEdit)}>
          <IconButton icon={Ellipsis} label="More" />
        </Menu>
      </div>
      {detail.isError && <RegionError error={asCoreError(detail.error)} />}
      {data === undefined && detail.isPending && <Loading noun={domain} rows={10} />}
      {data && (
        <Tabs<TabId>
          label="Views of the bridge domain"
          value={tab}
          tabs={[
            { id: "overview", label: "Overview" },
            { id: "configuration", label: "Configuration", count: data.row.devices.length },
            { id: "history", label: "History", count: data.history.length },
          ]}
          onChange={(next) => navigate(to.domains(domain, next), { replace: true })}
        >
          <div className={`col grow ${detail.isPlaceholderData ? "stale" : ""}`}>
            {tab === "overview" && <Overview data={data} />}
            {tab === "configuration" && <Configuration domain={domain} />}
            {tab === "history" && <DomainHistory ids={data.history} />}
          </div>
        </Tabs>
      )}
      <div className="row edge-t" style={{ height: 46, padding: "0 16px", flex: "none" }}>
        {data?.notEditable == null ? (
          <Button
            look="ink"
            keys="E"
            onClick={onEdit}
            disabled={props.editing || data === undefined}
            data-testid="edit-domain"
          >
            {draft === null ? "Edit" : "Continue draft"}
          </Button>
        ) : (
          <span className="muted t12" style={{ whiteSpace: "normal" }}>
            {data.notEditable}
          </span>
        )}
        <span className="grow" />
        <Button
          icon={SquareTerminal}
          keys="C"
          onClick={() => navigate(to.domains(domain, "configuration"), { replace: true })}
        >
          CLI
        </Button>
        <Button icon={Network} onClick={() => navigate(to.fabric(domain))}>
          On map
        </Button>
      </div>
    </aside>
  );
}

export function graphOf(data: DomainDetail): GraphNode[] {
  return data.devices.map((device) => ({
    device: device.device,
    tier: device.tier,
    under: device.under,
    sign: "same",
    ports: device.attachments
      .filter((attachment) => !attachment.isFabric)
      .map((attachment) => ({ id: attachment.interface, text: attachment.interface, sign: "same" })),
  }));
}

function Overview({ data }: { data: DomainDetail }) {
  const now = useNowCoarse();
  const { row } = data;
  return (
    <div className="scroll">
      <div className="edge-b">
        <ServiceGraph
          label={`Topology of ${row.name}`}
          small
          limit={300}
          maxPorts={4}
          nodes={graphOf(data)}
          links={data.links.map((link) => ({
            upper: link.upper,
            lower: link.lower,
            sign: "same",
            tag: link.tag,
            broken: !link.complete,
          }))}
        />
      </div>
      <div className="sec">
        <dl className="kv two-cols">
          <dt>Service VLAN</dt>
          <dd className="mono">{row.vlan ?? "none"}</dd>
          <dt>Type</dt>
          <dd>{kindInWords(row)}</dd>
          <dt>Owner</dt>
          <dd>{row.owner ?? "none"}</dd>
          <dt>Scope</dt>
          <dd>{row.scope}</dd>
          <dt>Last change</dt>
          <dd>{row.changed === null ? "not seen" : when(new Date(row.changed), now)}</dd>
          <dt>Record</dt>
          <dd>{data.recordFrom === null ? "none" : `read ${ago(new Date(data.recordFrom), now)}`}</dd>
          <dt>Shape</dt>
          <dd style={{ gridColumn: "2 / -1" }}>{data.topology}</dd>
        </dl>
      </div>
      <DomainAttachments detail={data} />
      <DriftNotices domain={row.name} />
      {data.notices.length > 0 && (
        <div className="sec">
          <SectionHead title="Notices" note={data.notices.length} />
          <div className="lo" style={{ gridTemplateColumns: "20px minmax(0,1fr)" }}>
            {data.notices.map((notice) => (
              <NoticeRow
                key={`${notice.code} ${notice.device ?? ""} ${notice.object ?? ""} ${notice.sentence}`}
                {...notice}
              />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

function NoticeRow({ severity, sentence }: { severity: "error" | "warning" | "info"; sentence: string }) {
  return (
    <>
      <SeverityIcon kind={severity} />
      <span className="selectable">
        <SafeText text={sentence} />
      </span>
    </>
  );
}

function Configuration({ domain }: { domain: string }) {
  const texts = useQuery(queries.domainConfig(domain));
  const now = useNowCoarse();
  const [device, setDevice] = useState<string | null>(null);
  if (texts.isError) return <RegionError error={asCoreError(texts.error)} />;
  if (texts.data === undefined) return <Loading noun={`the configuration of ${domain}`} rows={12} />;
  const shown = texts.data.find((text) => text.device === device) ?? texts.data[0];
  if (shown === undefined) return <Empty title="No device holds it" />;
  return (
    <div className="col grow">
      <div
        className="row edge-b"
        style={{ padding: "6px 16px", flexWrap: "wrap", gap: 4, flex: "none" }}
        role="group"
        aria-label="Devices"
      >
        {texts.data.map((text) => (
          <button
            key={text.device}
            type="button"
            aria-pressed={text === shown}
            className="btn sm"
            onClick={() => setDevice(text.device)}
          >
            {text.device}
          </button>
        ))}
      </div>
      <div className="hh">
        <span className="ell">
          {shown.device}, read {ago(new Date(shown.read), now)}
        </span>
        <span className="grow" />
        <span className="mono">{shown.hash}</span>
        <CopyLines lines={shown.text.replace(/\n$/u, "").split("\n")} label={`Copy the text of ${shown.device}`} />
      </div>
      <DeviceText text={shown.text} label={`Configuration of ${shown.device}`} />
    </div>
  );
}

function DomainHistory({ ids }: { ids: readonly number[] }) {
  const rows = useQuery(queries.deployments()).data ?? [];
  const now = useNowCoarse();
  if (ids.length === 0)
    return (
      <Empty title="No deployment has changed it">
        <p>Deployments from this window and from the command line appear here with their lines and checks.</p>
      </Empty>
    );
  return (
    <div className="scroll">
      {ids.map((id) => {
        const row = rows.find((one) => one.id === id);
        return (
          <button
            key={id}
            type="button"
            className="list-row edge-b"
            style={{ gridTemplateColumns: "18px 40px minmax(0,1fr) auto", minHeight: 40 }}
            onClick={() => navigate(to.deployments(id))}
          >
            <Icon of={GitCommitVertical} className="muted" />
            <b>{id}</b>
            <span className="ell">{row?.sentence ?? ""}</span>
            <span className="muted">
              {row && `${row.by}, ${moment(new Date(row.started), now)}, ${plural(row.devices, "device")}`}
            </span>
          </button>
        );
      })}
    </div>
  );
}
