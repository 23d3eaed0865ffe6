//! Long work in the background.

use super::ErrorView;

word! {
    /// Kind of work.
    pub enum ActivityKind {
        /// Reading devices.
        Discovery,
        /// Running a plan.
        Deployment,
        /// Starting the practice lab.
        PracticeLab,
        /// Testing a connection.
        ConnectionTest,
    }

    /// State of work.
    pub enum ActivityState {
        /// Going on.
        Running,
        /// Ended well.
        Done,
        /// Ended with some devices failed.
        Partial,
        /// Ended by an error.
        Failed,
        /// Cancelled by the person; what arrived is kept.
        Cancelled,
    }
}

view! {
    /// One row of the activity dock.
    pub struct ActivityView {
        /// Identity for cancelling.
        pub id: String,
        /// Kind.
        pub kind: ActivityKind,
        /// State.
        pub state: ActivityState,
        /// What it works on ("Discovery").
        pub object: String,
        /// One fact ("17 of 23 devices").
        pub fact: String,
        /// Units done.
        pub done: u32,
        /// Units in all.
        pub total: u32,
        /// Seconds left, if that can be told.
        pub seconds_left: Option<u32>,
        /// When it began.
        pub started: String,
        /// Whether it can be cancelled now.
        pub can_cancel: bool,
        /// Results per device, of those that ended.
        pub devices: Vec<ActivityDevice>,
    }

    /// One device's result in an activity.
    pub struct ActivityDevice {
        /// The device.
        pub device: String,
        /// None when it went well.
        pub error: Option<ErrorView>,
        /// Milliseconds it took.
        pub millis: u32,
    }
}
