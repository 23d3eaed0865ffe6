//! What holds for every text and every edit.

use bk_config::{
    CliLine, Form, Setting, Statement, Target, Tree, apply, canonical, diff, equal_meaning, grammar, inverse,
    to_flattened, to_hierarchical, transition,
};
use bk_model::DnosVersion;
use proptest::prelude::*;

use crate::generate::{base, forward, setting, target};
use crate::support::{print_lines, text, tree};

fn edit() -> impl Strategy<Value = (Tree, Vec<CliLine>)> {
    base().prop_flat_map(|base| {
        let forward = forward(&base);
        (Just(base), forward)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_tree_prints_what_it_read(raw in "[a-z0-9 !^#\"\t\r\n-]{0,200}") {
        for (tree, _) in [Tree::read(&text(&raw)), Tree::read_hierarchical(&text(&raw)), Tree::read_flattened(&text(&raw))] {
            prop_assert_eq!(tree.print(), raw.as_str());
        }
    }

    #[test]
    fn forward_then_reverse_is_identity((base, forward) in edit()) {
        let edited = apply(&base, &forward).unwrap();
        let back = inverse(&base, &forward)
            .unwrap_or_else(|error| panic!("{error}\n{}\nforward:\n{}", base.print(), print_lines(&forward)));
        prop_assert_eq!(apply(&edited, &back).unwrap().print(), base.print());
    }

    #[test]
    fn reverse_restores_the_meaning_of_a_text_that_was_read_again((base, forward) in edit()) {
        let edited = tree(&apply(&base, &forward).unwrap().print());
        let back = inverse(&base, &forward).unwrap();
        prop_assert_eq!(canonical(&apply(&edited, &back).unwrap()), canonical(&base));
    }

    #[test]
    fn transition_reaches_its_goal((base, forward) in edit()) {
        let goal = tree(&apply(&base, &forward).unwrap().print());
        let lines = transition(&base, &goal).unwrap();
        prop_assert_eq!(canonical(&apply(&base, &lines).unwrap()), canonical(&goal));
    }

    #[test]
    fn both_forms_agree((base, forward) in edit()) {
        let (flattened, nested) = match base.form() {
            Form::Flattened => (base.clone(), to_hierarchical(&base)),
            Form::Hierarchical => (to_flattened(&base), base.clone()),
        };
        prop_assert!(equal_meaning(&flattened, &nested));
        prop_assert!(diff(&flattened, &nested).is_empty());
        let (left, right) = (apply(&flattened, &forward).unwrap(), apply(&nested, &forward).unwrap());
        prop_assert_eq!(canonical(&left), canonical(&right));
        let sorted = |before: &Tree, after: &Tree| {
            let mut delta = diff(before, after);
            delta.added.sort();
            delta.removed.sort();
            delta.changed.sort();
            delta
        };
        prop_assert_eq!(sorted(&flattened, &left), sorted(&nested, &right));
    }

    #[test]
    fn a_difference_is_what_separates_two_texts((base, forward) in edit()) {
        let edited = apply(&base, &forward).unwrap();
        let delta = diff(&base, &edited);
        prop_assert_eq!(&diff(&base, &tree(&edited.print())), &delta, "an edited tree and its text differ alike");
        prop_assert_eq!(delta.is_empty(), edited.leaves().map(|l| l.path).eq(base.leaves().map(|l| l.path)) || canonical(&base) == canonical(&edited) && delta.is_empty());
        prop_assert!(diff(&base, &base).is_empty());
    }

    #[test]
    fn edits_keep_the_reader_content((base, forward) in edit()) {
        let (_, problems) = Tree::read(&text(&apply(&base, &forward).unwrap().print()));
        prop_assert_eq!(problems, Vec::new());
    }

    #[test]
    fn rendered_settings_read_back_and_fit_the_grammar(setting in setting()) {
        let line = CliLine::set(setting.clone()).unwrap();
        prop_assert_eq!(Setting::parse(line.as_str()), Some(setting));
        prop_assert_eq!(CliLine::parse(line.as_str()), Ok(line.clone()));
        prop_assert_eq!(grammar::check(&line, &DnosVersion::parse("25.4.13").unwrap()), Ok(()));
    }

    #[test]
    fn rendered_removals_read_back_and_fit_the_grammar(target in target()) {
        let line = CliLine::remove(target.clone()).unwrap();
        prop_assert_eq!(line.statement(), &Statement::Remove(target.clone()));
        prop_assert_eq!(Target::parse(line.as_str().strip_prefix("no ").unwrap()), Some(target));
        prop_assert_eq!(grammar::check(&line, &DnosVersion::parse("25.4.13").unwrap()), Ok(()));
    }

    #[test]
    fn no_text_makes_a_line_that_breaks_out(raw in "\\PC{0,60}|(no )?(interfaces|network-services bridge-domain instance) [a-z0-9./_ \n\r\u{1b}\u{202e}-]{0,60}") {
        if let Ok(line) = CliLine::parse(&raw) {
            let breaks_out = line.as_str().contains(|c: char| c.is_control() || c == '\u{202e}');
            prop_assert!(!breaks_out);
            prop_assert_eq!(line.statement().to_string(), line.as_str());
        }
    }
}
