//! Records in the forms in which they are shown.

use bk_config::{ConfigText, Tree, to_flattened, to_hierarchical};

use super::meaning::meaning;
use crate::views::TextForm;

/// Writes a record in the form in which it is shown.
pub(crate) fn text_of(tree: &Tree, form: TextForm) -> ConfigText {
    match form {
        TextForm::Text => to_hierarchical(tree).text(),
        TextForm::Flattened => to_flattened(tree).text(),
        // A text of a size that words would carry beyond the limit stays as it is written.
        TextForm::Meaning => ConfigText::new(meaning(tree)).unwrap_or_else(|_| to_flattened(tree).text()),
    }
}
