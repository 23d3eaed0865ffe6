import { CloudOff, FlaskConical, Radio, Search } from "lucide-react";
import { Fragment } from "react";
import { type AppStatus, queries, useQuery } from "@/api";
import { Icon } from "@/components/icon";
import { ago, clock } from "@/lib/format";
import { useNowCoarse } from "../clock";
import { navigate } from "../router";
import { useShell } from "../store";
import { Mark } from "./mark";

/** Mark, lab and place; search; how fresh the records are, the mode, and who works here. */
export function TopBar() {
  const status = useQuery(queries.status());
  const crumbs = useShell((shell) => shell.crumbs);
  const note = useShell((shell) => shell.note);
  const openPalette = useShell((shell) => shell.setPalette);
  return (
    <header className="topbar">
      <div className="mark">
        <Mark />
      </div>
      <nav className="crumb" aria-label="Place">
        <span className="lab">{status.data?.lab ?? ""}</span>
        {crumbs.map((crumb, at) => {
          const last = at === crumbs.length - 1;
          const look = `${last ? "here" : "muted"} ${crumb.mono === true ? "mono t12" : ""} ell`;
          const target = crumb.to;
          return (
            <Fragment key={`${at}-${crumb.label}`}>
              <span className="sep">/</span>
              {target === undefined || last ? (
                <span className={look} aria-current={last ? "page" : undefined}>
                  {crumb.label}
                </span>
              ) : (
                <button type="button" className={look} onClick={() => navigate(target)}>
                  {crumb.label}
                </button>
              )}
            </Fragment>
          );
        })}
        {note !== null && (
          <span className="faint t12" data-testid="crumb-note">
            {note}
          </span>
        )}
      </nav>
      <button
        type="button"
        className="search"
        onClick={() => openPalette(true)}
        aria-label="Search and commands"
        aria-keyshortcuts="Control+K"
        data-testid="open-palette"
      >
        <Icon of={Search} />
        <span className="grow ell">Find a device, bridge domain, VLAN, interface or action</span>
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      <div className="status">{status.data && <Freshness status={status.data} />}</div>
    </header>
  );
}

const MODE = {
  live: { icon: Radio, word: "Live", colour: "c-ok" },
  practice: { icon: FlaskConical, word: "Practice", colour: "c-ok" },
  offline: { icon: CloudOff, word: "Offline", colour: "c-unknown" },
  empty: { icon: CloudOff, word: "No devices", colour: "c-unknown" },
} as const;

function Freshness({ status }: { status: AppStatus }) {
  const now = useNowCoarse();
  const mode = MODE[status.mode];
  const newest = status.newestRead === null ? null : new Date(status.newestRead);
  return (
    <>
      {status.mode === "offline" && newest !== null && (
        <span className="ell">
          You see records, the newest from {clock(newest)}, {ago(newest, now)}
        </span>
      )}
      {(status.mode === "live" || status.mode === "practice") && (
        <span className="ell">
          {status.devicesFresh} of {status.devices} devices read within 5 min
        </span>
      )}
      <span className="mode" data-testid="mode" data-mode={status.mode}>
        <span className={mode.colour}>
          <Icon of={mode.icon} />
        </span>
        {mode.word}
      </span>
      <span>{status.user}</span>
    </>
  );
}
