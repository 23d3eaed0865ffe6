import { useState } from "react";
import { queries, useQuery, useSetCredential } from "@/api";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/choice";
import { Dialog } from "@/components/dialog";
import { LabelledInput } from "@/components/field";
import { RegionError } from "@/components/region";

/** Names credentials and hands the password to the keyring; it is never shown again. */
export function CredentialDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const known = useQuery(queries.credentials()).data?.find((one) => one.name === name);
  const keyring = useQuery(queries.status()).data?.keyring;
  const [form, setForm] = useState({ name, user: known?.user ?? "", secret: "", sessionOnly: false });
  const store = useSetCredential();
  const ready = form.name.trim() !== "" && form.user.trim() !== "" && form.secret !== "";
  return (
    <Dialog
      title={name === "" ? "Add credentials" : `Credentials ${name}`}
      description={
        keyring?.available === true
          ? `The password goes to ${keyring.name} and nowhere else.`
          : (keyring?.reason ?? "No keyring is available.")
      }
      width={440}
      onClose={onClose}
      testId="credential-dialog"
    >
      {store.error && <RegionError error={store.error} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) store.mutate(form, { onSuccess: onClose });
        }}
      >
        <div className="b form-grid">
          <LabelledInput
            label="Name"
            autoFocus={name === ""}
            readOnly={name !== ""}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.target.value })}
            data-testid="credential-name"
          />
          <LabelledInput
            label="User"
            value={form.user}
            onChange={(event) => setForm({ ...form, user: event.target.value })}
            data-testid="credential-user"
          />
          <LabelledInput
            label="Password"
            type="password"
            value={form.secret}
            onChange={(event) => setForm({ ...form, secret: event.target.value })}
            data-testid="credential-secret"
          />
          {keyring?.available === false && (
            <label className="row t12">
              <Checkbox
                checked={form.sessionOnly}
                onChange={(sessionOnly) => setForm({ ...form, sessionOnly })}
                label="Keep the password for this session only"
                hideLabel
              />
              For this session only
            </label>
          )}
        </div>
        <div className="b row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="ink" type="submit" disabled={!ready || store.isPending} data-testid="save-credential">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
