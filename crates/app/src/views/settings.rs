//! Settings and their changes.

word! {
    /// What open drift means for a deployment on the same device. Drift on an object of the plan always stops it.
    #[derive(Default)]
    pub enum DriftStrategy {
        /// A deployment is not begun before it is decided.
        Stop,
        /// A deployment goes on; the plan warns.
        #[default]
        Warn,
        /// The same, and what devices hold is taken as what is expected, in the background.
        Sync,
    }

    /// Colour theme.
    pub enum Theme {
        /// Follow the system.
        System,
        /// Light.
        Light,
        /// Dark.
        Dark,
    }

    /// Contrast.
    pub enum Contrast {
        /// Follow the system.
        System,
        /// Normal.
        Normal,
        /// High.
        More,
    }
}

view! {
    /// All settings.
    pub struct SettingsView {
        /// Theme.
        pub theme: Theme,
        /// Contrast.
        pub contrast: Contrast,
        /// Devices read at once, 1 to 128.
        pub concurrency: u16,
        /// Seconds to wait for a connection, 2 to 120.
        pub connect_timeout: u16,
        /// Seconds to wait for an ordinary answer, 1 to 600.
        pub answer_timeout: u16,
        /// Seconds to wait for a commit or commit check, 1 to 3600.
        pub commit_timeout: u16,
        /// Milliseconds of silence after which what looks like a prompt is one, 5 to 2000.
        pub prompt_quiet: u16,
        /// Milliseconds before a device in doubt is looked at again the first time, 10 to 60000.
        pub look_again: u16,
        /// Confirm window in minutes, 2 to 60.
        pub window_minutes: u16,
        /// What open drift on its devices means for a deployment.
        pub drift_strategy: DriftStrategy,
        /// Whether Bridgekeeper goes on in the tray when its window is closed, where there is a tray.
        pub keep_in_tray: bool,
        /// Name of the lab.
        pub lab: String,
        /// Name of the person in history.
        pub user: String,
        /// Last place of the window.
        pub last_place: String,
        /// Recent changes, newest first.
        pub changes: Vec<SettingChange>,
    }

    /// One change in the log.
    pub struct SettingChange {
        /// Identity for undo.
        pub id: u32,
        /// Setting in words.
        pub setting: String,
        /// Before.
        pub before: String,
        /// After.
        pub after: String,
        /// Who.
        pub by: String,
        /// When.
        pub at: String,
        /// Whether it can be undone.
        pub can_undo: bool,
    }

    /// A setting to change: the name of a field of [`SettingsView`] and its new value as text.
    pub struct SettingInput {
        /// Field name, camelCase.
        pub setting: String,
        /// Value.
        pub value: String,
    }
}
