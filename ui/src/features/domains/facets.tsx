import { List, PencilLine, TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import type { DomainRow } from "@/api";
import { LinkButton } from "@/components/button";
import { Checkbox } from "@/components/choice";
import { Icon } from "@/components/icon";
import { type DomainFilter, type FacetName, NO_FILTER, NO_OWNER, facetCounts, kindInWords } from "./filter";

const SHORT = 5;
const TITLES: Record<FacetName, string> = {
  owner: "Owner",
  kind: "Type",
  scope: "Scope",
  device: "Device",
  state: "State",
};
const SCOPE: Record<string, string> = { global: "global", local: "local", manual: "manual, free form" };
const STATE: Record<string, string> = { drift: "has drift", draft: "has draft", warning: "warning", doubt: "in doubt" };

export interface FacetsProps {
  rows: readonly DomainRow[];
  filter: DomainFilter;
  /** The filter as far as lists have followed it; counts are of this one. */
  settled: DomainFilter;
  onChange: (filter: DomainFilter) => void;
}

export function Facets({ rows, filter, settled, onChange }: FacetsProps) {
  const drafts = rows.filter((row) => row.draft !== null).length;
  const warnings = rows.filter((row) => row.warnings > 0).length;
  const only = (state: "draft" | "warning") => onChange({ ...NO_FILTER, state: new Set([state]) });
  const plain = filter === NO_FILTER;
  return (
    <aside className="side w-facets" aria-label="Filters">
      <div className="side-list edge-b">
        <button type="button" className="it" aria-pressed={plain} onClick={() => onChange(NO_FILTER)}>
          <Icon of={List} /> All <b>{rows.length}</b>
        </button>
        <button type="button" className="it" aria-pressed={isOnly(filter, "draft")} onClick={() => only("draft")}>
          <Icon of={PencilLine} /> Drafts <b>{drafts}</b>
        </button>
        <button type="button" className="it" aria-pressed={isOnly(filter, "warning")} onClick={() => only("warning")}>
          <Icon of={TriangleAlert} /> Needs a look <b>{warnings}</b>
        </button>
      </div>
      <Facet facet="owner" {...{ rows, filter, settled, onChange }} />
      <Facet facet="kind" words={kindWords(rows)} {...{ rows, filter, settled, onChange }} />
      <Facet facet="scope" words={SCOPE} {...{ rows, filter, settled, onChange }} />
      <Facet facet="state" words={STATE} {...{ rows, filter, settled, onChange }} />
      <Facet facet="device" {...{ rows, filter, settled, onChange }} />
    </aside>
  );
}

function isOnly(filter: DomainFilter, state: "draft" | "warning"): boolean {
  const others = filter.owner.size + filter.kind.size + filter.scope.size + filter.device.size;
  return others === 0 && filter.state.size === 1 && filter.state.has(state);
}

function kindWords(rows: readonly DomainRow[]): Record<string, string> {
  const words: Record<string, string> = {};
  for (const row of rows) words[row.kind] = kindInWords(row).replace(",", "");
  return words;
}

function Facet(props: FacetsProps & { facet: FacetName; words?: Record<string, string> }) {
  const { rows, filter, settled, facet, words, onChange } = props;
  const [all, setAll] = useState(false);
  const counts = useMemo(() => {
    const entries = [...facetCounts(rows, settled, facet)];
    return facet === "device"
      ? entries.sort(([a], [b]) => a.localeCompare(b))
      : entries.sort(([x, a], [y, b]) => Number(x === NO_OWNER) - Number(y === NO_OWNER) || b - a);
  }, [rows, settled, facet]);
  if (counts.length === 0) return null;
  const chosen: ReadonlySet<string> = filter[facet];
  const shown = all ? counts : counts.filter(([value], at) => at < SHORT || chosen.has(value));
  return (
    <fieldset className="fac">
      <legend className="sr-only">{TITLES[facet]}</legend>
      <h3 aria-hidden>{TITLES[facet]}</h3>
      {shown.map(([value, count]) => (
        <label key={value} className={count === 0 ? "zero" : ""}>
          <Checkbox
            checked={chosen.has(value)}
            label={`${TITLES[facet]} ${words?.[value] ?? value}`}
            hideLabel
            onChange={() => onChange({ ...filter, [facet]: toggled(chosen, value) })}
          />
          <span className="ell">{words?.[value] ?? value}</span>
          <b>{count}</b>
        </label>
      ))}
      {counts.length > shown.length && (
        <LinkButton className="t12" style={{ marginLeft: 22, height: 24 }} onClick={() => setAll(true)}>
          {counts.length - shown.length} more
        </LinkButton>
      )}
    </fieldset>
  );
}

function toggled(set: ReadonlySet<string>, value: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
