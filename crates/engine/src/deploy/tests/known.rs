//! Which entries of the rollback list are news.

use crate::deploy::known::{Base, entries_since, heads, same_list};
use crate::deploy::lines::LineSet;
use crate::ports::RollbackEntry;

fn entry(time: &str, user: &str) -> RollbackEntry {
    RollbackEntry {
        id: 0,
        time: time.to_owned(),
        user: user.to_owned(),
        via: "cli".to_owned(),
        log: String::new(),
    }
}

/// Our login had committed in the very second in which our own commit comes: the rows read alike.
#[test]
fn two_commits_of_one_login_within_a_second_are_told_apart() {
    let (old, head) = (
        entry("09-Mar-2026 18:00:00", "rowan"),
        entry("09-Mar-2026 19:00:00", "dnroot"),
    );
    let before = [head.clone(), old.clone()];
    let base = Base {
        touched: LineSet::default(),
        outside: String::new(),
        head: Some(head.clone()),
        heads: heads(&before),
    };
    assert!(entries_since(&before, &base).is_empty() && base.is_on_top_of(&before));

    let after = [head.clone(), head.clone(), old.clone()];
    assert_eq!(entries_since(&after, &base), &after[..1]);
    assert!(!base.is_on_top_of(&after) && !same_list(&before, &after));

    let later = [
        entry("09-Mar-2026 19:00:01", "birch"),
        head.clone(),
        head,
        old.clone(),
    ];
    assert_eq!(entries_since(&later, &base), &later[..2]);
    // A revert may take the head of then along; then time tells.
    assert_eq!(entries_since(&[later[0].clone(), old], &base).len(), 1);
}
