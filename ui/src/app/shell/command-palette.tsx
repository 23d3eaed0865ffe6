import { Command } from "cmdk";
import {
  Brush,
  CornerDownRight,
  EthernetPort,
  FlaskConical,
  GitCompareArrows,
  History,
  Import,
  Moon,
  Network,
  Plus,
  RefreshCw,
  Router,
  Search,
  SquareTerminal,
  Sun,
  Tag,
  Waypoints,
  type LucideIcon,
} from "lucide-react";
import { Dialog } from "radix-ui";
import { useDeferredValue, useState } from "react";
import { type SearchHit, queries, useCheckNow, useDiscover, useQuery, useSetSetting, useStartPracticeLab } from "@/api";
import { Icon } from "@/components/icon";
import { SafeText } from "@/components/text";
import { ago, plural } from "@/lib/format";
import { useNowCoarse } from "../clock";
import { RAIL, to } from "../places";
import { navigate } from "../router";
import { useShell } from "../store";

const GROUPS: readonly { id: string; label: string; icon: LucideIcon; prefix: string }[] = [
  { id: "domain", label: "Bridge domains", icon: Waypoints, prefix: "" },
  { id: "device", label: "Devices", icon: Router, prefix: "@" },
  { id: "vlan", label: "VLAN", icon: Tag, prefix: "#" },
  { id: "interface", label: "Interfaces", icon: EthernetPort, prefix: "/" },
];

interface Action {
  label: string;
  detail?: string;
  icon: LucideIcon;
  keys?: string;
  run: () => void;
}

/** Any device, bridge domain, VLAN, interface or action, from one field. */
export function CommandPalette() {
  const open = useShell((shell) => shell.paletteOpen);
  const setOpen = useShell((shell) => shell.setPalette);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="pal" aria-describedby={undefined} data-testid="palette">
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <PaletteBody close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const prefix = "@#/>".includes(typed.charAt(0)) ? typed.charAt(0) : "";
  const query = useDeferredValue(typed.slice(prefix.length).trim());
  const hits = useQuery(queries.search(prefix === ">" ? "" : query)).data ?? [];
  const status = useQuery(queries.status());
  const now = useNowCoarse();
  const actions = useActions().filter((action) => action.label.toLowerCase().includes(query.toLowerCase()));
  const newest = status.data?.newestRead;
  const type = (text: string) => {
    setTyped(text);
    setChosen(null);
  };
  const go = (run: () => void) => {
    close();
    run();
  };
  const shown =
    query === ""
      ? []
      : hits.filter((hit) => prefix === "" || GROUPS.find((g) => g.prefix === prefix)?.id === hit.group);
  const first = shown[0];
  const about = first?.group === "domain" ? hitActions(first.title) : [];
  const top = first === undefined ? (actions[0] ? `action ${actions[0].label}` : "history") : valueOf(first);
  return (
    <Command shouldFilter={false} label="Search and commands" loop value={chosen ?? top} onValueChange={setChosen}>
      <div className="q">
        <Icon of={Search} size={18} className="faint" />
        <Command.Input value={typed} onValueChange={type} placeholder="Find or do anything" autoFocus />
        <span className="faint t12 nowrap">
          {shown.length > 0 && plural(shown.length, "hit")}
          {newest != null && `${shown.length > 0 ? ", " : ""}records from ${ago(new Date(newest), now)}`}
        </span>
        <kbd>Esc</kbd>
      </div>
      <Command.List>
        {GROUPS.map((group) => (
          <Hits
            key={group.id}
            group={group}
            hits={shown.filter((hit) => hit.group === group.id)}
            query={query}
            go={go}
          />
        ))}
        {about.length > 0 && first !== undefined && (
          <Command.Group heading={`On ${first.title}`}>
            {about.map((action) => (
              <ActionItem key={action.label} action={action} go={go} />
            ))}
          </Command.Group>
        )}
        {actions.length > 0 && (
          <Command.Group heading={query === "" ? "Next steps" : "Actions"}>
            {actions.map((action) => (
              <ActionItem key={action.label} action={action} go={go} />
            ))}
          </Command.Group>
        )}
        {query !== "" && (
          <Command.Group heading="Not found?">
            <Command.Item value="history" onSelect={() => go(() => navigate(to.snapshots({ find: query })))}>
              <Icon of={History} size={16} className="muted" />
              <span className="med">Search all history for {query}</span>
              <span className="e">every text that was read</span>
            </Command.Item>
          </Command.Group>
        )}
      </Command.List>
      <div className="f">
        <span>
          <kbd>Up</kbd> <kbd>Down</kbd> move
        </span>
        <span>
          <kbd>Enter</kbd> open
        </span>
        <span className="grow" />
        <span>@ device</span>
        <span># VLAN</span>
        <span>/ interface</span>
        <span>&gt; action</span>
      </div>
    </Command>
  );
}

function ActionItem({ action, go }: { action: Action; go: (run: () => void) => void }) {
  return (
    <Command.Item value={`action ${action.label}`} onSelect={() => go(action.run)}>
      <Icon of={action.icon} size={16} className="muted" />
      <span className="ell">
        <span className="med">{action.label}</span>
        {action.detail !== undefined && (
          <span className="s">
            <SafeText text={action.detail} />
          </span>
        )}
      </span>
      <span className="e">{action.keys !== undefined && <kbd>{action.keys}</kbd>}</span>
    </Command.Item>
  );
}

function valueOf(hit: SearchHit): string {
  return `${hit.group} ${hit.title} ${hit.detail}`.trim();
}

/** What can be done at once with the first hit. */
function hitActions(domain: string): Action[] {
  return [
    { label: "Show on the map", icon: Network, keys: "O", run: () => navigate(to.fabric(domain)) },
    {
      label: "Show its lines",
      icon: SquareTerminal,
      keys: "C",
      run: () => navigate(to.domains(domain, "configuration")),
    },
    { label: "Show its history", icon: History, keys: "H", run: () => navigate(to.domains(domain, "history")) },
  ];
}

function Hits(props: {
  group: (typeof GROUPS)[number];
  hits: readonly SearchHit[];
  query: string;
  go: (run: () => void) => void;
}) {
  if (props.hits.length === 0) return null;
  return (
    <Command.Group heading={props.group.label}>
      {props.hits.map((hit) => (
        <Command.Item
          key={`${hit.title} ${hit.detail}`}
          value={valueOf(hit)}
          onSelect={() => props.go(() => navigate(hit.route.replace(/^#/u, "")))}
        >
          <Icon of={props.group.icon} size={16} className="muted" />
          <span className="ell">
            <span className="mono med">
              <Matched text={hit.title} query={props.query} />
            </span>
            <span className="s">
              <SafeText text={hit.detail} />
            </span>
          </span>
          <span className="e">
            <Icon of={CornerDownRight} size={12} />
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Matched({ text, query }: { text: string; query: string }) {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  if (query === "" || at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </>
  );
}

function useActions(): Action[] {
  const discover = useDiscover();
  const check = useCheckNow();
  const practice = useStartPracticeLab();
  const setting = useSetSetting();
  const status = useQuery(queries.status());
  const complain = useShell((shell) => shell.complain);
  const places = RAIL.map((item) => ({
    label: `Open ${item.label}`,
    icon: item.icon,
    keys: `G ${item.key}`,
    run: () => navigate(`/${item.id}`),
  }));
  return [
    {
      label: "Read all devices now",
      detail: `${status.data?.devices ?? 0} devices`,
      icon: RefreshCw,
      run: () => discover.mutate(null, { onError: complain }),
    },
    {
      label: "Check all devices for drift",
      detail: "reads them; the records stay",
      icon: GitCompareArrows,
      run: () =>
        check.mutate({ devices: null, schedule: null }, { onSuccess: () => navigate(to.drift()), onError: complain }),
    },
    ...places,
    { label: "Look for leftovers", icon: Brush, run: () => navigate(to.leftovers()) },
    { label: "Add a device", icon: Plus, run: () => navigate("/devices?add=one") },
    { label: "Import devices", icon: Import, run: () => navigate("/devices?add=import") },
    {
      label: "Start the practice lab",
      icon: FlaskConical,
      run: () => practice.mutate(undefined, { onError: complain }),
    },
    {
      label: "Use the dark theme",
      icon: Moon,
      run: () => setting.mutate({ setting: "theme", value: "dark" }, { onError: complain }),
    },
    {
      label: "Use the light theme",
      icon: Sun,
      run: () => setting.mutate({ setting: "theme", value: "light" }, { onError: complain }),
    },
  ];
}
