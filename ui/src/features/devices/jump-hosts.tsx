import { useState } from "react";
import {
  type JumpHostRow,
  queries,
  useJumpThrough,
  useQuery,
  useRemoveJumpHost,
  useSetJumpHost,
  useTrustJumpKey,
} from "@/api";
import { Button } from "@/components/button";
import { Select } from "@/components/choice";
import { Dialog } from "@/components/dialog";
import { LabelledInput, TextInput } from "@/components/field";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";

const TYPED = 4;
const DIRECT = "directly";

/** The hosts through which devices are reached: where, with which credentials, and the key of each. */
export function JumpHosts({ onClose }: { onClose: () => void }) {
  const hosts = useQuery(queries.jumpHosts()).data ?? [];
  const credentials = useQuery(queries.credentials()).data ?? [];
  const [form, setForm] = useState({ name: "", address: "", credentials: "" });
  const set = useSetJumpHost();
  const chosen = form.credentials === "" ? (credentials[0]?.name ?? "") : form.credentials;
  const ready = form.name.trim() !== "" && form.address.trim() !== "" && chosen !== "";
  return (
    <Dialog
      title="Jump hosts"
      description="Devices that this machine does not reach itself are reached through one. It has credentials and a host key of its own."
      width={560}
      onClose={onClose}
      testId="jump-hosts"
    >
      {hosts.map((host) => (
        <Host key={host.name} host={host} />
      ))}
      {set.error && <RegionError error={set.error} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const clear = () => setForm({ name: "", address: "", credentials: "" });
          if (ready) set.mutate({ ...form, credentials: chosen }, { onSuccess: clear });
        }}
      >
        <div className="b form-grid">
          <LabelledInput
            label="Name"
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.target.value })}
            data-testid="jump-name"
          />
          <LabelledInput
            label="Address"
            mono
            value={form.address}
            hint="With :port where it is not 22"
            onChange={(event) => setForm({ ...form, address: event.target.value })}
            data-testid="jump-address"
          />
          <div>
            <span className="label">Credentials</span>
            <Select
              label="Credentials of the jump host"
              value={chosen}
              width={220}
              options={credentials.map((one) => ({ value: one.name, label: `${one.name} (${one.user})` }))}
              onChange={(name) => setForm({ ...form, credentials: name })}
            />
          </div>
        </div>
        <div className="b row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Close</Button>
          <Button look="ink" type="submit" disabled={!ready || set.isPending} data-testid="save-jump">
            Add jump host
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Host({ host }: { host: JumpHostRow }) {
  const remove = useRemoveJumpHost();
  const users = `${host.devices} devices${host.groups.length === 0 ? "" : `, groups ${host.groups.join(", ")}`}`;
  return (
    <div className="b" data-testid={`jump-${host.name}`}>
      <div className="row">
        <span className="med">
          <SafeText text={host.name} />
        </span>
        <span className="mono muted">
          {host.address}:{host.port}
        </span>
        <span className="muted t12 grow">
          <SafeText text={`${host.credentials ?? "no credentials"}, ${users}`} />
        </span>
        <Button disabled={remove.isPending} onClick={() => remove.mutate(host.name)}>
          Remove
        </Button>
      </div>
      {remove.error && <RegionError error={remove.error} />}
      {host.hostKey !== null && (
        <p className="mono faint t11" style={{ overflowWrap: "anywhere" }}>
          {host.hostKey.algorithm} {host.hostKey.fingerprint}
        </p>
      )}
      {host.offeredKey !== null && <OfferedKey host={host} offered={host.offeredKey} />}
    </div>
  );
}

/** A key to compare. Where another one is trusted, its end is typed: a changed key is never accepted by habit. */
function OfferedKey({ host, offered }: { host: JumpHostRow; offered: string }) {
  const trust = useTrustJumpKey();
  const [typed, setTyped] = useState("");
  const changed = host.hostKey !== null;
  const ready = !changed || typed === offered.slice(-TYPED);
  return (
    <>
      <p className={changed ? "c-danger" : ""}>
        {changed ? "Its host key has changed. It now shows" : "It showed this host key, which is not trusted yet:"}
      </p>
      <p className="mono t11" style={{ overflowWrap: "anywhere" }}>
        {offered}
      </p>
      {trust.error && <RegionError error={trust.error} />}
      <div className="row">
        {changed && (
          <TextInput
            mono
            width={78}
            maxLength={TYPED}
            aria-label="Last 4 characters of the new fingerprint"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <Button
          disabled={!ready || trust.isPending}
          onClick={() => trust.mutate({ jump: host.name, fingerprint: offered, typed: changed ? typed : null })}
          data-testid="trust-jump-key"
        >
          {changed ? "I compared them: trust the new key" : "I compared it: trust it"}
        </Button>
      </div>
    </>
  );
}

/** Through which host one device is reached. */
export function JumpChoice({ device, jump }: { device: string; jump: string | null }) {
  const hosts = useQuery(queries.jumpHosts()).data ?? [];
  const through = useJumpThrough();
  if (hosts.length === 0) return <span className="muted">{DIRECT}</span>;
  return (
    <>
      <Select
        label="Jump host"
        value={jump ?? DIRECT}
        width={180}
        options={[
          { value: DIRECT, label: DIRECT },
          ...hosts.map((host) => ({ value: host.name, label: <SafeText text={`through ${host.name}`} /> })),
        ]}
        onChange={(name) => through.mutate({ jump: name === DIRECT ? null : name, devices: [device] })}
      />
      {through.error && <RegionError error={through.error} />}
    </>
  );
}
