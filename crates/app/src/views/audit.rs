//! Leftovers: what carries no service any more.

view! {
    /// What was left behind, by the records.
    pub struct AuditView {
        /// Devices whose record was looked through.
        pub devices: u32,
        /// When the oldest of these records was read.
        pub oldest_read: Option<String>,
        /// By device.
        pub leftovers: Vec<LeftoverView>,
        /// Services that could not be judged.
        pub broken: Vec<BrokenPathView>,
        /// Lines that would remove what can be removed.
        pub lines: u32,
        /// Devices on which.
        pub devices_to_clean: u32,
    }

    /// One leftover.
    pub struct LeftoverView {
        /// The device.
        pub device: String,
        /// Stable word: `subinterface`, `instance`, `member`, `fabric-attachment`.
        pub kind: String,
        /// The interface, for all but an instance.
        pub interface: Option<String>,
        /// The bridge domain, for all but a sub-interface of none.
        pub domain: Option<String>,
        /// What it is, in a sentence.
        pub sentence: String,
        /// Why the proposed clean-up leaves it, if it does.
        pub kept: Option<String>,
    }

    /// A service of which nothing is called needless, because its path is broken.
    pub struct BrokenPathView {
        /// The service.
        pub domain: String,
        /// What was seen, in a sentence.
        pub sentence: String,
    }
}
