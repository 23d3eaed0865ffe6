//! The state of the application as a whole.

word! {
    /// What the top bar says.
    pub enum Mode {
        /// No device is known: first run.
        Empty,
        /// The simulated fabric of this machine.
        Practice,
        /// Devices were reached lately.
        Live,
        /// No device answers; records are shown.
        Offline,
    }
}

view! {
    /// The state of the application.
    pub struct AppStatus {
        /// Version of Bridgekeeper.
        pub version: String,
        /// Name of the lab.
        pub lab: String,
        /// Mode.
        pub mode: Mode,
        /// Person who works here.
        pub user: String,
        /// Devices in the inventory.
        pub devices: u32,
        /// Devices read within the last five minutes.
        pub devices_fresh: u32,
        /// Newest read of any device.
        pub newest_read: Option<String>,
        /// Where secrets are kept.
        pub keyring: KeyringStatus,
        /// Folder of the database.
        pub data_folder: String,
        /// Bridge domains known.
        pub domains: u32,
        /// Drafts open.
        pub drafts: u32,
        /// Deployments that are running or in doubt.
        pub open_deployments: Vec<u32>,
        /// Whether another process holds the data folder's lock.
        pub locked_by_another: bool,
    }

    /// Whether secrets can be kept, and where.
    pub struct KeyringStatus {
        /// Whether the self-test passed.
        pub available: bool,
        /// Name of the store, e.g. "Secret Service keyring".
        pub name: String,
        /// Why it is not available; secrets then live for this session only, if the person chooses that.
        pub reason: Option<String>,
    }

    /// Whether a window that is closed can stay in the tray.
    pub struct TrayStatus {
        /// Whether this desktop shows the icon from which the window comes back.
        pub available: bool,
        /// Why not.
        pub reason: Option<String>,
    }
}
