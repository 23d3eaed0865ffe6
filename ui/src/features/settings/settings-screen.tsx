import {
  AppWindow,
  FileText,
  Gauge,
  HardDrive,
  Info,
  KeyRound,
  ShieldCheck,
  SunMoon,
  Undo2,
  type LucideIcon,
} from "lucide-react";
import { useState } from "react";
import {
  type AppStatus,
  type Contrast,
  type SettingsView,
  type Theme,
  asCoreError,
  queries,
  useQuery,
  useSetSetting,
  useUndoSetting,
} from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useCrumbs } from "@/app/crumbs";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { Segmented } from "@/components/choice";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { Loading, RegionError } from "@/components/region";
import { moment } from "@/lib/format";
import { Row } from "./row";
import { TraySetting } from "./tray-setting";
import "./settings.css";

type Section = "safety" | "limits" | "lab" | "keyring" | "window" | "look" | "data" | "about";
const SECTIONS: readonly { id: Section; label: string; icon: LucideIcon }[] = [
  { id: "safety", label: "Safety", icon: ShieldCheck },
  { id: "limits", label: "Limits", icon: Gauge },
  { id: "lab", label: "Lab and person", icon: FileText },
  { id: "keyring", label: "Keyring", icon: KeyRound },
  { id: "window", label: "Window", icon: AppWindow },
  { id: "look", label: "Look", icon: SunMoon },
  { id: "data", label: "Data folder", icon: HardDrive },
  { id: "about", label: "About", icon: Info },
];

/** Settings: saved at once, every change kept with who and when, each can be undone. */
export function SettingsScreen({ section }: { section: string | null }) {
  useCrumbs([{ label: "Settings" }]);
  const settings = useQuery(queries.settings());
  const status = useQuery(queries.status());
  const current = SECTIONS.find((one) => one.id === section)?.id ?? "safety";
  if (settings.isError) return <RegionError error={asCoreError(settings.error)} />;
  if (settings.data === undefined || status.data === undefined) return <Loading noun="the settings" />;
  const go = (id: Section) => {
    navigate(to.settings(id), { replace: true });
    document.getElementById(`settings-${id}`)?.scrollIntoView({ block: "start" });
  };
  return (
    <>
      <nav className="side" style={{ width: 190 }} aria-label="Sections of the settings">
        <div className="side-list">
          {SECTIONS.map((one) => (
            <button
              key={one.id}
              type="button"
              className="it"
              aria-current={one.id === current}
              onClick={() => go(one.id)}
            >
              <Icon of={one.icon} /> {one.label}
            </button>
          ))}
        </div>
      </nav>
      <section className="pane grow" aria-label="Settings" data-testid="settings">
        <div className="pane-head">
          <h1>Settings</h1>
          <span className="muted t12">{settings.data.lab}</span>
        </div>
        <div className="scroll">
          <Rows settings={settings.data} status={status.data} />
        </div>
      </section>
      <LastChanges settings={settings.data} />
    </>
  );
}

function Rows({ settings, status }: { settings: SettingsView; status: AppStatus }) {
  return (
    <>
      <Head id="safety" title="Safety" note="defaults of every new plan" />
      <Row
        title="Confirm window"
        text="How long devices keep a change before they go back by themselves. A plan is refused when its estimate is over half of it."
      >
        <NumberSetting
          name="windowMinutes"
          value={settings.windowMinutes}
          min={2}
          max={60}
          unit="min"
          label="Confirm window"
        />
      </Row>
      <Row
        title="If one device fails"
        text="All devices go back: the only policy that leaves no trace. Another one is chosen with a plan, for that plan."
      >
        <span className="muted">all or nothing</span>
      </Row>
      <Head id="limits" title="Limits" note="per lab" />
      {LIMITS.map((limit) => (
        <Row key={limit.name} title={limit.title} text={limit.text}>
          <NumberSetting {...limit} label={limit.title} value={settings[limit.name]} />
        </Row>
      ))}
      <Head id="lab" title="Lab and person" />
      <Row title="Name of the lab" text="Shown in the top bar and in every plan.">
        <TextSetting name="lab" value={settings.lab} label="Name of the lab" />
      </Row>
      <Row title="Your name" text="Stands in history beside what you did.">
        <TextSetting name="user" value={settings.user} label="Your name" />
      </Row>
      <Head id="keyring" title="Keyring" />
      <Row
        title={status.keyring.name}
        text={
          status.keyring.available
            ? "Write, read and delete of a test entry worked. Passwords are nowhere else; there is no fallback."
            : (status.keyring.reason ??
              "It is not available. Passwords then last for this session only, if you choose that.")
        }
      >
        <span className={`st ${status.keyring.available ? "c-ok" : "c-warning"}`}>
          {status.keyring.available ? "unlocked" : "not available"}
        </span>
      </Row>
      <Head id="window" title="Window" />
      <TraySetting on={settings.keepInTray} />
      <Head id="look" title="Look" />
      <Row title="Theme" text="System follows the desktop as it changes.">
        <ThemeChoice value={settings.theme} />
      </Row>
      <Row title="Contrast" text="High contrast turns every hairline into a real line. System follows the desktop.">
        <ContrastChoice value={settings.contrast} />
      </Row>
      <Head id="data" title="Data folder" />
      <Row
        title="Where records are kept"
        text="Snapshots, drafts, plans, journals and history of this lab. It can be copied while Bridgekeeper is closed."
      >
        <span className="mono selectable" data-testid="data-folder">
          {status.dataFolder}
        </span>
      </Row>
      <Head id="about" title="About" />
      <Row
        title={`Bridgekeeper ${status.version}`}
        text="Finds, edits and deploys bridge domains on DNOS fabrics as one transaction. Fonts: Inter and JetBrains Mono, SIL Open Font Licence."
      >
        <span className="muted">Apache 2.0</span>
      </Row>
    </>
  );
}

type Limit = "concurrency" | "connectTimeout" | "answerTimeout" | "commitTimeout" | "promptQuiet" | "lookAgain";

interface LimitRow {
  name: Limit;
  title: string;
  text: string;
  min: number;
  max: number;
  unit: string;
}

const LIMITS: readonly LimitRow[] = [
  {
    name: "concurrency",
    title: "Devices at the same time",
    text: "How many devices are read at once.",
    min: 1,
    max: 128,
    unit: "reads",
  },
  {
    name: "connectTimeout",
    title: "Wait for a connection",
    text: "After it the device counts as not answering.",
    min: 2,
    max: 120,
    unit: "s",
  },
  {
    name: "answerTimeout",
    title: "Wait for an answer",
    text: "For one line. After it the outcome is unknown, never assumed.",
    min: 1,
    max: 600,
    unit: "s",
  },
  {
    name: "commitTimeout",
    title: "Wait for a commit",
    text: "For a commit or a commit check; large configurations take minutes. After it the device is read again.",
    min: 1,
    max: 3600,
    unit: "s",
  },
  {
    name: "promptQuiet",
    title: "Silence after a prompt",
    text: "So long nothing more may come before an answer counts as whole. Longer where packets come far apart, as behind a jump host.",
    min: 5,
    max: 2000,
    unit: "ms",
  },
  {
    name: "lookAgain",
    title: "Look again at a device in doubt",
    text: "The first wait; later ones are longer, up to six times.",
    min: 10,
    max: 60_000,
    unit: "ms",
  },
];

function Head({ id, title, note }: { id: Section; title: string; note?: string }) {
  return (
    <div className="set-h" id={`settings-${id}`}>
      <h2>{title}</h2>
      {note !== undefined && <span>{note}</span>}
    </div>
  );
}

function useSave() {
  const set = useSetSetting();
  const complain = useShell((shell) => shell.complain);
  return (setting: string, value: string) => set.mutate({ setting, value }, { onError: complain });
}

function NumberSetting(props: { name: string; value: number; min: number; max: number; unit: string; label: string }) {
  const save = useSave();
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? String(props.value);
  const number = Number(shown);
  const bad = !/^\d+$/u.test(shown) || number < props.min || number > props.max;
  const commit = () => {
    if (!bad && number !== props.value) save(props.name, shown);
    if (!bad) setText(null);
  };
  return (
    <>
      <span className={`rng ${bad ? "c-danger" : ""}`}>
        {props.min} to {props.max}
      </span>
      <TextInput
        width={104}
        bad={bad}
        inputMode="numeric"
        aria-label={props.label}
        value={shown}
        data-testid={`setting-${props.name}`}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") setText(null);
        }}
        end={props.unit}
      />
    </>
  );
}

function TextSetting(props: { name: string; value: string; label: string }) {
  const save = useSave();
  const [text, setText] = useState<string | null>(null);
  const commit = () => {
    if (text !== null && text.trim() !== "" && text !== props.value) save(props.name, text.trim());
    setText(null);
  };
  return (
    <TextInput
      width={200}
      aria-label={props.label}
      value={text ?? props.value}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setText(null);
      }}
    />
  );
}

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function ThemeChoice({ value }: { value: Theme }) {
  const save = useSave();
  return (
    <span className="row" role="radiogroup" aria-label="Theme">
      {THEMES.map((theme) => (
        <button
          key={theme.value}
          type="button"
          role="radio"
          aria-checked={theme.value === value}
          className={`th ${theme.value === value ? "on" : ""}`}
          onClick={() => save("theme", theme.value)}
          data-testid={`theme-${theme.value}`}
        >
          <span className="p" {...(theme.value === "system" ? {} : { "data-theme": theme.value })}>
            <i />
            <u />
          </span>
          {theme.label}
        </button>
      ))}
    </span>
  );
}

function ContrastChoice({ value }: { value: Contrast }) {
  const save = useSave();
  return (
    <Segmented<Contrast>
      label="Contrast"
      value={value}
      options={[
        { value: "system", label: "System" },
        { value: "normal", label: "Normal" },
        { value: "more", label: "High" },
      ]}
      onChange={(contrast) => save("contrast", contrast)}
    />
  );
}

function LastChanges({ settings }: { settings: SettingsView }) {
  const now = useNowCoarse();
  const undo = useUndoSetting();
  const complain = useShell((shell) => shell.complain);
  return (
    <aside className="pane" style={{ width: 300, flex: "none" }} aria-label="Last changes">
      <div className="pane-head">
        <h2>Last changes</h2>
      </div>
      <div className="scroll">
        {settings.changes.map((change) => (
          <div key={change.id} className="set-change">
            <div>
              <b className="med">{change.setting}</b>
              <div className="muted">
                {change.before} to {change.after}
              </div>
              <div className="faint">
                {change.by}, {moment(new Date(change.at), now)}
              </div>
            </div>
            {change.canUndo && (
              <Button
                look="ghost"
                size="sm"
                icon={Undo2}
                onClick={() => undo.mutate(change.id, { onError: complain })}
                aria-label={`Undo the change of ${change.setting}`}
              >
                Undo
              </Button>
            )}
          </div>
        ))}
        <p className="muted t12" style={{ padding: "12px 16px" }}>
          Every setting is kept with who and when, and can be undone. Plans already made keep the values they were made
          with.
        </p>
      </div>
    </aside>
  );
}
