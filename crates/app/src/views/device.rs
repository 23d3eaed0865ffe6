//! Inventory, credentials, host keys, connection tests.

use super::ErrorView;

word! {
    /// Whether a device answers.
    pub enum Reachability {
        /// Never tried.
        Unknown,
        /// Answered last time.
        Reachable,
        /// Did not answer last time.
        NoAnswer,
        /// Its host key changed; the connection stays closed.
        KeyChanged,
        /// Its host key must be accepted first.
        KeyUnknown,
        /// It refused the sign-in.
        SignInRefused,
        /// Not a DNOS device, or an unsupported release.
        NotUsable,
    }

    /// How credentials prove a login.
    pub enum CredentialWay {
        /// A password.
        Password,
        /// A private key in a file.
        Key,
        /// A key that the SSH agent holds.
        Agent,
    }

    /// What became of a row in an import.
    pub enum ImportVerdict {
        /// Is or would be added.
        Added,
        /// Is or would be changed.
        Changed,
        /// Already stands so.
        Unchanged,
        /// Another name of a device in this import or the inventory (same address and port).
        Alias,
        /// Can't be imported; see the error.
        Refused,
    }

    /// What became of a line of a known_hosts file.
    pub enum KnownHostsVerdict {
        /// Its key became trusted.
        Trusted,
        /// Its key was trusted before.
        Known,
        /// No device and no jump host stands at its places.
        NotOurs,
        /// It can't be used; nothing was trusted.
        Refused,
    }

    /// Result of one step of a connection test.
    pub enum TestStepState {
        /// Passed.
        Passed,
        /// Failed.
        Failed,
        /// Not reached.
        NotTried,
    }
}

view! {
    /// A row of the device table.
    pub struct DeviceRow {
        /// Name.
        pub name: String,
        /// Further names of the same box.
        pub aliases: Vec<String>,
        /// Address.
        pub address: String,
        /// SSH port.
        pub port: u16,
        /// `superspine`, `spine`, `leaf` or `unknown`.
        pub tier: String,
        /// Group or tag texts.
        pub groups: Vec<String>,
        /// Release, if read.
        pub version: Option<String>,
        /// Name of the credentials.
        pub credentials: Option<String>,
        /// Name of the jump host that it is reached through, its own or its group's.
        pub jump: Option<String>,
        /// Reachability.
        pub reachability: Reachability,
        /// Milliseconds of the last connect.
        pub reach_millis: Option<u32>,
        /// Trusted host key.
        pub host_key: Option<HostKeyView>,
        /// The key offered last if it differs from the trusted one or none is trusted.
        pub offered_key: Option<String>,
        /// Last complete read.
        pub last_read: Option<String>,
        /// Bridge domains on it.
        pub domains: u32,
        /// Last error.
        pub error: Option<ErrorView>,
    }

    /// A trusted host key.
    pub struct HostKeyView {
        /// Algorithm.
        pub algorithm: String,
        /// `SHA256:...` as OpenSSH prints it.
        pub fingerprint: String,
        /// When it was first seen.
        pub first_seen: String,
        /// Who accepted it.
        pub accepted_by: String,
    }

    /// A text to import: CSV, YAML, JSON or pasted lines; the form is recognised.
    pub struct ImportRequest {
        /// The text.
        pub text: String,
        /// File name, for messages.
        pub source: Option<String>,
        /// Name of the credentials for rows without their own.
        pub credentials: Option<String>,
    }

    /// What an import did or would do.
    pub struct ImportReport {
        /// `csv`, `yaml`, `json` or `lines`.
        pub format: String,
        /// Rows in the order of the text.
        pub rows: Vec<ImportRow>,
        /// How many are added.
        pub added: u32,
        /// How many are changed.
        pub changed: u32,
        /// How many can't be imported.
        pub refused: u32,
        /// Whether it was carried out.
        pub applied: bool,
    }

    /// One row of an import.
    pub struct ImportRow {
        /// Line in the text, from 1.
        pub line: u32,
        /// Name, as far as it could be read.
        pub name: String,
        /// Address and port.
        pub address: String,
        /// Verdict.
        pub verdict: ImportVerdict,
        /// Why it was refused, or what changes.
        pub detail: Option<String>,
    }

    /// Credentials by name; the secret never crosses outwards.
    pub struct CredentialRow {
        /// Name.
        pub name: String,
        /// User name on the devices.
        pub user: String,
        /// How it signs in.
        pub way: CredentialWay,
        /// Path of the key file, or fingerprint of the agent's key.
        pub key: Option<String>,
        /// Where the secret is: the keyring's name, "this session only", or "no secret" where there is none.
        pub stored_in: String,
        /// Devices that use it.
        pub devices: u32,
    }

    /// Credentials to be set; their secret travels apart.
    pub struct CredentialRequest {
        /// Name.
        pub name: String,
        /// User name on the devices.
        pub user: String,
        /// How they sign in.
        pub way: CredentialWay,
        /// Path of the key file, or fingerprint of the agent's key; none for a password.
        pub key: Option<String>,
        /// Whether the secret is kept for this session only.
        pub session_only: bool,
    }

    /// A key that the SSH agent holds.
    pub struct AgentKeyRow {
        /// `SHA256:...`
        pub fingerprint: String,
        /// Algorithm.
        pub algorithm: String,
        /// What its owner called it.
        pub comment: String,
    }

    /// A host through which devices are reached.
    pub struct JumpHostRow {
        /// Name.
        pub name: String,
        /// Address.
        pub address: String,
        /// SSH port.
        pub port: u16,
        /// Name of its credentials.
        pub credentials: Option<String>,
        /// Trusted host key.
        pub host_key: Option<HostKeyView>,
        /// The key that it showed last and that is not trusted.
        pub offered_key: Option<String>,
        /// Devices that are reached through it.
        pub devices: u32,
        /// Groups that are reached through it.
        pub groups: Vec<String>,
    }

    /// A jump host to be set.
    pub struct JumpHostRequest {
        /// Name.
        pub name: String,
        /// Host name or address, with a port where it is not 22.
        pub address: String,
        /// Name of its credentials.
        pub credentials: String,
    }

    /// A trusted host key with its history.
    pub struct KnownKeyRow {
        /// Devices and jump hosts at this place; none if they were removed.
        pub names: Vec<String>,
        /// Address and port.
        pub place: String,
        /// The key.
        pub key: HostKeyView,
        /// What was trusted here before and by whom, newest first.
        pub history: Vec<KeyChange>,
    }

    /// One decision about a host key.
    pub struct KeyChange {
        /// When.
        pub at: String,
        /// Who.
        pub by: String,
        /// Fingerprint trusted before.
        pub before: Option<String>,
        /// Fingerprint trusted after.
        pub after: Option<String>,
    }

    /// What became of a known_hosts file.
    pub struct KnownHostsReport {
        /// Its lines that are neither blank nor comments.
        pub rows: Vec<KnownHostsRow>,
        /// How many keys became trusted.
        pub trusted: u32,
        /// How many lines were refused.
        pub refused: u32,
    }

    /// One line of a known_hosts file.
    pub struct KnownHostsRow {
        /// Line, from 1.
        pub line: u32,
        /// Host names as they stand in it.
        pub hosts: String,
        /// What became of it.
        pub verdict: KnownHostsVerdict,
        /// Why, or for which device.
        pub detail: String,
    }

    /// A connection test.
    pub struct ConnectionTest {
        /// The device.
        pub device: String,
        /// Nine steps, after one for the jump host where there is one: address, port, encrypted, host key, sign-in, prompt, version, rights, read.
        pub steps: Vec<ConnectionTestStep>,
        /// The error of the failed step.
        pub error: Option<ErrorView>,
    }

    /// A step of a connection test.
    pub struct ConnectionTestStep {
        /// Stable word of the step.
        pub step: String,
        /// Its name.
        pub label: String,
        /// Result.
        pub state: TestStepState,
        /// What was seen.
        pub evidence: String,
        /// Milliseconds.
        pub millis: u32,
    }
}

impl CredentialRequest {
    /// Credentials with a password.
    #[must_use]
    pub fn password(name: impl Into<String>, user: impl Into<String>, session_only: bool) -> Self {
        Self {
            name: name.into(),
            user: user.into(),
            way: CredentialWay::Password,
            key: None,
            session_only,
        }
    }
}
