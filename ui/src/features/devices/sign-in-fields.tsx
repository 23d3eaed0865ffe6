import { type CredentialWay, type NewCredential, queries, useQuery } from "@/api";
import { Checkbox, Segmented, Select } from "@/components/choice";
import { LabelledInput } from "@/components/field";
import { SafeText } from "@/components/text";

export const NO_CREDENTIAL: NewCredential = {
  name: "",
  user: "",
  way: "password",
  key: "",
  secret: "",
  sessionOnly: false,
};

const WAYS: readonly { value: CredentialWay; label: string }[] = [
  { value: "password", label: "Password" },
  { value: "key", label: "SSH key" },
  { value: "agent", label: "SSH agent" },
];

/** What is still missing, by field; an empty object when nothing is. */
export function checkCredential(form: NewCredential): Partial<Record<"name" | "user" | "key" | "secret", string>> {
  const missing: Partial<Record<"name" | "user" | "key" | "secret", string>> = {};
  if (form.name.trim() === "") missing.name = "Credentials need a name.";
  if (form.user.trim() === "") missing.user = "The user name on the devices.";
  if (form.way === "password" && form.secret === "") missing.secret = "The password.";
  if (form.way === "key" && form.key.trim() === "") missing.key = "The path of the private key.";
  if (form.way === "agent" && form.key === "") missing.key = "One key of the agent.";
  return missing;
}

/** Who signs in and how. The secret goes to the keyring and is never shown again; a key stays in its file. */
export function SignInFields(props: {
  form: NewCredential;
  tried: boolean;
  fixedName?: boolean;
  onChange: (form: NewCredential) => void;
}) {
  const { form, onChange } = props;
  const errors = props.tried ? checkCredential(form) : {};
  const keyring = useQuery(queries.status()).data?.keyring;
  const place =
    keyring?.available === true
      ? `Goes to ${keyring.name} and nowhere else`
      : "No keyring: it lasts for this session only, if you choose that";
  return (
    <>
      <LabelledInput
        label="Name of the credentials"
        readOnly={props.fixedName === true}
        value={form.name}
        error={errors.name}
        onChange={(event) => onChange({ ...form, name: event.target.value })}
        data-testid="credential-name"
      />
      <LabelledInput
        label="User"
        value={form.user}
        error={errors.user}
        onChange={(event) => onChange({ ...form, user: event.target.value })}
        data-testid="credential-user"
      />
      <div style={{ gridColumn: "1 / -1" }}>
        <Segmented
          label="How it signs in"
          value={form.way}
          options={WAYS}
          onChange={(way) => onChange({ ...form, way, key: "", secret: "" })}
        />
      </div>
      {form.way === "agent" && (
        <AgentKey chosen={form.key} error={errors.key} onChange={(key) => onChange({ ...form, key })} />
      )}
      {form.way === "key" && (
        <LabelledInput
          label="Private key file"
          mono
          value={form.key}
          error={errors.key}
          hint="In the form of OpenSSH; the key stays in its file"
          onChange={(event) => onChange({ ...form, key: event.target.value })}
          data-testid="credential-key"
        />
      )}
      {form.way !== "agent" && (
        <LabelledInput
          label={form.way === "key" ? "Passphrase, if it has one" : "Password"}
          type="password"
          value={form.secret}
          error={errors.secret}
          hint={place}
          onChange={(event) => onChange({ ...form, secret: event.target.value })}
          data-testid="credential-secret"
        />
      )}
      {form.way !== "agent" && keyring?.available === false && (
        <label className="row t12">
          <Checkbox
            checked={form.sessionOnly}
            onChange={(sessionOnly) => onChange({ ...form, sessionOnly })}
            label="Keep it for this session only"
            hideLabel
          />
          Keep it for this session only
        </label>
      )}
    </>
  );
}

function AgentKey(props: { chosen: string; error: string | undefined; onChange: (key: string) => void }) {
  const held = useQuery(queries.agentKeys());
  const keys = held.data ?? [];
  const note = held.isError ? held.error.sentence : (props.error ?? "No other key is offered to a device");
  return (
    <div style={{ gridColumn: "1 / -1" }}>
      <span className="label">Key of the agent</span>
      <Select
        label="Key of the agent"
        value={props.chosen}
        width={460}
        options={keys.map((key) => ({
          value: key.fingerprint,
          label: <SafeText text={`${key.comment} ${key.algorithm} ${key.fingerprint}`} />,
        }))}
        onChange={props.onChange}
      />
      <p className={`hint ${held.isError || props.error !== undefined ? "bad" : ""}`}>
        <SafeText text={note} />
      </p>
    </div>
  );
}
