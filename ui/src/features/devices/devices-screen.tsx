import type { ColumnDef, SortingState } from "@tanstack/react-table";
import {
  ArrowDownToLine,
  CircleAlert,
  FileInput,
  KeyRound,
  ListFilter,
  Plus,
  RefreshCw,
  Router,
  ScanSearch,
  ShieldAlert,
  TriangleAlert,
  WifiOff,
} from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { type DeviceRow, asCoreError, queries, useDiscover, useQuery } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate, usePlace } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, LinkButton } from "@/components/button";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { VirtualTable } from "@/components/virtual-table";
import { age, day, took } from "@/lib/format";
import { AddDevice } from "./add-device";
import { CredentialDialog } from "./credential-dialog";
import { DeviceInspector } from "./device-inspector";
import { type DeviceView, TIER_GROUP, TIER_ORDER, filterDevices, needsLook } from "./device-filter";
import { ImportDialog } from "./import-dialog";
import { JumpHosts } from "./jump-hosts";
import "./devices.css";

const NO_ROWS: readonly DeviceRow[] = [];

/** The inventory: who answers, with which credentials and host key; adding, reading, testing. */
export function DevicesScreen({ device }: { device: string | null }) {
  useCrumbs([{ label: "Devices", to: to.devices() }, ...(device === null ? [] : [{ label: device, mono: true }])]);
  const list = useQuery(queries.devices());
  const rows = list.data ?? NO_ROWS;
  const { query } = usePlace();
  const adding = query.get("add");
  const [view, setView] = useState<DeviceView>({ text: "", group: null, look: null, credentials: null });
  const [sorting, setSorting] = useState<SortingState>([{ id: "name", desc: false }]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [credential, setCredential] = useState<string | null>(null);
  const shown = useMemo(() => filterDevices(rows, view), [rows, view]);
  const columns = useColumns();
  const search = useRef<HTMLInputElement>(null);
  const discover = useDiscover();
  const complain = useShell((shell) => shell.complain);
  const inspector = useShell((shell) => shell.inspectorOpen);
  const current = rows.find((row) => row.name === device) ?? shown[0] ?? null;
  const chosen = selected.size > 0 ? [...selected] : null;
  const read = (names: string[] | null) => discover.mutate(names, { onError: complain });
  const close = () => navigate(to.devices(device ?? undefined), { replace: true });
  useHotkeys({
    "/": () => search.current?.focus(),
    N: () => navigate("/devices?add=one"),
    R: () => read(chosen ?? (current === null ? null : [current.name])),
  });
  return (
    <>
      <Groups rows={rows} view={view} onView={setView} onCredential={setCredential} />
      <section className="pane grow" aria-label="Devices">
        <div className="pane-head" style={{ gap: 8 }}>
          <h1>Devices</h1>
          <span className="muted t12">
            {shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}
          </span>
          <span className="grow" />
          <TextInput
            ref={search}
            quiet
            width={196}
            icon={ListFilter}
            placeholder="Name, address, group"
            aria-label="Filter devices"
            value={view.text}
            onChange={(event) => setView({ ...view, text: event.target.value })}
            end={<kbd>/</kbd>}
          />
          <Button icon={FileInput} onClick={() => navigate("/devices?add=import")} data-testid="import-devices">
            Import
          </Button>
          <Button
            icon={RefreshCw}
            disabled={discover.isPending || rows.length === 0}
            onClick={() => read(chosen)}
            data-testid="discover"
          >
            {chosen === null ? "Read all now" : `Read ${chosen.length} now`}
          </Button>
          {chosen !== null && (
            <>
              <Button
                icon={ArrowDownToLine}
                onClick={() => useShell.getState().sync({ what: "devices", devices: chosen })}
                data-testid="sync-selected"
              >
                Sync {chosen.length}
              </Button>
              <Button icon={ScanSearch} onClick={() => useShell.getState().scan(chosen)} data-testid="scan-selected">
                Scan {chosen.length}
              </Button>
            </>
          )}
          <Button look="ink" icon={Plus} keys="N" onClick={() => navigate("/devices?add=one")} data-testid="add-device">
            Add device
          </Button>
        </div>
        {list.isError && <RegionError error={asCoreError(list.error)} />}
        {list.isPending ? (
          <Loading noun="devices" rows={12} />
        ) : (
          <VirtualTable
            label="Devices"
            rows={shown}
            columns={columns}
            rowId={(row) => row.name}
            rowName={(row) => row.name}
            rowHeight={24}
            sorting={sorting}
            onSorting={setSorting}
            current={current?.name ?? null}
            onCurrent={(name) => navigate(to.devices(name), { replace: true })}
            selected={selected}
            onSelected={setSelected}
            groupOf={(row) => TIER_GROUP[row.tier] ?? "Other"}
            groupOrder={TIER_ORDER}
            foot={({ from, to: until, total }) => (
              <>
                <span>
                  {from} to {until} of {total}
                </span>
                <span className="grow" />
                <span className="row">
                  <kbd>T</kbd> test
                </span>
                <span className="row">
                  <kbd>R</kbd> read now
                </span>
                <span className="row">
                  <kbd>Space</kbd> select
                </span>
              </>
            )}
            empty={
              <Empty title={rows.length === 0 ? "No devices yet" : "No device matches"}>
                <p>
                  {rows.length === 0
                    ? "Add one by hand, or import a list: you see what would be added before it is."
                    : ""}
                </p>
                <span className="row">
                  <Button look="ink" onClick={() => navigate("/devices?add=one")}>
                    Add device
                  </Button>
                  <Button onClick={() => navigate("/devices?add=import")}>Import or paste</Button>
                </span>
              </Empty>
            }
          />
        )}
      </section>
      {inspector && current !== null && (
        <DeviceInspector
          key={current.name}
          row={current}
          onRead={() => read([current.name])}
          onCredential={setCredential}
        />
      )}
      {adding === "one" && <AddDevice onClose={close} />}
      {adding === "import" && <ImportDialog onClose={close} />}
      {adding === "jump" && <JumpHosts onClose={close} />}
      {credential !== null && <CredentialDialog name={credential} onClose={() => setCredential(null)} />}
    </>
  );
}

function Groups(props: {
  rows: readonly DeviceRow[];
  view: DeviceView;
  onView: (view: DeviceView) => void;
  onCredential: (name: string) => void;
}) {
  const { rows, view, onView } = props;
  const credentials = useQuery(queries.credentials()).data ?? [];
  const present = new Set(rows.map((row) => TIER_GROUP[row.tier] ?? "Other"));
  const groups = TIER_ORDER.filter((group) => present.has(group));
  const looks = [
    { id: "no-answer", label: "no answer", icon: WifiOff },
    { id: "key-changed", label: "host key changed", icon: ShieldAlert },
    { id: "key-unknown", label: "host key to accept", icon: KeyRound },
    { id: "other", label: "cannot be used", icon: TriangleAlert },
  ] as const;
  return (
    <aside className="side" style={{ width: 190 }} aria-label="Groups">
      <div className="side-list">
        <button
          type="button"
          className="it"
          aria-pressed={view.group === null && view.look === null && view.credentials === null}
          onClick={() => onView({ text: "", group: null, look: null, credentials: null })}
        >
          <Icon of={Router} /> All <b>{rows.length}</b>
        </button>
        {groups.length > 0 && <h3>Groups</h3>}
        {groups.map((group) => (
          <button
            key={group}
            type="button"
            className="it"
            style={{ paddingLeft: 20 }}
            aria-pressed={view.group === group}
            onClick={() => onView({ ...view, group: view.group === group ? null : group, look: null })}
          >
            {group} <b>{rows.filter((row) => (TIER_GROUP[row.tier] ?? "Other") === group).length}</b>
          </button>
        ))}
        <h3>Needs a look</h3>
        {looks.map((look) => (
          <button
            key={look.id}
            type="button"
            className="it"
            aria-pressed={view.look === look.id}
            onClick={() => onView({ ...view, look: view.look === look.id ? null : look.id, group: null })}
          >
            <Icon of={look.icon} /> {look.label} <b>{rows.filter((row) => needsLook(row) === look.id).length}</b>
          </button>
        ))}
        <h3>Credentials</h3>
        {credentials.map((credential) => (
          <button
            key={credential.name}
            type="button"
            className="it"
            title={`${credential.user}, in ${credential.storedIn}`}
            aria-pressed={view.credentials === credential.name}
            onClick={() =>
              onView({ ...view, credentials: view.credentials === credential.name ? null : credential.name })
            }
          >
            <Icon of={KeyRound} /> <span className="ell">{credential.name}</span> <b>{credential.devices}</b>
          </button>
        ))}
        <LinkButton
          className="t12"
          style={{ padding: "4px 6px" }}
          onClick={() => props.onCredential("")}
          data-testid="add-credentials"
        >
          Add credentials
        </LinkButton>
        <LinkButton
          className="t12"
          style={{ padding: "4px 6px" }}
          onClick={() => navigate("/devices?add=jump")}
          data-testid="jump-hosts-open"
        >
          Jump hosts
        </LinkButton>
      </div>
    </aside>
  );
}

function useColumns(): ColumnDef<DeviceRow>[] {
  const now = useNowCoarse();
  return useMemo<ColumnDef<DeviceRow>[]>(
    () => [
      {
        id: "name",
        accessorKey: "name",
        header: "Device",
        meta: { track: "minmax(96px, 1fr)" },
        cell: ({ row }) => <span className="med">{row.original.name}</span>,
      },
      {
        id: "address",
        accessorFn: (row) => `${row.address}:${row.port}`,
        header: "Address",
        meta: { track: "132px" },
        cell: ({ row }) => (
          <span className="mono muted">
            {row.original.address}
            {row.original.port !== 22 && `:${row.original.port}`}
          </span>
        ),
      },
      {
        id: "version",
        accessorFn: (row) => row.version ?? "",
        header: "DNOS",
        meta: { track: "66px" },
        cell: ({ row }) => row.original.version ?? <span className="faint">not read</span>,
      },
      {
        id: "reach",
        accessorFn: (row) => row.reachMillis ?? undefined,
        sortUndefined: "last",
        header: "Reached in",
        meta: { track: "118px" },
        cell: ({ row }) => <Reach row={row.original} />,
      },
      {
        id: "credentials",
        accessorFn: (row) => row.credentials ?? "",
        header: "Credentials",
        meta: { track: "106px", hideBelow: 660 },
        cell: ({ row }) => row.original.credentials ?? <span className="faint">none</span>,
      },
      {
        id: "key",
        accessorFn: (row) => row.hostKey?.firstSeen ?? "",
        header: "Host key seen",
        meta: { track: "92px", hideBelow: 760 },
        cell: ({ row }) =>
          row.original.hostKey === null ? (
            <span className="faint">not accepted</span>
          ) : (
            <span className="muted">{day(new Date(row.original.hostKey.firstSeen), now)}</span>
          ),
      },
      { id: "domains", accessorKey: "domains", header: "BDs", meta: { track: "44px", numeric: true, hideBelow: 560 } },
      {
        id: "read",
        accessorFn: (row) => row.lastRead ?? "",
        header: "Read",
        meta: { track: "76px", numeric: true },
        cell: ({ row }) => (
          <span className="muted">
            {row.original.lastRead === null ? "never" : age(new Date(row.original.lastRead), now)}
          </span>
        ),
      },
    ],
    [now],
  );
}

function Reach({ row }: { row: DeviceRow }) {
  switch (row.reachability) {
    case "reachable":
      return <span className="muted">{row.reachMillis === null ? "yes" : took(row.reachMillis)}</span>;
    case "unknown":
      return <span className="faint">not tried</span>;
    case "no-answer":
      return (
        <span className="st c-unknown">
          <Icon of={WifiOff} size={12} /> no answer
        </span>
      );
    case "key-changed":
      return (
        <span className="st c-danger">
          <Icon of={ShieldAlert} size={12} /> key changed
        </span>
      );
    case "key-unknown":
      return (
        <span className="st c-warning">
          <Icon of={KeyRound} size={12} /> key to accept
        </span>
      );
    case "sign-in-refused":
      return (
        <span className="st c-danger">
          <Icon of={CircleAlert} size={12} /> sign-in refused
        </span>
      );
    case "not-usable":
      return (
        <span className="st c-warning">
          <Icon of={TriangleAlert} size={12} /> not usable
        </span>
      );
  }
}
