import { Check, FileInput, HardDrive, KeyRound, Plus, SunMoon } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { type ActivityView, type AppStatus, queries, useCancelActivity, useQuery, useStartPracticeLab } from "@/api";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Mark } from "@/app/shell/mark";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Progress, Running } from "@/components/marks";
import { RegionError } from "@/components/region";
import "./first-run.css";

/** No device is known yet: a practice lab without questions, or one's own devices. */
export function FirstRun({ status }: { status: AppStatus }) {
  const start = useStartPracticeLab();
  const [started, setStarted] = useState<string | null>(null);
  const activity = useQuery(queries.activities()).data?.find((one) => one.id === started);
  const begin = () => start.mutate(undefined, { onSuccess: (view) => setStarted(view.id) });
  const busy = start.isPending || activity?.state === "running";
  const ended = activity?.state;
  useEffect(() => {
    if (ended === "done" || ended === "partial") navigate(to.fabric());
  }, [ended]);
  useHotkeys({
    Enter: () => !busy && begin(),
    "1": () => !busy && begin(),
    "2": () => navigate("/devices?add=one"),
  });
  const failed = activity?.devices.find((device) => device.error !== null)?.error;
  return (
    <div className="fr" data-testid="first-run">
      <header>
        <Mark />
        <b>Bridgekeeper</b>
        <span className="grow" />
        <span className="faint t12">Version {status.version}</span>
      </header>
      <div className="mid">
        <h1>Where do you want to start?</h1>
        <p>Nothing is sent to a device until you run a plan and say so. Reading is always safe.</p>
        <div className="doors">
          <Door
            on
            keys="1"
            picture={<PracticePicture />}
            title="Practice lab"
            text="A simulated fabric on this computer: 2 spines, 6 leaves, 40 bridge domains. Break it freely."
            points={[
              "Ready in under 5 seconds, no questions",
              "Same screens, same CLI lines, real SSH",
              "Nothing leaves this computer",
            ]}
          >
            {busy ? (
              <PracticeProgress activity={activity} />
            ) : (
              <Button look="ink" size="lg" keys="Enter" onClick={begin} data-testid="start-practice-lab">
                Start the practice lab
              </Button>
            )}
          </Door>
          <Door
            keys="2"
            picture={<ImportPicture />}
            title="Add your devices"
            text="Type them in, or import CSV, YAML or pasted text. You see what would be added before it is."
            points={[
              "Dry-run report, errors by line",
              "You approve each host key, by fingerprint",
              "Passwords go to the system keyring only",
            ]}
          >
            <Button size="lg" icon={Plus} onClick={() => navigate("/devices?add=one")} data-testid="add-one">
              Add one
            </Button>
            <Button size="lg" icon={FileInput} onClick={() => navigate("/devices?add=import")} data-testid="add-import">
              Import or paste
            </Button>
          </Door>
        </div>
        {start.error && <RegionError error={start.error} />}
        {ended === "failed" && (
          <RegionError
            error={failed ?? { sentence: activity?.fact ?? "The practice lab did not start." }}
            actions={<Button onClick={begin}>Try again</Button>}
          />
        )}
      </div>
      <footer>
        <span>
          <Icon of={KeyRound} className={status.keyring.available ? "c-ok" : "c-warning"} />
          {status.keyring.available
            ? `${status.keyring.name}, tested just now`
            : (status.keyring.reason ?? "No keyring")}
        </span>
        <span>
          <Icon of={HardDrive} />
          Data stays on this computer, no account, no server
        </span>
        <span className="grow" />
        <span>
          <Icon of={SunMoon} />
          Theme follows the system
        </span>
        <span>
          <kbd>Ctrl K</kbd> every action
        </span>
      </footer>
    </div>
  );
}

function PracticeProgress({ activity }: { activity: ActivityView | undefined }) {
  const cancel = useCancelActivity();
  return (
    <div className="col grow" style={{ gap: 8 }} role="status" data-testid="practice-progress">
      <span className="row t12">
        <Running />
        {activity?.fact ?? "Starting the fabric"}
        <span className="grow" />
        {activity?.canCancel === true && (
          <Button size="sm" onClick={() => cancel.mutate(activity.id)}>
            Cancel
          </Button>
        )}
      </span>
      <Progress done={activity?.done ?? 0} total={activity?.total ?? 1} />
    </div>
  );
}

function Door(props: {
  on?: boolean;
  keys: string;
  picture: ReactNode;
  title: string;
  text: string;
  points: readonly string[];
  children: ReactNode;
}) {
  return (
    <section className={`door ${props.on === true ? "on" : ""}`} aria-label={props.title}>
      {props.picture}
      <span className="k">
        <kbd>{props.keys}</kbd>
      </span>
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      <ul>
        {props.points.map((point) => (
          <li key={point}>
            <span className="c-ok">
              <Icon of={Check} />
            </span>
            {point}
          </li>
        ))}
      </ul>
      <div className="go">{props.children}</div>
    </section>
  );
}

const LEAVES = [18, 58, 98, 138, 178, 218];

function PracticePicture() {
  return (
    <svg className="pic" viewBox="17 0 300 96" aria-hidden="true">
      <path d="M72 22V34M72 34H32V60M72 34H72V60M72 34H112V60M172 22V34M172 34H152V60M172 34H192V60M172 34H232V60M72 15H172" />
      <path className="p" d="M112 60V40Q112 34 106 34H78Q72 34 72 28V15H172V28Q172 34 178 34H186Q192 34 192 40V60" />
      <rect className="s" x="50" y="6" width="44" height="18" rx="3" />
      <rect className="s" x="150" y="6" width="44" height="18" rx="3" />
      {LEAVES.map((x) => (
        <rect key={x} className={x === 98 || x === 178 ? "s lit" : "s"} x={x} y="60" width="28" height="18" rx="3" />
      ))}
    </svg>
  );
}

function ImportPicture() {
  return (
    <svg className="pic" viewBox="0 0 300 96" aria-hidden="true">
      <text x="0" y="16">
        name, address, role
      </text>
      <text x="0" y="37">
        LEAF-A01, 192.0.2.11, leaf
      </text>
      <text x="0" y="58">
        LEAF-A02, 192.0.2.12, leaf
      </text>
      <text className="dim" x="0" y="79">
        SPINE-1, 192.0.2.1
      </text>
      <path className="rule" d="M0 24H226M0 45H226M0 66H226M0 87H226" />
    </svg>
  );
}
