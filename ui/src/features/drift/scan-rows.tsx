import { CircleHelp, Ellipsis, PencilLine, Plus, Unlink } from "lucide-react";
import type { ReactNode } from "react";
import type { Recommendation, ScanAction, ScanAssignment, ScanInstance, ScanVerdict, ScannedDevice } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, IconButton, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Menu } from "@/components/menu";
import { SafeText } from "@/components/text";
import { Tip } from "@/components/tip";
import { when } from "@/lib/format";

interface Acts {
  busy: boolean;
  onAct: (action: ScanAction) => void;
}

/** One device: what was read when, its tables, and what can be done about all of it. */
export function ScannedDeviceRows(props: { device: ScannedDevice; all: boolean } & Acts) {
  const { device, all } = props;
  const acts = { busy: props.busy, onAct: props.onAct };
  const shown = <T extends { verdict: ScanVerdict }>(rows: readonly T[]) =>
    all ? rows : rows.filter(({ verdict }) => verdict.state !== "in-sync" || verdict.leftover !== null);
  const sections = [
    {
      title: "Bridge domains",
      heads: ["VLAN", "Attachments"],
      rows: shown(device.domains).map(({ name, live, expected, verdict }) => ({
        name,
        cells: [
          <Beside key="vlan" live={vlanOf(live)} expected={vlanOf(expected)} />,
          <Beside key="count" live={countOf(live)} expected={countOf(expected)} />,
        ],
        verdict,
      })),
    },
    {
      title: "VLAN assignments",
      heads: ["Tags", "Bridge domain"],
      rows: shown(device.vlans).map(({ interface: name, live, expected, verdict }) => ({
        name,
        cells: [
          <Beside key="tags" live={tagsOf(live)} expected={tagsOf(expected)} />,
          <Beside key="domain" live={domainsOf(live)} expected={domainsOf(expected)} />,
        ],
        verdict,
      })),
    },
    {
      title: "L2 state",
      heads: ["l2-service", "Admin, operational"],
      rows: shown(device.states).map((row) => ({
        name: row.interface,
        cells: [
          <Beside key="l2" live={row.l2Service ? "enabled" : "no"} expected={row.expected ? "enabled" : "no"} />,
          row.admin === null ? <span className="faint">not listed</span> : `${row.admin}, ${row.oper ?? "unknown"}`,
        ],
        verdict: row.verdict,
      })),
    },
    {
      title: "Other lines",
      heads: ["How", ""],
      rows: shown(device.others).map(({ object, title, verdict }) => ({ name: object, cells: [title, ""], verdict })),
    },
  ];
  const some = sections.filter((section) => section.rows.length > 0);
  return (
    <section className="sc-device" aria-label={device.device} data-testid={`scan-${device.device}`}>
      <Head device={device} {...acts} />
      {device.error !== null && (
        <p className="t12 c-danger sc-pad">
          <SafeText text={device.error.sentence} />
        </p>
      )}
      {device.error === null && some.length === 0 && (
        <p className="t12 muted sc-pad">Every bridge domain, VLAN and L2 state is as the records have it.</p>
      )}
      {some.map((section) => (
        <Table key={section.title} {...section} {...acts} />
      ))}
    </section>
  );
}

function Head({ device, busy, onAct }: { device: ScannedDevice } & Acts) {
  const now = useNowCoarse();
  const close = useShell((shell) => shell.endScan);
  const open = () => {
    navigate(to.snapshots({ device: device.device, view: "raw" }));
    close();
  };
  return (
    <header className="row sc-head">
      <h3>{device.device}</h3>
      {device.read !== null && (
        <span className="muted t12">
          read {when(new Date(device.read), now)}, <LinkButton onClick={open}>snapshot {device.snapshot}</LinkButton>
          {device.recordRead !== null && `; record read ${when(new Date(device.recordRead), now)}`}
        </span>
      )}
      <span className="grow" />
      {device.advice.map((one) => (
        <Tip key={one.label} text={<SafeText text={`${one.reason} ${one.consequence}`} />}>
          <Button size="sm" disabled={busy} onClick={() => onAct(one.action)}>
            {one.action.what === "clean-up" ? one.label : `${one.label}: all`}
          </Button>
        </Tip>
      ))}
    </header>
  );
}

interface Row {
  name: string;
  cells: readonly ReactNode[];
  verdict: ScanVerdict;
}

function Table({ title, heads, rows, ...acts }: { title: string; heads: readonly string[]; rows: Row[] } & Acts) {
  return (
    <table className="tb sc-table" aria-label={title}>
      <colgroup>
        <col style={{ width: "17%" }} />
        <col style={{ width: "15%" }} />
        <col style={{ width: "17%" }} />
        <col style={{ width: 124 }} />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th className="strong">{title}</th>
          {heads.map((head) => (
            <th key={head}>{head}</th>
          ))}
          <th>State</th>
          <th>Recommended</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} data-testid="scan-row" data-name={row.name} data-state={row.verdict.state}>
            <td className="mono selectable" title={row.name}>
              <SafeText text={row.name} />
            </td>
            <td>{row.cells[0]}</td>
            <td>{row.cells[1]}</td>
            <td>
              <State verdict={row.verdict} />
            </td>
            <td>
              <Advice name={row.name} verdict={row.verdict} {...acts} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is there, and what is expected where that is something else. */
function Beside({ live, expected }: { live: string | null; expected: string | null }) {
  if (live === expected) return <SafeText text={live ?? ""} />;
  return (
    <>
      {live === null ? <span className="faint">none</span> : <SafeText text={live} />}{" "}
      <span className="muted">expected {expected === null ? "none" : <SafeText text={expected} />}</span>
    </>
  );
}

const STATE = {
  "in-sync": { word: "in sync", look: "muted", icon: null },
  differs: { word: "differs", look: "c-drift", icon: PencilLine },
  "not-in-records": { word: "not in records", look: "c-drift", icon: Plus },
  missing: { word: "missing", look: "c-drift", icon: Unlink },
} as const;

function State({ verdict }: { verdict: ScanVerdict }) {
  const { word, look, icon } = STATE[verdict.state];
  if (verdict.state === "in-sync" && verdict.leftover !== null)
    return (
      <span className="st c-warning" title={verdict.leftover}>
        <Icon of={CircleHelp} size={12} /> leftover
      </span>
    );
  return (
    <span className={`st ${look}`}>
      {icon !== null && <Icon of={icon} size={12} />} {word}
      {verdict.leftOpen !== null && ", left open"}
    </span>
  );
}

/** The best choice as a button with its reason; the others behind it. */
function Advice({ name, verdict, busy, onAct }: { name: string; verdict: ScanVerdict } & Acts) {
  const [first, ...others] = verdict.advice;
  if (first === undefined)
    return verdict.leftover === null ? null : (
      <span className="muted" title={verdict.leftover}>
        <SafeText text={verdict.leftover} />
      </span>
    );
  return (
    <span className="row sc-advice">
      <Tip text={<SafeText text={first.consequence} />}>
        <Button size="sm" disabled={busy} onClick={() => onAct(first.action)} data-testid={`advice-${name}`}>
          {first.label}
        </Button>
      </Tip>
      {others.length > 0 && (
        <Menu items={others.map((one) => menuItem(one, busy, onAct))}>
          <IconButton icon={Ellipsis} label={`Other choices for ${name}`} />
        </Menu>
      )}
      <span className="muted">
        <SafeText text={first.reason} />
      </span>
    </span>
  );
}

function menuItem(one: Recommendation, busy: boolean, onAct: (action: ScanAction) => void) {
  return { label: `${one.label}. ${one.reason}`, disabled: busy, onSelect: () => onAct(one.action) };
}

const vlanOf = (side: ScanInstance | null) => (side === null ? null : side.vlan === null ? "unknown" : `${side.vlan}`);

const countOf = (side: ScanInstance | null) => (side === null ? null : `${side.attachments}`);

function tagsOf(side: ScanAssignment | null): string | null {
  if (side === null) return null;
  return side.manipulation === "none" ? side.tags : `${side.tags}, ${side.manipulation}`;
}

function domainsOf(side: ScanAssignment | null): string | null {
  if (side === null) return null;
  return side.domains.length === 0 ? "none" : side.domains.join(", ");
}
