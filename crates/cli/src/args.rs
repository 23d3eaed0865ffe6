//! The arguments of `bk`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::check_args::{CheckArgs, SchedulesCommand};
use crate::drift_args::{DriftCommand, RestoreArgs, WhyArg};

/// The command with which `bk` starts itself once more to test the keyring.
pub(crate) const KEYRING_TEST: &str = "keyring-test";

/// Finds, edits and deploys bridge domains on a fabric of DNOS routers.
///
/// Exit codes: 0 done, 1 internal error, 2 usage, 3 refused or nothing done (every device is old), 4 aborted (every
/// device is old), 5 in doubt, 6 drift, 7 another process holds the data folder, 8 no credentials or no keyring, 9 some
/// device was not checked and none is known to differ.
#[derive(Debug, Parser)]
#[command(name = "bk", version, max_term_width = 110)]
pub(crate) struct Args {
    /// Prints JSON instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Keeps everything in DIR instead of the user's data folder.
    #[arg(long, global = true, value_name = "DIR", env = "BRIDGEKEEPER_DATA_DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Reads one password from standard input and uses it for this run only, instead of the keyring.
    #[arg(long, global = true)]
    pub(crate) password_stdin: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a simulated fabric until it is interrupted and prints its inventory.
    Lab(LabArgs),
    /// Does the whole job on a simulated fabric of its own: discover, edit, deploy, verify, roll back.
    Demo {
        /// Seed of the fabric.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Tells another process of this program what the keyring holds for its test.
    #[command(name = KEYRING_TEST, hide = true)]
    KeyringTest {
        /// Name of the test.
        test: String,
    },
    #[command(flatten)]
    Service(ServiceCommand),
}

/// Commands that work on a data folder.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// The inventory.
    #[command(subcommand)]
    Devices(DevicesCommand),
    /// Reads devices.
    Discover {
        /// Only these.
        devices: Vec<String>,
    },
    /// Bridge domains.
    Domains {
        #[command(subcommand)]
        command: Option<DomainsCommand>,
    },
    /// Edits a bridge domain in a draft; nothing is sent.
    Edit {
        /// The bridge domain.
        domain: String,
        #[command(subcommand)]
        command: EditCommand,
    },
    /// Makes the plan of a draft and shows it.
    Plan {
        /// The bridge domain whose draft is planned.
        domain: String,
        /// Also writes the plan as a paste-ready text.
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
    /// Deploys a plan to all its devices as one transaction.
    Deploy {
        /// The bridge domain whose draft is planned and deployed.
        domain: String,
        /// Only if the plan has this hash (the short form will do).
        #[arg(long, value_name = "HASH")]
        plan: Option<String>,
        /// Leaves what was edited on DEVICE out; it stays in the draft. May be given more than once.
        #[arg(long, value_name = "DEVICE")]
        without: Vec<String>,
        /// What a failure on one device means for the others. Under the last two the plan goes in parts, one after the
        /// other: each is what was edited on one device with all that the fabric needs for it, and is all or nothing.
        #[arg(long, value_enum, default_value_t = PolicyArg::AllOrNothing)]
        policy: PolicyArg,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Lists what carries no service any more, by the records: nothing is contacted and nothing changed.
    Audit {
        /// Only on these devices.
        devices: Vec<String>,
    },
    /// Where devices differ from what is expected of them; exit code 6 where one does.
    Drift {
        #[command(subcommand)]
        command: Option<DriftCommand>,
    },
    /// Reads devices, compares them with what is expected and files away what each gave: 0 all in sync, 6 where one
    /// differs, 9 where none differs but some device was not checked. Records stay as they are.
    Check(CheckArgs),
    /// Checks devices and shows them beside the records: bridge domains, VLAN assignments, L2 state, and what can be done
    /// about each that differs. The codes of `check`; nothing is sent and no record changed.
    Scan {
        /// The devices.
        #[arg(required = true)]
        devices: Vec<String>,
    },
    /// When checks run by themselves, while the window is open or where the system's scheduler runs `bk check --due`.
    Schedules {
        #[command(subcommand)]
        command: Option<SchedulesCommand>,
    },
    /// Reads the devices that hold something and takes what they hold of it as what is expected.
    Sync {
        /// Whole devices; all without names and without the options below.
        devices: Vec<String>,
        /// Only these interfaces; `*` stands for any characters.
        #[arg(long, value_name = "PATTERN")]
        interface: Option<String>,
        /// Only this bridge domain with its members.
        #[arg(long, value_name = "NAME", conflicts_with_all = ["devices", "interface"])]
        domain: Option<String>,
        #[command(flatten)]
        why: WhyArg,
    },
    /// Removes what `audit` finds and can remove, as one transaction.
    CleanUp {
        /// Only on these devices.
        devices: Vec<String>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Puts a bridge domain or a device back as it was read last at a moment, as one transaction.
    Restore {
        #[command(flatten)]
        restore: RestoreArgs,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Deployments, newest first.
    History {
        /// Shows one in full.
        deployment: Option<u32>,
        /// With its transcript.
        #[arg(long, requires = "deployment")]
        transcript: bool,
    },
    /// Undoes a deployment by a new one.
    Rollback {
        /// The number of the deployment.
        deployment: u32,
        /// Where others changed its objects since: takes back the `rest`, or everything `over` what came after it.
        #[arg(long, value_enum)]
        take: Option<TakeArg>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Resolves a deployment that was interrupted.
    Recover {
        /// The number; all that are open without one.
        deployment: Option<u32>,
        /// Only shows the cards: what is certain, what happens by itself, what can be chosen.
        #[arg(long, conflicts_with = "choose")]
        show: bool,
        /// Takes this choice of the card instead of `recover`.
        #[arg(long, value_name = "CHOICE", requires = "deployment")]
        choose: Option<String>,
        #[command(flatten)]
        why: WhyArg,
    },
    /// Everything that was ever read: works offline.
    #[command(subcommand)]
    Snapshots(SnapshotsCommand),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TakeArg {
    Rest,
    Over,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PolicyArg {
    /// Any failure takes all devices back.
    AllOrNothing,
    /// The first part that fails goes back and ends the sequence; what holds stays.
    StopOnFirst,
    /// A part that fails goes back; the others go on.
    Independent,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Does not ask before it sends.
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    /// Minutes until a device goes back by itself unless it is confirmed.
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(2..=60))]
    pub(crate) window: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Size {
    /// One superspine, 2 spines, 6 leaves, 40 bridge domains.
    Practice,
    /// 50 devices, about 740 bridge domains.
    Lab,
    /// 1,000 devices, 10,000 bridge domains.
    Scale,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LabArgs {
    /// Which fabric.
    #[arg(long, value_enum, default_value_t = Size::Practice, conflicts_with = "from")]
    pub(crate) size: Size,
    /// Everything that is drawn is drawn from it.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Takes one flattened configuration file per device from DIR.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Repairs incomplete files by stated rules and prints each repair.
    #[arg(long, requires = "from")]
    pub(crate) complete: bool,
    /// How the devices behave where the reference leaves it open, as `name=value`; may be given more than once.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) dialect: Vec<String>,
    /// Milliseconds that a device thinks before each answer.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// Also serves the control socket for tests and writes its address to FILE.
    #[arg(long, value_name = "FILE")]
    pub(crate) control: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DevicesCommand {
    /// Adds or changes devices from a CSV, YAML, JSON or plain text file (`-` reads standard input).
    ///
    /// Columns: name, address, port, credentials, groups, aliases, jump (a jump host), user with key (the path of a
    /// private key), and host_key or fingerprint: a key that you bring is trusted, unless another one is trusted already.
    /// Passwords are never taken from a file.
    Import {
        /// The file.
        file: PathBuf,
        /// Only says what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Credentials of rows without their own.
        #[arg(long, value_name = "NAME")]
        credentials: Option<String>,
    },
    /// Lists the inventory.
    List,
    /// Tests the connection to a device step by step.
    Test {
        /// The device.
        device: String,
    },
    /// Sets credentials; the password or passphrase is read from standard input.
    Credentials {
        /// Their name.
        name: String,
        /// User name on the devices.
        user: String,
        /// Signs in with the private key in FILE, which stays there; standard input may hold its passphrase.
        #[arg(long, value_name = "FILE", conflicts_with = "agent")]
        key: Option<PathBuf>,
        /// Signs in with the one key of the SSH agent that has this fingerprint (see `bk devices agent-keys`).
        #[arg(long, value_name = "SHA256:...", conflicts_with = "session_only")]
        agent: Option<String>,
        /// Keeps no secret: later runs get it with --password-stdin.
        #[arg(long)]
        session_only: bool,
    },
    /// Lists the keys that the SSH agent holds.
    AgentKeys,
    /// Hosts through which devices are reached.
    #[command(subcommand)]
    Jump(JumpCommand),
    /// Trusted host keys with their history.
    Keys {
        /// Trusts the keys of a known_hosts file that belong to devices and jump hosts of the inventory (`-` reads
        /// standard input); a key that differs from a trusted one is refused, and so are hashed names.
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
    },
    /// Trusts the host key of a device after it was compared.
    Trust {
        /// The device.
        device: String,
        /// The fingerprint that was compared.
        fingerprint: String,
        /// Replaces a key that is trusted: the last four characters of the new fingerprint, as a sign that both were
        /// compared.
        #[arg(long, value_name = "XXXX")]
        replace: Option<String>,
    },
    /// Takes a device out of the inventory; its history stays.
    Remove {
        /// The device.
        device: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum JumpCommand {
    /// Lists them.
    List,
    /// Sets one.
    Set {
        /// Its name.
        name: String,
        /// Host name or address, with a port where it is not 22.
        address: String,
        /// Name of the credentials for it.
        #[arg(long, value_name = "NAME")]
        credentials: String,
    },
    /// Reaches devices and groups through one from now on.
    Use {
        /// The jump host; `direct` for none.
        name: String,
        /// Devices.
        #[arg(required_unless_present = "group")]
        devices: Vec<String>,
        /// A group of devices; may be given more than once.
        #[arg(long, value_name = "GROUP")]
        group: Vec<String>,
    },
    /// Trusts its host key after it was compared.
    Trust {
        /// The jump host.
        name: String,
        /// The fingerprint that was compared.
        fingerprint: String,
        /// Replaces a key that is trusted: the last four characters of the new fingerprint.
        #[arg(long, value_name = "XXXX")]
        replace: Option<String>,
    },
    /// Removes one that nothing is reached through.
    Remove {
        /// The jump host.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DomainsCommand {
    /// Lists all (as without a word).
    List,
    /// Shows one.
    Show {
        /// Its name.
        name: String,
        /// With the configuration text of its devices.
        #[arg(long)]
        config: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EditCommand {
    /// Adds an access attachment.
    Add {
        /// The device.
        device: String,
        /// Port or bundle, without a unit.
        port: String,
        /// Its VLAN; the service VLAN without it.
        #[arg(long)]
        vlan: Option<u16>,
    },
    /// Removes an access attachment.
    Remove {
        /// The device.
        device: String,
        /// The interface with its unit.
        interface: String,
    },
    /// Gives the service another VLAN.
    Vlan {
        /// The VLAN.
        vlan: u16,
    },
    /// Lists the ports of a device that could be attached.
    Ports {
        /// The device.
        device: String,
    },
    /// Shows the draft.
    Show,
    /// Takes the last edit back.
    Undo,
    /// Brings the edit that was undone last back.
    Redo,
    /// Throws the draft away.
    Discard,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotsCommand {
    /// Lists devices with their reads, or the reads of one device.
    List {
        /// The device.
        device: Option<String>,
    },
    /// Prints the text of a read.
    Show {
        /// Its number.
        snapshot: u32,
        /// One full path a line.
        #[arg(long)]
        flat: bool,
    },
    /// Compares two reads.
    Diff {
        /// The earlier.
        a: u32,
        /// The later.
        b: u32,
        /// Which form of the text is compared.
        #[arg(long, value_enum, default_value_t = Form::Text)]
        form: Form,
    },
    /// Finds a text in all history.
    Search {
        /// What to find.
        text: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Form {
    /// Indented, as the device shows it.
    Text,
    /// One full path a line.
    Flattened,
    /// Without what has no meaning: order, defaults, list notation.
    Meaning,
}
