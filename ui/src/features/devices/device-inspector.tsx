import {
  Asterisk,
  Check,
  Ellipsis,
  History,
  Minus,
  PlugZap,
  RefreshCw,
  ScanSearch,
  SquareTerminal,
  Trash2,
  X,
} from "lucide-react";
import { useState } from "react";
import { type ConnectionTest, type CoreError, type DeviceRow, asCoreError, calls, useRemoveDevice } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, IconButton, LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Running, SectionHead } from "@/components/marks";
import { Menu } from "@/components/menu";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { PatternDialog } from "@/features/drift/pattern-dialog";
import { ago, clockSeconds, day, took } from "@/lib/format";
import { HostKeyAsk, HostKeyStop } from "./host-key";
import { JumpChoice } from "./jump-hosts";

export interface DeviceInspectorProps {
  row: DeviceRow;
  onRead: () => void;
  onCredential: (name: string) => void;
}

type Testing =
  | { state: "none" }
  | { state: "running" }
  | { state: "done"; result: ConnectionTest; at: Date }
  | { state: "failed"; error: CoreError };

export function DeviceInspector({ row, onRead, onCredential }: DeviceInspectorProps) {
  const now = useNowCoarse();
  const [testing, setTesting] = useState<Testing>({ state: "none" });
  const [keyOpen, setKeyOpen] = useState(false);
  const [patternOpen, setPatternOpen] = useState(false);
  const remove = useRemoveDevice();
  const complain = useShell((shell) => shell.complain);
  const run = () => {
    setTesting({ state: "running" });
    calls.testDevice(row.name).then(
      (result) => setTesting({ state: "done", result, at: new Date() }),
      (thrown: unknown) => setTesting({ state: "failed", error: asCoreError(thrown) }),
    );
  };
  const scan = () => useShell.getState().scan([row.name]);
  useHotkeys({ T: () => testing.state !== "running" && run(), S: scan });
  const keyState = row.reachability === "key-changed" || row.reachability === "key-unknown";
  return (
    <aside className="pane w-device" aria-label={`Device ${row.name}`} data-testid="device-inspector">
      <div className="pane-head">
        <h2>{row.name}</h2>
        <span className="muted t12 ell">{[row.tier, ...row.groups].join(", ")}</span>
        <span className="grow" />
        <Menu
          items={[
            { label: "Snapshots", icon: History, onSelect: () => navigate(to.snapshots({ device: row.name })) },
            {
              label: "Discover and sync",
              icon: RefreshCw,
              onSelect: () => useShell.getState().sync({ what: "devices", devices: [row.name] }),
            },
            {
              label: "Discover and sync interfaces…",
              icon: Asterisk,
              onSelect: () => setPatternOpen(true),
            },
            {
              label: "Remove from the inventory",
              icon: Trash2,
              onSelect: () => remove.mutate(row.name, { onSuccess: () => navigate(to.devices()), onError: complain }),
            },
          ]}
        >
          <IconButton icon={Ellipsis} label="More" />
        </Menu>
      </div>
      <div className="scroll">
        {row.error !== null && (
          <RegionError
            error={row.error}
            actions={keyState && <Button onClick={() => setKeyOpen(true)}>Compare fingerprints</Button>}
          />
        )}
        <div className="sec">
          <dl className="kv" style={{ gridTemplateColumns: "88px minmax(0,1fr)" }}>
            <dt>Address</dt>
            <dd className="mono">
              {row.address}, port {row.port}
            </dd>
            {row.aliases.length > 0 && (
              <>
                <dt>Also named</dt>
                <dd>{row.aliases.join(", ")}</dd>
              </>
            )}
            <dt>Version</dt>
            <dd>{row.version === null ? "not read yet" : `DNOS ${row.version}`}</dd>
            <dt>Host key</dt>
            <dd>
              {row.hostKey === null
                ? "none is accepted yet"
                : `${row.hostKey.algorithm}, first seen ${day(new Date(row.hostKey.firstSeen), now)}, accepted by ${row.hostKey.acceptedBy}`}
            </dd>
            {row.hostKey !== null && (
              <dd
                className="mono faint t11"
                style={{ gridColumn: "1 / -1", overflowWrap: "anywhere" }}
                data-testid="fingerprint"
              >
                {row.hostKey.fingerprint}
              </dd>
            )}
            <dt>Credentials</dt>
            <dd>
              {row.credentials ?? "none"}{" "}
              <LinkButton onClick={() => onCredential(row.credentials ?? "")}>
                {row.credentials === null ? "Add" : "Change"}
              </LinkButton>
            </dd>
            <dt>Reached</dt>
            <dd>
              <JumpChoice device={row.name} jump={row.jump} />
            </dd>
            <dt>Record</dt>
            <dd>
              {row.lastRead === null
                ? "never read"
                : `read ${ago(new Date(row.lastRead), now)}, ${row.domains} bridge domains`}
            </dd>
          </dl>
          {keyState && row.error === null && (
            <div style={{ marginTop: 8 }}>
              <Button onClick={() => setKeyOpen(true)} data-testid="look-at-key">
                {row.reachability === "key-changed" ? "Compare fingerprints" : "Look at its host key"}
              </Button>
            </div>
          )}
        </div>
        <TestResult testing={testing} />
      </div>
      <div className="row edge-t" style={{ height: 46, padding: "0 16px", gap: 6, flex: "none" }}>
        <Button icon={PlugZap} keys="T" disabled={testing.state === "running"} onClick={run} data-testid="test-device">
          Test
        </Button>
        <Button icon={RefreshCw} keys="R" onClick={onRead} data-testid="read-device">
          Read now
        </Button>
        <Button icon={ScanSearch} keys="S" onClick={scan} data-testid="scan-device">
          Scan
        </Button>
        <Button
          icon={SquareTerminal}
          style={{ marginLeft: "auto" }}
          onClick={() => navigate(to.snapshots({ device: row.name, view: "raw" }))}
        >
          CLI
        </Button>
      </div>
      {patternOpen && <PatternDialog device={row.name} onClose={() => setPatternOpen(false)} />}
      {keyOpen && row.reachability === "key-changed" && <HostKeyStop row={row} onClose={() => setKeyOpen(false)} />}
      {keyOpen && row.reachability === "key-unknown" && <HostKeyAsk row={row} onClose={() => setKeyOpen(false)} />}
    </aside>
  );
}

const LOOK = { passed: [Check, "c-ok"], failed: [X, "c-danger"], "not-tried": [Minus, "faint"] } as const;

function TestResult({ testing }: { testing: Testing }) {
  if (testing.state === "none") return null;
  if (testing.state === "running")
    return (
      <div className="sec row t12" role="status">
        <Running /> Testing the connection, step by step
      </div>
    );
  if (testing.state === "failed") return <RegionError error={testing.error} />;
  const { result, at } = testing;
  const passed = result.steps.filter((step) => step.state === "passed").length;
  const total = result.steps.reduce((sum, step) => sum + step.millis, 0);
  return (
    <div className="ts" data-testid="test-result" data-passed={passed}>
      <div style={{ padding: "12px 16px 4px" }}>
        <SectionHead
          title="Test connection"
          note={`${clockSeconds(at)}, ${passed === result.steps.length ? `${passed} of ${passed}` : `stopped at step ${passed + 1} of ${result.steps.length}`}, ${took(total)}`}
        />
      </div>
      <ol>
        {result.steps.map((step) => {
          const [icon, colour] = LOOK[step.state];
          return (
            <li
              key={step.step}
              className={`s ${step.state === "failed" ? "bad" : step.state === "not-tried" ? "skip" : ""}`}
            >
              <span className={colour}>
                <Icon of={icon} />
              </span>
              <span className={step.state === "not-tried" ? "" : "med"}>{step.label}</span>
              <span className="num">{step.state === "not-tried" ? "not tried" : took(step.millis)}</span>
              {step.evidence !== "" && step.evidence !== result.error?.sentence && (
                <span className="d selectable">
                  <SafeText text={step.evidence} />
                </span>
              )}
              {step.state === "failed" && result.error !== null && (
                <span className="d">
                  {result.error.words !== null && (
                    <span className="mono c-danger">
                      <SafeText text={result.error.words} />
                    </span>
                  )}
                  <span style={{ display: "block" }}>
                    <SafeText text={result.error.sentence} />
                  </span>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
