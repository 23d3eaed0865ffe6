//! Errors as a person and the window's code see them.

view! {
    /// An error: branch on `code`, show `sentence`, offer `next`.
    pub struct ErrorView {
        /// Stable word, e.g. `device-unreachable`. A code exists only if a consumer branches on it or documents it.
        pub code: String,
        /// What happened, on which device and object, and what is certain.
        pub sentence: String,
        /// The next action in words of a button, if there is one.
        pub next: Option<String>,
        /// The device it is about.
        pub device: Option<String>,
        /// The object it is about (interface, bridge domain, file line...).
        pub object: Option<String>,
        /// The device's or system's own words, unedited.
        pub words: Option<String>,
    }
}
