//! What can be said of checks and of their schedules.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Only these; all without any.
    pub(crate) devices: Vec<String>,
    /// What this schedule checks, as many at once and as long as it says.
    #[arg(long, value_name = "NAME", conflicts_with = "devices")]
    pub(crate) schedule: Option<String>,
    /// Runs what schedules have due now, each once, however often it was missed.
    #[arg(long, conflicts_with_all = ["devices", "schedule"])]
    pub(crate) due: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchedulesCommand {
    /// Lists them (as without a word).
    List,
    /// Shows one with its next times and last runs.
    Show {
        /// Its name.
        name: String,
    },
    /// Adds one; all devices where neither devices nor groups are named.
    Add {
        /// Its name.
        name: String,
        /// Minute, hour, day of month, month and weekday in one argument, or @hourly, @daily, @weekly, @monthly.
        cron: String,
        /// Time zone; that of this machine without it.
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// A device; may be given more than once.
        #[arg(long, value_name = "DEVICE", conflicts_with = "group")]
        device: Vec<String>,
        /// Devices of a group; may be given more than once.
        #[arg(long, value_name = "GROUP")]
        group: Vec<String>,
        /// Seconds by which a run may begin later, drawn for each.
        #[arg(long, value_name = "SECONDS")]
        jitter: Option<u32>,
        /// Devices read at once.
        #[arg(long, value_name = "COUNT")]
        at_once: Option<u16>,
        /// Seconds after which a run ends; what was not read by then is not checked.
        #[arg(long, value_name = "SECONDS")]
        limit: Option<u32>,
        /// Leaves it switched off.
        #[arg(long)]
        off: bool,
    },
    /// Removes one; its runs stay.
    Remove {
        /// Its name.
        name: String,
    },
}
