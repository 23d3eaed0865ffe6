//! What can be done about a deployment that can't be undone as it was done.

use super::TextDiffView;

word! {
    /// How far a deployment is taken back.
    pub enum RollbackChoice {
        /// Only the objects that nobody changed since.
        Rest,
        /// All its objects, over what came after it.
        Over,
        /// Not at all.
        Leave,
    }
}

view! {
    /// A deployment, what came after it, and what can be done.
    pub struct RollbackChoices {
        /// The deployment.
        pub deployment: u32,
        /// Whether it can be undone as it was done; then nothing is to be chosen.
        pub undoable: bool,
        /// Objects that others changed since.
        pub overlaps: Vec<RollbackOverlap>,
        /// What can be done.
        pub choices: Vec<RollbackChoiceView>,
    }

    /// An object that no longer holds what the deployment left.
    pub struct RollbackOverlap {
        /// The device.
        pub device: String,
        /// The object.
        pub object: String,
        /// Deployments that changed it since, as far as this application did.
        pub by: Vec<u32>,
        /// What the deployment left, and what is there now.
        pub diff: TextDiffView,
    }

    /// One way to go back.
    pub struct RollbackChoiceView {
        /// The choice.
        pub choice: RollbackChoice,
        /// Its name.
        pub label: String,
        /// What it does.
        pub consequence: String,
        /// Why it can't be taken, if so.
        pub refused: Option<String>,
    }
}
