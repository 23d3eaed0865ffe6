import type { ColumnDef, SortingState } from "@tanstack/react-table";
import { CircleHelp, GitCompareArrows, ListFilter, PencilLine, Timer, TriangleAlert, X } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { type DomainRow, asCoreError, queries, useOpenDraft, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { useNowCoarse } from "@/app/clock";
import { IconButton, LinkButton } from "@/components/button";
import { ContextMenuArea } from "./domain-menu";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { Empty, Loading, RegionError } from "@/components/region";
import { VirtualTable } from "@/components/virtual-table";
import { when } from "@/lib/format";
import { DomainInspector } from "./domain-inspector";
import { Facets } from "./facets";
import { type DomainFilter, NO_FILTER, filterDomains } from "./filter";
import "./domains.css";

const NO_ROWS: readonly DomainRow[] = [];

/** Every bridge domain of the fabric: facets, a table of any length, and the chosen one beside it. */
export function DomainsScreen({ domain }: { domain: string | null }) {
  useCrumbs(
    domain === null
      ? [{ label: "Bridge domains" }]
      : [
          { label: "Bridge domains", to: to.domains() },
          { label: domain, mono: true },
        ],
  );
  const list = useQuery(queries.domains());
  const rows = list.data ?? NO_ROWS;
  const [filter, setFilter] = useState<DomainFilter>(NO_FILTER);
  const [sorting, setSorting] = useState<SortingState>([{ id: "name", desc: false }]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // The field follows every key; long lists follow as soon as they can.
  const settled = useDeferredValue(filter);
  const shown = useMemo(() => filterDomains(rows, settled), [rows, settled]);
  const columns = useColumns(rows);
  const search = useRef<HTMLInputElement>(null);
  const open = useOpenDraft();
  const complain = useShell((shell) => shell.complain);
  const inspector = useShell((shell) => shell.inspectorOpen);
  const current = domain ?? shown[0]?.name ?? null;
  const edit = (name: string) =>
    open.mutate(name, { onSuccess: (draft) => navigate(to.draft(draft.id)), onError: complain });
  useHotkeys({
    "/": () => search.current?.focus(),
    Escape: () => setFilter(NO_FILTER),
    E: () => current !== null && rows.find((row) => row.name === current)?.editable === true && edit(current),
    H: () => current !== null && navigate(to.domains(current, "history"), { replace: true }),
    C: () => current !== null && navigate(to.domains(current, "configuration"), { replace: true }),
    O: () => current !== null && navigate(to.fabric(current)),
  });
  return (
    <>
      <Facets rows={rows} filter={filter} settled={settled} onChange={setFilter} />
      <section className="pane grow" aria-label="Bridge domains">
        <div className="pane-head" style={{ gap: 8 }}>
          <h1>Bridge domains</h1>
          <span className="muted t12" data-testid="domain-count">
            {shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}
          </span>
          <span className="grow" />
          {selected.size > 0 && (
            <span className="row t12 muted">
              {selected.size} selected
              <LinkButton onClick={() => void navigator.clipboard.writeText([...selected].join("\n"))}>
                Copy names
              </LinkButton>
              <IconButton icon={X} label="Clear selection" onClick={() => setSelected(new Set())} />
            </span>
          )}
          <TextInput
            ref={search}
            quiet
            width={214}
            icon={ListFilter}
            placeholder="Name, VLAN, device"
            aria-label="Filter bridge domains"
            data-testid="domain-filter"
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            onKeyDown={(event) => event.key === "Escape" && setFilter({ ...filter, text: "" })}
            end={<kbd>/</kbd>}
          />
        </div>
        {list.isError && <RegionError error={asCoreError(list.error)} />}
        {list.isPending ? (
          <Loading noun="bridge domains" rows={14} />
        ) : (
          <ContextMenuArea domain={current} onEdit={edit}>
            <VirtualTable
              label="Bridge domains"
              rows={shown}
              columns={columns}
              rowId={(row) => row.name}
              rowName={(row) => row.name}
              sorting={sorting}
              onSorting={setSorting}
              current={current}
              onCurrent={(name) => navigate(to.domains(name), { replace: true })}
              onOpen={(row) => (row.editable ? edit(row.name) : navigate(to.domains(row.name)))}
              selected={selected}
              onSelected={setSelected}
              foot={({ from, to: until, total }) => (
                <>
                  <span>
                    {from} to {until} of {total}
                  </span>
                  <span className="grow" />
                  <Hint keys={["J", "K"]} word="move" />
                  <Hint keys={["Space"]} word="select" />
                  <Hint keys={["Enter"]} word="open" />
                  <Hint keys={["E"]} word="edit" />
                </>
              )}
              empty={<NoDomains filtered={rows.length > 0} onClear={() => setFilter(NO_FILTER)} />}
            />
          </ContextMenuArea>
        )}
      </section>
      {inspector && current !== null && (
        <DomainInspector domain={current} onEdit={() => edit(current)} editing={open.isPending} />
      )}
    </>
  );
}

function Hint({ keys, word }: { keys: readonly string[]; word: string }) {
  return (
    <span className="row">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
      {word}
    </span>
  );
}

function NoDomains({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <Empty title="No bridge domain matches">
      <p>The filter hides all of them.</p>
      <button type="button" className="btn" onClick={onClear}>
        Clear the filter
      </button>
    </Empty>
  ) : (
    <Empty title="No bridge domains yet">
      <p>They appear here as soon as a device has been read.</p>
      <button type="button" className="btn ink" onClick={() => navigate(to.devices())}>
        Open Devices
      </button>
    </Empty>
  );
}

/** Pixels of a character in the table; an owner is never cut. */
const CHARACTER = 7;

function useColumns(rows: readonly DomainRow[]): ColumnDef<DomainRow>[] {
  const owner = useMemo(
    () => rows.reduce((most, row) => Math.max(most, row.owner?.length ?? 0), 0) * CHARACTER + 16,
    [rows],
  );
  const now = useNowCoarse();
  return useMemo<ColumnDef<DomainRow>[]>(
    () => [
      {
        id: "draft",
        header: "",
        enableSorting: false,
        meta: { track: "20px" },
        cell: ({ row }) =>
          row.original.draft !== null && (
            <span
              className="draft-i"
              role="img"
              aria-label="has a draft"
              title="has a draft"
              style={{ marginLeft: -6 }}
            >
              <Icon of={PencilLine} size={12} />
            </span>
          ),
      },
      {
        id: "name",
        accessorKey: "name",
        header: "Name",
        meta: { track: "minmax(150px, 1fr)" },
        cell: ({ row }) => (
          <span className="mono" title={row.original.name}>
            {row.original.name}
            {row.original.warnings > 0 && (
              <span className="c-warning" role="img" aria-label="has a warning" style={{ marginLeft: 6 }}>
                <Icon of={TriangleAlert} size={12} />
              </span>
            )}
          </span>
        ),
      },
      {
        id: "vlan",
        accessorFn: (row) => row.vlan ?? undefined,
        sortUndefined: "last",
        header: "VLAN",
        meta: { track: "70px", numeric: true },
        cell: ({ row }) =>
          row.original.vlan === null ? (
            <span className="faint mono">{row.original.kind === "5" ? "none" : "unknown"}</span>
          ) : (
            <span className="mono">{row.original.vlan}</span>
          ),
      },
      {
        id: "kind",
        accessorKey: "kind",
        header: "Type",
        meta: { track: "48px" },
        cell: ({ row }) =>
          row.original.kind === "?" ? (
            <span className="c-unknown" role="img" aria-label="unknown">
              <Icon of={CircleHelp} size={12} />
            </span>
          ) : (
            <span title={row.original.kindLabel}>{row.original.kind}</span>
          ),
      },
      {
        id: "owner",
        accessorFn: (row) => row.owner ?? "",
        header: "Owner",
        meta: { track: `${Math.max(74, owner)}px`, hideBelow: 420 },
        cell: ({ row }) => row.original.owner ?? <span className="faint">none</span>,
      },
      { id: "access", accessorKey: "access", header: "Att", meta: { track: "46px", numeric: true, hideBelow: 450 } },
      {
        id: "devices",
        accessorFn: (row) => row.devices.length,
        header: "Dev",
        meta: { track: "46px", numeric: true, hideBelow: 500 },
      },
      {
        id: "drift",
        accessorKey: "drift",
        header: "Drift",
        meta: { track: "56px", hideBelow: 660 },
        cell: ({ row }) => (
          <>
            {row.original.drift > 0 && (
              <span className="st c-drift">
                <Icon of={GitCompareArrows} />
                {row.original.drift}
              </span>
            )}
            {row.original.inDoubt !== null && (
              <span className="st c-doubt" role="img" aria-label={`deployment ${row.original.inDoubt} in doubt`}>
                <Icon of={Timer} />
              </span>
            )}
          </>
        ),
      },
      {
        id: "changed",
        accessorFn: (row) => row.changed ?? "",
        header: "Changed",
        meta: { track: "106px", numeric: true, hideBelow: 560 },
        cell: ({ row }) =>
          row.original.changed !== null && <span className="muted">{when(new Date(row.original.changed), now)}</span>,
      },
    ],
    [now, owner],
  );
}
