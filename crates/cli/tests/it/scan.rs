//! Scans: exit codes, and what is printed.

use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;

use crate::support::Bench;

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
