//! What can be said of drift, and of going back to a moment.

use clap::{Args, Subcommand, ValueEnum};

use crate::args::RunArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum DriftCommand {
    /// Lists what differs.
    List {
        /// Lists what was closed lately too.
        #[arg(long)]
        closed: bool,
    },
    /// Shows one event: expected and actual, and what each choice would do.
    Show {
        /// Its number.
        event: u32,
    },
    /// Reads devices and compares them with what is expected. Records stay as they are.
    Check {
        /// Only these.
        devices: Vec<String>,
    },
    /// What past drift and past checks tell: where, when and whose it was, what comes back, how long it lasts, health, and
    /// where drift comes next.
    Insight {
        /// Days that are looked at.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
    },
    /// Reads the devices again and takes what they hold as what is expected.
    Sync {
        /// Numbers of events.
        #[arg(required = true)]
        events: Vec<u32>,
        #[command(flatten)]
        why: WhyArg,
    },
    /// Puts back what is expected, as one transaction.
    Override {
        /// Numbers of events.
        #[arg(required = true)]
        events: Vec<u32>,
        #[command(flatten)]
        why: WhyArg,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Leaves events open: they ask for nothing until their objects change again.
    Leave {
        /// Numbers of events.
        #[arg(required = true)]
        events: Vec<u32>,
        #[command(flatten)]
        why: WhyArg,
    },
    /// Lists what was decided, by whom and why.
    Decisions,
    /// What is decided without asking.
    Policies {
        #[command(subcommand)]
        command: Option<PoliciesCommand>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct WhyArg {
    /// Why, for the log of decisions.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PoliciesCommand {
    /// Lists all policies.
    List,
    /// Adds a policy, in force at once.
    Add {
        #[command(flatten)]
        terms: Box<PolicyArgs>,
        /// Takes the place of the policy of this number.
        #[arg(long, value_name = "NUMBER")]
        replaces: Option<u32>,
    },
    /// Tells what a policy would have done, and keeps nothing.
    Try {
        #[command(flatten)]
        terms: Box<PolicyArgs>,
        /// Days to look back.
        #[arg(long, default_value_t = 7)]
        back: u16,
    },
    /// Ends a policy before its day.
    End {
        /// Its number.
        policy: u32,
    },
}

/// The terms of a policy.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// Its name.
    pub(crate) name: String,
    /// What it does: `leave` the event open, `sync` what the device holds into the records, or `override` it.
    #[arg(value_enum)]
    pub(crate) action: PolicyActionArg,
    /// Only on this device; `*` stands for any characters. May be given more than once.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) on: Vec<String>,
    /// Only this interface or bridge domain; `*` stands for any characters. May be given more than once.
    #[arg(long, value_name = "OBJECT")]
    pub(crate) object: Vec<String>,
    /// Only this kind. May be given more than once.
    #[arg(long, value_enum)]
    pub(crate) kind: Vec<KindArg>,
    /// Only up to this severity.
    #[arg(long, value_enum, default_value_t = SeverityArg::High)]
    pub(crate) severity: SeverityArg,
    /// Days until it ends.
    #[arg(long, default_value_t = 30)]
    pub(crate) days: u16,
    /// For `override`: objects in one plan at most.
    #[arg(long, default_value_t = 1)]
    pub(crate) max_objects: u16,
    /// For `override`: lines in one plan at most.
    #[arg(long, default_value_t = 10)]
    pub(crate) max_lines: u16,
    /// For `override`: deployments in 24 hours at most.
    #[arg(long, default_value_t = 2)]
    pub(crate) max_per_day: u16,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PolicyActionArg {
    Leave,
    Sync,
    Override,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SeverityArg {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindArg {
    AlreadyConfigured,
    DomainExists,
    VlanConflict,
    Mismatch,
    MissingOnDevice,
    ForeignCommit,
    Unknown,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The bridge domain, on all devices.
    #[arg(long, required_unless_present = "device", conflicts_with = "device")]
    pub(crate) domain: Option<String>,
    /// The device.
    #[arg(long)]
    pub(crate) device: Option<String>,
    /// The moment, as 2026-05-08T14:30:00Z.
    #[arg(long)]
    pub(crate) at: String,
}
