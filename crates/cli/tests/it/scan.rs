//! Scans: exit codes, and what is printed.

use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;

use crate::support::Bench;

/// A leaf with leftovers.
const LEAF: &str = "LEAF-B02";

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_ends_with_the_code_of_what_it_found_and_says_what_to_type() {
    let bench = Bench::discovered(Dialect::default()).await;
    let leaf = bench
        .dump()
        .into_keys()
        .find(|name| name.contains("LEAF"))
        .unwrap();
    let calm = bench.bk(&["--json", "scan", &leaf]).await.expect(0).json();
    assert_eq!(
        (&calm["totals"]["differs"], &calm["failed"]),
        (&0.into(), &0.into())
    );
    bench.bk(&["scan"]).await.expect(2);

    let text = bench.dump()[leaf.as_str()].flattened.clone();
    let line = text.lines().find(|line| line.contains(" vlan-id ")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let (interface, vlan) = (words[1], *words.last().unwrap());
    let typed = [
        format!("interfaces {interface} vlan-id 3777"),
        "commit".to_owned(),
    ];
    bench.fabric.foreign(&leaf, "rowan", &typed);
    let found = bench.bk(&["scan", &leaf]).await.expect(6);
    let row = |heading: &str| {
        let table = found
            .stdout
            .split("\n\n")
            .find(|part| part.starts_with(heading))
            .unwrap();
        let mut rows = table.lines().filter(|line| line.starts_with(interface));
        rows.next()
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let assignment = row("INTERFACE  ");
    assert!(
        assignment.starts_with(&format!("{interface} 3777 ")),
        "{assignment}"
    );
    assert!(
        assignment.contains(&format!("{vlan} in ")) && assignment.ends_with("differs"),
        "{assignment}"
    );
    assert!(
        found.stdout.contains("(bk drift override 1)") && found.stdout.contains("(bk drift sync 1)"),
        "{}",
        found.stdout
    );
    assert!(
        found
            .stdout
            .contains("0 not in the records, 0 missing on the device"),
        "{}",
        found.stdout
    );

    // What is recommended is typed, and nothing differs any more.
    bench.bk(&["drift", "sync", "1"]).await.expect(0);
    bench.bk(&["scan", &leaf]).await.expect(0);

    // A device that does not answer is never in sync.
    bench.fabric.set_reach(&leaf, Reach::Refuses);
    let off = bench.bk(&["scan", &leaf]).await.expect(9);
    assert!(off.stdout.contains("not compared: "), "{}", off.stdout);
}

/// What a device shows beside the records, word for word: a VLAN that was moved, a unit that nobody knows, a leftover, and
/// what is left open already.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_shows_what_was_moved_what_nobody_knows_and_what_was_left() {
    let bench = Bench::discovered(Dialect::default()).await;
    let typed = [
        "interfaces ge100-0/0/8.310 vlan-id 3777",
        "interfaces ge100-0/0/8.3778 l2-service enabled",
        "interfaces ge100-0/0/8.3778 vlan-id 3778",
    ];
    bench.another_commits(LEAF, &typed.map(str::to_owned));
    let scan = bench.bk(&["scan", LEAF]).await.expect(6).stdout;
    let (read, rows) = scan.split_once('\n').unwrap();
    // When that was is of no account here.
    assert!(
        read.starts_with(&format!("{LEAF}  read 2")) && read.contains("; record read 2"),
        "{read}"
    );
    insta::assert_snapshot!(rows);

    // What somebody left open says so, and is not offered to be left again.
    let leave = ["drift", "leave", "1", "--why", "a lab test"];
    bench.bk(&leave).await.expect(0);
    let left = bench.bk(&["scan", LEAF]).await.expect(6).stdout;
    assert!(left.contains("  ge100-0/0/8.310: left open by "), "{left}");
    assert!(
        left.contains("(bk drift sync 1)") && !left.contains("(bk drift leave 1)"),
        "{left}"
    );
    assert!(left.contains("(bk drift leave 2)"), "{left}");
}
