//! Text diffs.

word! {
    /// Kind of a diff line.
    pub enum DiffKind {
        /// On both sides.
        Same,
        /// Only after.
        Added,
        /// Only before.
        Removed,
    }

    /// Form in which text is compared.
    pub enum TextForm {
        /// Indented, as `show config`.
        Text,
        /// One full path a line.
        Flattened,
        /// Semantic changes in words.
        Meaning,
    }
}

view! {
    /// A diff in hunks; equal runs between hunks are folded.
    pub struct TextDiffView {
        /// Hunks.
        pub hunks: Vec<DiffHunk>,
        /// Lines added.
        pub added: u32,
        /// Lines removed.
        pub removed: u32,
        /// Lines before.
        pub lines_before: u32,
        /// Lines after.
        pub lines_after: u32,
        /// Short hash before.
        pub hash_before: String,
        /// Short hash after.
        pub hash_after: String,
        /// Whether both texts are the same.
        pub identical: bool,
    }

    /// A run of lines with context.
    pub struct DiffHunk {
        /// Equal lines folded before this hunk.
        pub folded: u32,
        /// Top-level block in which the folded run lies ("interfaces").
        pub block: Option<String>,
        /// Lines.
        pub lines: Vec<DiffLine>,
        /// Equal lines folded after the last hunk; 0 elsewhere.
        pub folded_after: u32,
    }

    /// One line.
    pub struct DiffLine {
        /// Kind.
        pub kind: DiffKind,
        /// Line number before, from 1.
        pub before: Option<u32>,
        /// Line number after, from 1.
        pub after: Option<u32>,
        /// Text.
        pub text: String,
        /// Ranges of `text` in UTF-16 units that differ within the line.
        pub marks: Vec<(u32, u32)>,
    }
}
