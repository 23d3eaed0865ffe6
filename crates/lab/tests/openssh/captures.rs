//! The captured sessions of real devices, typed again: the same bytes must come back.

use bk_lab::clock::ClockMode;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_lab::tree::{PrintOrder, PrintStyle, Tree};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::client::{PATIENCE, Terminal};
use super::fixture::leaf;

/// A raw capture. Its host name was replaced everywhere but in the redrawn lines; both become the one of those.
fn capture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/dnos/samples/");
    let bytes = std::fs::read(format!("{folder}{name}")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (_, redrawn) = text.split_once("\x1b[F").unwrap();
    let real = redrawn.split(['(', '#']).next().unwrap().to_owned();
    let tail = &real[real.find('_').unwrap()..];
    let words = text.match_indices(tail).map(|(at, _)| {
        let front = text[..at]
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |before| before + 1);
        &text[front..at + tail.len()]
    });
    // After `ESC[` the letter F is part of the word as it is cut here.
    let shown = words
        .filter(|word| !word.ends_with(&real))
        .map(str::to_owned)
        .next()
        .unwrap();
    text.replace(&shown, &real)
}

/// What stands between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("{from:?} is in the capture"));
    rest.split_once(to)
        .unwrap_or_else(|| panic!("{to:?} is in the capture"))
        .0
}

/// The part of a capture under a title, without the rules around the title.
fn section<'t>(text: &'t str, title: &str) -> &'t str {
    let (_, rest) = text
        .split_once(title)
        .unwrap_or_else(|| panic!("{title:?} is in the capture"));
    let body = rest.trim_start_matches(['=', '\n', ' ']);
    body.split("\n\n===")
        .next()
        .unwrap_or(body)
        .trim_end_matches('\n')
}

/// The moment of a stamp of a device two hours east: `09-Mar-2026-19:09:15`, or a blank in the middle.
fn moment(stamp: &str) -> DateTime<Utc> {
    let time = NaiveDateTime::parse_from_str(&stamp.replacen(' ', "-", 1), "%d-%b-%Y-%H:%M:%S").unwrap();
    time.and_utc() - TimeDelta::hours(2)
}

async fn fabric(host: &str, config: &str) -> FabricHandle {
    let mut device = leaf();
    device.name = host.to_owned();
    device.config = config.lines().map(str::to_owned).collect();
    let options = ServeOptions {
        clock: ClockMode::Manual {
            start: DateTime::UNIX_EPOCH,
        },
        ..ServeOptions::default()
    };
    Fabric::start(
        FabricSpec {
            devices: vec![device],
            notes: Vec::new(),
        },
        options,
    )
    .await
    .unwrap()
}

/// Types the commands of a capture at the times of the capture; expects its bytes.
async fn replay(fabric: &FabricHandle, host: &str, preparation: &[&str], expected: &str) {
    let device = &fabric.inventory()[0];
    let (_, first) = expected.split_once("\x1b[F").unwrap();
    fabric.set_clock(moment(
        first
            .split_once(")# ")
            .unwrap()
            .0
            .rsplit(['(', ' '])
            .next()
            .unwrap(),
    ));
    let mut terminal = Terminal::open(device);
    terminal.until("# ").await;
    for line in preparation {
        terminal.send(&format!("{line}\r")).await;
        terminal.until(&format!("# {line}\r\n")).await;
        terminal.until("# ").await;
    }
    let mut rest = expected;
    while let Some((typed, redrawn)) = rest.split_once("\x1b[F") {
        let command = typed
            .rsplit_once("# ")
            .map_or(typed, |(_, command)| command)
            .trim_end();
        let prompt = &redrawn[..redrawn.find(")# ").unwrap()];
        let at = moment(prompt.rsplit(['(', ' ']).next().unwrap());
        fabric.set_clock(at);
        if command == "commit" {
            fabric
                .inject(
                    host,
                    Fault::on("commit", Moment::BeforeLine, Action::Gate(at.to_string())),
                )
                .unwrap();
        }
        let answer_end = redrawn.find("\x1b[F").map_or(redrawn.len(), |next| {
            redrawn[..next].rfind("# ").map_or(next, |at| at + 2)
        });
        terminal.send(&format!("{command}\r")).await;
        let bytes = format!("{command}\r\n\x1b[F{}", &redrawn[..answer_end]);
        if command == "commit" {
            tokio::time::timeout(PATIENCE, fabric.gates().arrived(&at.to_string(), 1))
                .await
                .unwrap();
            if let Some((_, done)) = bytes.split_once("Commit succeeded by dnroot at ") {
                fabric.set_clock(moment(&done[..20]));
            }
            fabric.gates().open(&at.to_string());
        }
        let question = bytes.find("[cancel]? exit").map(|at| at + "[cancel]? ".len());
        match question {
            Some(at) => {
                terminal.expect(&bytes[..at]).await.unwrap();
                terminal.send("exit\r").await;
                terminal.expect(&bytes[at..]).await.unwrap();
            }
            None => terminal.expect(&bytes).await.unwrap(),
        }
        rest = &redrawn[answer_end..];
    }
}

fn host_of(text: &str) -> String {
    text.split_once("\x1b[F")
        .unwrap()
        .1
        .split(['(', '#'])
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_commit_comes_again() {
    let text = capture("session_config-commit-succeeded.raw.txt");
    let host = host_of(&text);
    let fabric = fabric(&host, "").await;
    let session = between(&text, "NEIGHBOR CONFIG OUTPUT:\n", "\n\n=== Verify");
    replay(&fabric, &host, &[], session).await;
    let shown = between(&text, "=== Verify neighbor config ===\n", "\n\n=== Wait");
    replay(&fabric, &host, &[], shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_refusal_and_question_come_again() {
    let text = capture("session_commit-error_then_exit-uncommitted-prompt.raw.txt");
    let host = host_of(&text);
    let fabric = fabric(&host, "").await;
    let session = between(&text, "(cfg)# ", "\n\nStep 4");
    let edit = "protocols bgp 1234567 neighbor 100.64.6.134 admin-state disabled";
    replay(&fabric, &host, &["configure", edit], session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_caret_comes_again() {
    let text = capture("session_commit-error_then_exit-uncommitted-prompt.raw.txt");
    let host = host_of(&text);
    let fabric = fabric(&host, "").await;
    let session = between(&text, "Step 6: Show bundle-100 sub-interfaces\n", "exit\r\n");
    let (_, session) = session.split_once("# ").unwrap();
    replay(&fabric, &host, &[], session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_configurations_come_again() {
    let text = capture("session_show-config-vrf_show-interfaces.raw.txt");
    let host = host_of(&text);
    let style = PrintStyle {
        member_bang: false,
        ..PrintOrder::Sorted.into()
    };
    let mut lines = String::new();
    for title in ["=== GE100-18 CONFIG ===", "=== VRF CONFIG ==="] {
        let shown = section(&text, title);
        let body = between(shown, "]\r\n\r\n", "\r\n\r\n#").replace("\r\n", "\n") + "\n";
        let tree = Tree::parse_hierarchical(&body);
        assert_eq!(tree.hierarchical(style), body);
        lines.push_str(&tree.flattened(style));
    }
    let fabric = fabric(&host, &lines).await;
    for title in [
        "=== BGP CONFIG ===",
        "=== GE100-18 CONFIG ===",
        "=== VRF CONFIG ===",
    ] {
        replay(&fabric, &host, &[], section(&text, title)).await;
    }
}
