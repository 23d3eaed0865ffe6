//! Captures, hashes and line differences.

use bk_config::{Capture, CaptureError, ConfigText, TextHash, text_diff};

use crate::support::text;

#[test]
fn frame_is_taken_apart() {
    let output = "\r\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC+02:00 (Israel)]\r\n\r\ninterfaces\r\n  lo0\r\n  !\r\n!\r\n\r\n# LEAF-A01 config-end\r\n\r\n";
    let capture = Capture::read(output).unwrap();
    let header = capture.header.unwrap();
    assert_eq!(
        (header.host.as_str(), header.time.as_str()),
        ("LEAF-A01", "09-Mar-2026 18:52:23 UTC+02:00 (Israel)")
    );
    assert_eq!(capture.text.as_str(), "interfaces\n  lo0\n  !\n!\n");
    assert_eq!(capture.outside, Vec::<String>::new());
}

#[test]
fn the_time_does_not_reach_the_hash() {
    let at = |time: &str| {
        Capture::read(&format!(
            "# R config-start [{time}]\n\ninterfaces lo0 ^\n\n#R config-end\n"
        ))
        .unwrap()
        .text
        .hash()
    };
    assert_eq!(at("09-Mar-2026 18:52:23 UTC"), at("10-Mar-2026 08:00:00 UTC"));
}

#[test]
fn lines_outside_the_frame_are_kept() {
    let capture =
        Capture::read("Commit succeeded by rowan at now\n# R config-start [t]\nx\n# R config-end\nlate\n")
            .unwrap();
    assert_eq!(capture.outside, ["Commit succeeded by rowan at now", "late"]);
    assert_eq!(capture.text.as_str(), "x\n");
}

#[test]
fn cut_answers_are_refused() {
    let check = |output: &str, expected: CaptureError| assert_eq!(Capture::read(output), Err(expected));
    check(
        "# R config-start [t]\n\ninterfaces\n",
        CaptureError::NoEnd {
            host: "R".into(),
            lines: 2,
        },
    );
    check("interfaces\n# R config-end\n", CaptureError::NoStart { line: 2 });
    check(
        "# R config-start [t]\n# R config-start [t]\n",
        CaptureError::SecondStart { line: 2 },
    );
}

#[test]
fn an_answer_without_a_frame_is_text() {
    let capture = Capture::read("interfaces lo0 ^\n").unwrap();
    assert_eq!(
        (capture.header, capture.text.as_str()),
        (None, "interfaces lo0 ^\n")
    );
}

#[test]
fn hashes_read_back() {
    let hash = text("interfaces lo0 ^\n").hash();
    assert_eq!(hash.to_hex().parse::<TextHash>(), Ok(hash));
    assert_eq!(hash.to_string(), hash.to_hex()[..6]);
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(serde_json::from_str::<TextHash>(&json).unwrap(), hash);
    assert!("12".parse::<TextHash>().is_err());
    assert_ne!(hash, ConfigText::default().hash());
}

#[test]
fn text_difference_for_a_person() {
    let before: String = (0..20)
        .map(|n| format!("interfaces bundle-{n} mtu 1514\n"))
        .collect();
    let after = before
        .replace("bundle-9 mtu 1514", "bundle-9 mtu 9000")
        .replace("interfaces bundle-18 mtu 1514\n", "");
    let diff = text_diff(&before, &after, 1);
    let mut shown = String::new();
    for hunk in &diff.hunks {
        shown.push_str(&format!("... {} equal\n", hunk.folded));
        for line in &hunk.lines {
            let number = |n: Option<usize>| n.map_or(String::new(), |n| n.to_string());
            let pieces: String = line
                .pieces
                .iter()
                .map(|p| {
                    if p.marked {
                        format!("[{}]", p.text)
                    } else {
                        p.text.clone()
                    }
                })
                .collect();
            shown.push_str(&format!(
                "{:?} {:>2} {:>2} {pieces}\n",
                line.change,
                number(line.before),
                number(line.after)
            ));
        }
    }
    shown.push_str(&format!("... {} equal\n", diff.folded_after));
    insta::assert_snapshot!(shown);
    assert_eq!(text_diff(&before, &before, 3).hunks, Vec::new());
}
