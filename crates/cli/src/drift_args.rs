//! What can be said of drift, and of going back to a moment.

use clap::{Args, Subcommand};

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
    },
    /// Puts back what is expected, as one transaction.
    Override {
        /// Numbers of events.
        #[arg(required = true)]
        events: Vec<u32>,
        #[command(flatten)]
        run: RunArgs,
    },
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
