import { useState } from "react";
import { type NewCredential, queries, useQuery, useSetCredential } from "@/api";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { RegionError } from "@/components/region";
import { NO_CREDENTIAL, SignInFields, checkCredential } from "./sign-in-fields";

/** Names credentials and hands their secret to the keyring; it is never shown again. */
export function CredentialDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const known = useQuery(queries.credentials()).data?.find((one) => one.name === name);
  const keyring = useQuery(queries.status()).data?.keyring;
  const [form, setForm] = useState<NewCredential>({
    ...NO_CREDENTIAL,
    name,
    user: known?.user ?? "",
    way: known?.way ?? "password",
    key: known?.key ?? "",
  });
  const store = useSetCredential();
  const ready = Object.keys(checkCredential(form)).length === 0;
  return (
    <Dialog
      title={name === "" ? "Add credentials" : `Credentials ${name}`}
      description={
        keyring?.available === true
          ? `A secret goes to ${keyring.name} and nowhere else.`
          : (keyring?.reason ?? "No keyring is available.")
      }
      width={520}
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
          <SignInFields form={form} tried={false} fixedName={name !== ""} onChange={setForm} />
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
