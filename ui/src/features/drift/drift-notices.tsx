import { GitCompareArrows } from "lucide-react";
import { queries, useQuery } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { SectionHead } from "@/components/marks";
import { Unbroken } from "@/components/text";
import { asks, objectOf } from "./inbox";

/** Events shown; the inbox has all of them. */
const SHOWN = 5;

/** Open events of a bridge domain or a device, each with its way to the inbox; nothing where there are none. */
export function DriftNotices(of: { device: string } | { domain: string }) {
  const open = useQuery(queries.drift()).data?.open ?? [];
  const rows = open.filter(
    (row) => asks(row) && ("device" in of ? row.device === of.device : row.domains.includes(of.domain)),
  );
  if (rows.length === 0) return null;
  return (
    <div className="sec" data-testid="drift-notices">
      <SectionHead title="Drift" note={rows.length} />
      <div className="lo">
        {rows.slice(0, SHOWN).map((row) => (
          <Notice
            key={row.id}
            id={row.id}
            words={`${row.title}: ${row.device} ${objectOf(row) ?? ""}, ${row.severity}`}
          />
        ))}
      </div>
      {rows.length > SHOWN && (
        <LinkButton className="t12" onClick={() => navigate(to.drift())}>
          {rows.length - SHOWN} more in Drift
        </LinkButton>
      )}
    </div>
  );
}

function Notice({ id, words }: { id: number; words: string }) {
  return (
    <>
      <Icon of={GitCompareArrows} className="c-drift" />
      <span className="selectable">
        <Unbroken text={words} />
      </span>
      <LinkButton onClick={() => navigate(to.drift(id))}>Open</LinkButton>
    </>
  );
}
