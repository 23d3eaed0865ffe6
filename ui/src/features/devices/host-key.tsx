import { CircleHelp, Info, KeyRound, OctagonAlert } from "lucide-react";
import { useRef, useState } from "react";
import { type DeviceRow, useTrustKey } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { Button } from "@/components/button";
import { Dialog, StopDialog } from "@/components/dialog";
import { TextInput } from "@/components/field";
import { Icon } from "@/components/icon";
import { RegionError } from "@/components/region";
import { day } from "@/lib/format";
import { fingerprintGroups } from "./device-filter";

const TYPED = 4;

/** A changed host key: hard stop. Both fingerprints, and a way on only for who types the end of the new one. */
export function HostKeyStop({ row, onClose }: { row: DeviceRow; onClose: () => void }) {
  const now = useNowCoarse();
  const trust = useTrustKey();
  const keep = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState("");
  const known = row.hostKey?.fingerprint ?? "";
  const offered = row.offeredKey ?? "";
  const a = fingerprintGroups(known).groups;
  const b = fingerprintGroups(offered).groups;
  const differing = b.filter((group, at) => group !== a[at]).length;
  const ready = offered !== "" && typed === offered.slice(-TYPED);
  return (
    <StopDialog
      title={
        <span className="row">
          <span className="c-danger">
            <Icon of={OctagonAlert} size={18} />
          </span>
          The host key of {row.name} has changed. The connection is closed.
        </span>
      }
      description="It was closed before the password was sent. Nothing was sent to the device. Its record stays readable."
      onClose={onClose}
      testId="host-key-stop"
    >
      <div className="b">
        <dl className="fpt">
          <dt>
            Known
            {row.hostKey !== null && <div>since {day(new Date(row.hostKey.firstSeen), now)}</div>}
          </dt>
          <dd>
            <Groups groups={a} other={b} />
            <span className="muted">
              {row.hostKey?.algorithm} SHA256, accepted by {row.hostKey?.acceptedBy}
            </span>
          </dd>
          <dt>Now</dt>
          <dd>
            <Groups groups={b} other={a} />
            <span className="muted">
              SHA256, from {row.address} port {row.port}, {differing} of {b.length} groups differ
            </span>
          </dd>
        </dl>
      </div>
      <div className="b lo" style={{ gridTemplateColumns: "20px minmax(0,1fr)" }}>
        <Icon of={Info} className="c-info" />
        <span>No password was sent and no plan runs on {row.name} until someone decides.</span>
        <Icon of={CircleHelp} className="muted" />
        <span className="muted">
          A reinstalled device has a new key. So has another device at this address, and someone in between. Ask who
          works on it, or read the fingerprint on its console.
        </span>
      </div>
      {trust.error && <RegionError error={trust.error} />}
      <div className="b row" style={{ background: "var(--surface-frame)" }}>
        <span className="muted t12">To trust the new key, type the last {TYPED} characters shown above</span>
        <TextInput
          mono
          width={78}
          maxLength={TYPED}
          aria-label="Last 4 characters of the new fingerprint"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          data-testid="key-typed"
        />
        <Button
          disabled={!ready || trust.isPending}
          onClick={() => trust.mutate({ device: row.name, fingerprint: offered, typed }, { onSuccess: onClose })}
          data-testid="trust-new-key"
        >
          Trust the new key
        </Button>
      </div>
      <div className="b row">
        <span className="muted t12 grow">
          Until then: no reads, no plan runs on {row.name}. Drafts and records work.
        </span>
        <Button onClick={() => void navigator.clipboard.writeText(`known ${known}\nnow   ${offered}\n`)}>
          Copy both
        </Button>
        <Button ref={keep} size="lg" keys="Esc" autoFocus onClick={onClose} data-testid="keep-closed">
          Keep it closed
        </Button>
      </div>
    </StopDialog>
  );
}

function Groups({ groups, other }: { groups: readonly string[]; other: readonly string[] }) {
  return (
    <span className="fp-groups">
      {groups.map((group, at) => (
        <i key={`${at}-${group}`} className={group === other[at] ? "" : "x"}>
          {group}
        </i>
      ))}
    </span>
  );
}

/** A key that nobody has accepted yet: shown, asked, never learned silently. */
export function HostKeyAsk({ row, onClose }: { row: DeviceRow; onClose: () => void }) {
  const trust = useTrustKey();
  const offered = row.offeredKey ?? "";
  const { prefix, groups } = fingerprintGroups(offered);
  return (
    <Dialog
      title={
        <span className="row">
          <Icon of={KeyRound} size={18} /> Is this the host key of {row.name}?
        </span>
      }
      description="Nobody has accepted a key for it yet. Compare with the fingerprint on its console, or ask who runs it."
      width={600}
      onClose={onClose}
      testId="host-key-ask"
    >
      <div className="b">
        <dl className="fpt">
          <dt>Offered</dt>
          <dd>
            <Groups groups={groups} other={groups} />
            <span className="muted">
              {prefix}, from {row.address} port {row.port}. No password was sent.
            </span>
          </dd>
        </dl>
      </div>
      {trust.error && <RegionError error={trust.error} />}
      <div className="b row" style={{ justifyContent: "flex-end" }}>
        <Button onClick={onClose}>Not now</Button>
        <Button
          look="ink"
          disabled={offered === "" || trust.isPending}
          onClick={() => trust.mutate({ device: row.name, fingerprint: offered, typed: null }, { onSuccess: onClose })}
          data-testid="accept-key"
        >
          Accept this key
        </Button>
      </div>
    </Dialog>
  );
}
