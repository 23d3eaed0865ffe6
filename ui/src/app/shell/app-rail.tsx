import type { KeyboardEvent } from "react";
import { queries, useQuery } from "@/api";
import { Icon } from "@/components/icon";
import { asks } from "@/features/drift/inbox";
import { RAIL } from "../places";
import { usePlace } from "../router";

const SECTION: Record<string, string> = { drafts: "domains", plans: "deployments" };

/** A badge has room for three characters. */
const MOST = 99;

export function AppRail() {
  const place = usePlace();
  const drift = (useQuery(queries.drift()).data?.open ?? []).filter(asks).length;
  const rows = useQuery(queries.deployments()).data ?? [];
  const first = place.segments[0] ?? "domains";
  const section = SECTION[first] ?? first;
  const doubt = rows.filter((row) => row.status === "in-doubt").length;
  const running = rows.filter((row) => row.status === "running").length;
  const words = [...(doubt > 0 ? [`${doubt} in doubt`] : []), ...(running > 0 ? [`${running} running`] : [])];
  const rove = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const links = [...event.currentTarget.querySelectorAll("a")];
    const at = links.findIndex((link) => link === document.activeElement);
    links[(at + step + links.length) % links.length]?.focus();
    event.preventDefault();
  };
  return (
    <nav className="rail" aria-label="Main" onKeyDown={rove}>
      {RAIL.map((item) => (
        <a
          key={item.id}
          href={`#/${item.id}`}
          className={item.id === "settings" ? "end" : ""}
          aria-current={item.id === section ? "page" : undefined}
          data-testid={`rail-${item.id}`}
        >
          <Icon of={item.icon} size={18} />
          {item.label}
          {item.id === "deployments" && doubt + running > 0 && (
            <span className={`n ${doubt > 0 ? "c-doubt" : "c-accent"}`} aria-label={words.join(", ")}>
              {doubt + running}
            </span>
          )}
          {item.id === "drift" && drift > 0 && (
            <span className="n c-drift" aria-label={`${drift} open`}>
              {drift > MOST ? `${MOST}+` : drift}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
