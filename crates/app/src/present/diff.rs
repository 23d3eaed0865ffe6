//! Records in the forms in which they are shown.

use bk_config::{ConfigText, Tree, canonical, to_hierarchical};

use crate::views::TextForm;

/// Writes a record in the form in which it is shown.
pub(crate) fn text_of(tree: &Tree, form: TextForm) -> ConfigText {
    match form {
        TextForm::Text => to_hierarchical(tree).text(),
        TextForm::Flattened => tree.text(),
        TextForm::Meaning => {
            let lines: String = canonical(tree).lines().map(|line| format!("{line}\n")).collect();
            ConfigText::new(lines).expect("the canonical form is shorter than the text")
        }
    }
}
