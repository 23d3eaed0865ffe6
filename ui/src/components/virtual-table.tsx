import {
  type ColumnDef,
  type Row,
  type RowData,
  type SortingState,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useMemo, useRef } from "react";
import { Checkbox } from "./choice";
import { Icon } from "./icon";
import { useWidth } from "./use-width";

declare module "@tanstack/react-table" {
  interface ColumnMeta<TData extends RowData, TValue> {
    /** CSS grid track of the column. */
    track: string;
    numeric?: boolean;
    /** The column is left out where the table is narrower than this. */
    hideBelow?: number;
    /** Kept for the shape of the generic interface. */
    rowType?: TData;
    valueType?: TValue;
  }
}

export interface VirtualTableProps<T> {
  label: string;
  rows: readonly T[];
  columns: ColumnDef<T>[];
  rowId: (row: T) => string;
  rowName: (row: T) => string;
  rowHeight?: number;
  sorting: SortingState;
  onSorting: (next: SortingState) => void;
  current: string | null;
  onCurrent: (id: string) => void;
  onOpen?: (row: T) => void;
  /** Further keys on the current row, e.g. `e` to edit. */
  onKey?: (key: string, row: T) => boolean;
  selected?: ReadonlySet<string>;
  onSelected?: (next: ReadonlySet<string>) => void;
  /** Group heading of a row; rows of a group are kept together in the given order. */
  groupOf?: (row: T) => string;
  groupOrder?: readonly string[];
  groupNote?: (group: string, count: number) => ReactNode;
  foot?: (range: { from: number; to: number; total: number }) => ReactNode;
  empty: ReactNode;
}

type Item<T> = { type: "row"; row: Row<T>; at: number } | { type: "group"; name: string; count: number };

/** Rows of any number at 60 frames a second: sticky head, sort, one current row, a selection, the keyboard of lists. */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { rows, columns, rowId, rowHeight = 28, selected, onSelected, groupOf, groupOrder, current, onCurrent } = props;
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const shownColumns = useMemo(
    () => columns.filter((column) => width === 0 || width >= (column.meta?.hideBelow ?? 0)),
    [columns, width],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useReactTable({
    data,
    columns: shownColumns,
    getRowId: rowId,
    state: { sorting: props.sorting },
    onSortingChange: (next) => props.onSorting(typeof next === "function" ? next(props.sorting) : next),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const sorted = table.getRowModel().rows;
  const items = useMemo(() => grouped(sorted, groupOf, groupOrder), [sorted, groupOf, groupOrder]);
  const order = useMemo(() => items.flatMap((item) => (item.type === "row" ? [item.row] : [])), [items]);
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<number>(0);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 900, height: 700 },
  });
  const tracks = `${onSelected ? "32px " : ""}${shownColumns.map((c) => c.meta?.track ?? "1fr").join(" ")}`;
  const currentAt = order.findIndex((row) => row.id === current);

  const move = (to: number, range: boolean) => {
    const next = order[Math.max(0, Math.min(order.length - 1, to))];
    if (next === undefined) return;
    onCurrent(next.id);
    const place = items.findIndex((item) => item.type === "row" && item.row.id === next.id);
    virtual.scrollToIndex(place, { align: "auto" });
    if (range && onSelected) {
      const at = order.indexOf(next);
      const [from, until] = anchor.current < at ? [anchor.current, at] : [at, anchor.current];
      onSelected(new Set(order.slice(from, until + 1).map((row) => row.id)));
    } else anchor.current = order.indexOf(next);
  };

  const toggle = (id: string) => {
    if (!onSelected) return;
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelected(next);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("button") !== null) return;
    const row = order[currentAt];
    const step = STEPS[event.key];
    if (step !== undefined) move(currentAt + step, event.shiftKey);
    else if (event.key === "Home") move(0, event.shiftKey);
    else if (event.key === "End") move(order.length - 1, event.shiftKey);
    else if (row !== undefined && event.key === "Enter" && props.onOpen) props.onOpen(row.original);
    else if (row !== undefined && event.key === " " && onSelected) toggle(row.id);
    else if (row === undefined || props.onKey?.(event.key, row.original) !== true) return;
    event.preventDefault();
  };

  const visible = virtual.getVirtualItems();
  const range = visibleRange(virtual.range, items, order.length);
  return (
    <div
      ref={grid}
      className="vt"
      role="grid"
      aria-label={props.label}
      aria-rowcount={order.length}
      aria-activedescendant={current === null ? undefined : rowDomId(props.label, current)}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="vt-head" style={{ gridTemplateColumns: tracks }} role="row">
        {onSelected && <span role="columnheader" aria-label="Selected" />}
        {table.getFlatHeaders().map((header) => (
          <Head
            key={header.id}
            numeric={header.column.columnDef.meta?.numeric === true}
            sort={header.column.getIsSorted()}
          >
            {header.column.getCanSort() ? (
              <button type="button" onClick={header.column.getToggleSortingHandler()}>
                {flexRender(header.column.columnDef.header, header.getContext())}
              </button>
            ) : (
              flexRender(header.column.columnDef.header, header.getContext())
            )}
          </Head>
        ))}
      </div>
      <div className="vt-body" ref={scroller} role="rowgroup" data-testid={`${props.label}-rows`}>
        {items.length === 0 && props.empty}
        <div style={{ height: virtual.getTotalSize() }}>
          {visible.map((place) => {
            const item = items[place.index];
            if (item === undefined) return null;
            const style = { height: rowHeight, transform: `translateY(${place.start}px)` };
            if (item.type === "group")
              return (
                <div key={`group-${item.name}`} className="vt-group" style={style} role="row">
                  <span role="gridcell">
                    {item.name} <span className="faint">{props.groupNote?.(item.name, item.count) ?? item.count}</span>
                  </span>
                </div>
              );
            const row = item.row;
            return (
              <div
                key={row.id}
                id={rowDomId(props.label, row.id)}
                role="row"
                className="vt-row"
                data-row={row.id}
                data-current={row.id === current}
                aria-selected={selected?.has(row.id) === true}
                aria-label={props.rowName(row.original)}
                style={{ ...style, gridTemplateColumns: tracks }}
                onClick={() => {
                  anchor.current = item.at;
                  onCurrent(row.id);
                  grid.current?.focus({ preventScroll: true });
                }}
                onDoubleClick={() => props.onOpen?.(row.original)}
              >
                {onSelected && (
                  <span role="gridcell" style={{ paddingRight: 0, paddingLeft: 12, overflow: "visible" }}>
                    <Checkbox
                      checked={selected?.has(row.id) === true}
                      onChange={() => toggle(row.id)}
                      label={`Select ${props.rowName(row.original)}`}
                      hideLabel
                    />
                  </span>
                )}
                {row.getVisibleCells().map((cell) => (
                  <span
                    key={cell.id}
                    role="gridcell"
                    className={cell.column.columnDef.meta?.numeric === true ? "num" : ""}
                  >
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {props.foot && <div className="vt-foot">{props.foot(range)}</div>}
    </div>
  );
}

const STEPS: Record<string, number | undefined> = {
  j: 1,
  ArrowDown: 1,
  J: 1,
  k: -1,
  K: -1,
  ArrowUp: -1,
  PageDown: 20,
  PageUp: -20,
};

function grouped<T>(rows: Row<T>[], groupOf?: (row: T) => string, order: readonly string[] = []): Item<T>[] {
  if (!groupOf) return rows.map((row, at) => ({ type: "row", row, at }));
  const groups = new Map<string, Row<T>[]>();
  for (const row of rows) {
    const name = groupOf(row.original);
    const list = groups.get(name);
    if (list) list.push(row);
    else groups.set(name, [row]);
  }
  const items: Item<T>[] = [];
  let at = 0;
  for (const name of [...groups.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b))) {
    const list = groups.get(name) ?? [];
    items.push({ type: "group", name, count: list.length });
    for (const row of list) {
      items.push({ type: "row", row, at });
      at += 1;
    }
  }
  return items;
}

function visibleRange<T>(range: { startIndex: number; endIndex: number } | null, items: Item<T>[], total: number) {
  const shown = items
    .slice(range?.startIndex ?? 0, (range?.endIndex ?? items.length - 1) + 1)
    .flatMap((item) => (item.type === "row" ? [item.at + 1] : []));
  return { from: shown[0] ?? 0, to: shown.at(-1) ?? 0, total };
}

function rowDomId(table: string, row: string): string {
  return `${table}-${row}`.replace(/\s+/gu, "-");
}

function Head(props: { numeric: boolean; sort: false | "asc" | "desc"; children: ReactNode }) {
  const sort = props.sort === "asc" ? "ascending" : props.sort === "desc" ? "descending" : "none";
  return (
    <span role="columnheader" aria-sort={sort} className={props.numeric ? "num" : ""}>
      {props.children}
      {props.sort !== false && <Icon of={props.sort === "asc" ? ArrowUp : ArrowDown} size={12} />}
    </span>
  );
}
