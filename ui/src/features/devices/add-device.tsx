import { type SubmitEvent, useState } from "react";
import {
  type CoreError,
  type ImportRow,
  asCoreError,
  calls,
  queries,
  useImportDevices,
  useQuery,
  useSetCredential,
} from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Select } from "@/components/choice";
import { Dialog } from "@/components/dialog";
import { LabelledInput } from "@/components/field";
import { RegionError } from "@/components/region";
import { NO_CREDENTIAL, SignInFields, checkCredential } from "./sign-in-fields";

const NEW = "new credentials";
const MAX_PORT = 65_535;

/** What is wrong with the fields, by field; an empty object when nothing is. */
export function checkDevice(
  name: string,
  address: string,
  port: string,
): Partial<Record<"name" | "address" | "port", string>> {
  const errors: Partial<Record<"name" | "address" | "port", string>> = {};
  if (name.trim() === "") errors.name = "A device needs a name.";
  else if (/[\s,;"']/u.test(name.trim())) errors.name = "A name has no spaces, commas or quotes.";
  if (address.trim() === "") errors.address = "Its address or host name.";
  else if (/[\s,;"']/u.test(address.trim())) errors.address = "An address has no spaces, commas or quotes.";
  const number = Number(port);
  if (!/^\d+$/u.test(port) || number < 1 || number > MAX_PORT)
    errors.port = `A port is a number from 1 to ${MAX_PORT}.`;
  return errors;
}

/** One device by hand, with its credentials. Nothing is sent to it; its key is asked when it is first reached. */
export function AddDevice({ onClose }: { onClose: () => void }) {
  const credentials = useQuery(queries.credentials()).data ?? [];
  const [form, setForm] = useState({ name: "", address: "", port: "22" });
  const [chosen, setChosen] = useState<string | null>(null);
  const [secret, setSecret] = useState({ ...NO_CREDENTIAL, name: "lab" });
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<CoreError | ImportRow | null>(null);
  const add = useImportDevices();
  const store = useSetCredential();
  const credential = chosen ?? credentials[0]?.name ?? NEW;
  const errors = tried ? checkDevice(form.name, form.address, form.port) : {};
  const busy = add.isPending || store.isPending;

  const submit = async () => {
    setTried(true);
    setRefused(null);
    if (Object.keys(checkDevice(form.name, form.address, form.port)).length > 0) return;
    if (credential === NEW && Object.keys(checkCredential(secret)).length > 0) return;
    const name = credential === NEW ? secret.name.trim() : credential;
    const request = {
      text: `name,address,port\n${form.name.trim()},${form.address.trim()},${form.port}\n`,
      source: null,
      credentials: name,
    };
    try {
      // New credentials are kept only once the device itself is accepted, so the dry run can't know them yet.
      const dry = credential === NEW ? { ...request, credentials: null } : request;
      const report = await calls.previewImport(dry);
      const bad = report.rows.find((row) => row.verdict === "refused");
      if (bad !== undefined) {
        setRefused(bad);
        return;
      }
      if (credential === NEW) await store.mutateAsync({ ...secret, name });
      await add.mutateAsync(request);
      navigate(to.devices(form.name.trim()), { replace: true });
    } catch (thrown) {
      setRefused(asCoreError(thrown));
    }
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    void submit();
  };
  return (
    <Dialog
      title="Add a device"
      description="It is only written down. The first time it is reached its host key is shown and asked for."
      width={520}
      onClose={onClose}
      testId="add-device-dialog"
    >
      {refused !== null && (
        <RegionError
          error={"sentence" in refused ? refused : { sentence: refused.detail ?? "This device cannot be added." }}
        />
      )}
      <form onSubmit={onSubmit}>
        <div className="b form-grid">
          <LabelledInput
            label="Name"
            autoFocus
            mono
            value={form.name}
            error={errors.name}
            hint="As in the prompt of its command line"
            onChange={(event) => setForm({ ...form, name: event.target.value })}
            data-testid="device-name"
          />
          <span />
          <LabelledInput
            label="Address"
            mono
            value={form.address}
            error={errors.address}
            onChange={(event) => setForm({ ...form, address: event.target.value })}
            data-testid="device-address"
          />
          <LabelledInput
            label="SSH port"
            mono
            value={form.port}
            error={errors.port}
            onChange={(event) => setForm({ ...form, port: event.target.value })}
            data-testid="device-port"
          />
        </div>
        <div className="b form-grid">
          <div>
            <span className="label">Credentials</span>
            <Select
              label="Credentials"
              value={credential}
              width={220}
              options={[
                ...credentials.map((one) => ({ value: one.name, label: `${one.name} (${one.user})` })),
                { value: NEW, label: "New credentials..." },
              ]}
              onChange={setChosen}
            />
          </div>
          <span />
          {credential === NEW && <SignInFields form={secret} tried={tried} onChange={setSecret} />}
        </div>
        <div className="b row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="ink" type="submit" disabled={busy} data-testid="save-device">
            Add {form.name.trim() === "" ? "the device" : form.name.trim()}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
