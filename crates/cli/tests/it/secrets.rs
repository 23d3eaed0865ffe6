//! Secrets between processes: in the keyring and nowhere a process shows itself.

use std::path::Path;
use std::process::Stdio;

use bk_lab::dialect::Dialect;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::support::Bench;

const CANARY: &str = "canary-55fa-argument";

/// Where a process shows a text to everyone on the machine.
fn shown_by(child: &Child) -> Vec<&'static str> {
    let process = Path::new("/proc").join(child.id().unwrap().to_string());
    // Both are empty for the moment in which the new program takes the place of the old one.
    let read = |place: &str| loop {
        let bytes = std::fs::read(process.join(place)).unwrap();
        if !bytes.is_empty() {
            break bytes;
        }
        std::thread::yield_now();
    };
    let holds = |place: &&str| {
        let bytes = read(place);
        bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes())
    };
    ["cmdline", "environ"].into_iter().filter(holds).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn no_process_shows_a_secret_in_its_arguments_or_environment() {
    let bench = Bench::empty(Dialect::default()).await;
    let commands: [&[&str]; 3] = [
        &["devices", "credentials", "lab", "dnroot", "--session-only"],
        &[
            "devices",
            "credentials",
            "lab",
            "dnroot",
            "--key",
            "/nonexistent/key",
        ],
        &["--password-stdin", "discover"],
    ];
    for command in commands {
        let mut child = bench.open(command);
        let mut stdin = child.stdin.take().unwrap();
        // It waits for the end of its input, so it can be looked at while it holds the secret.
        stdin.write_all(CANARY.as_bytes()).await.unwrap();
        assert_eq!(shown_by(&child), [""; 0], "{command:?}");
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&said).contains(CANARY), "{command:?}");
    }
    // No command takes a secret as an argument.
    let refused = bench
        .bk_with(&["devices", "credentials", "lab", "dnroot", CANARY], "")
        .await;
    refused.expect(2);

    // The search finds what a process shows.
    let mut careless = Command::new("sh");
    careless
        .args(["-c", "read line", CANARY])
        .env("SECRET", CANARY)
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    assert_eq!(shown_by(&careless.spawn().unwrap()), ["cmdline", "environ"]);
}

/// Set inside the private session that the script makes.
#[cfg(target_os = "linux")]
const INSIDE: &str = "IN_PRIVATE_BUS";

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_keeps_in_the_keyring_another_one_reads() {
    if std::env::var_os(INSIDE).is_none() {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/e2e/with-keyring.sh");
        let run = std::process::Command::new(script)
            .arg(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "secrets::what_one_process_keeps_in_the_keyring_another_one_reads",
            ])
            .arg("--nocapture")
            .output()
            .expect("dbus-run-session and gnome-keyring-daemon are installed");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&run.stderr)
        );
        return;
    }
    let bench = Bench::empty(Dialect::default()).await;
    let set = ["devices", "credentials", "lab", "dnroot"];
    let kept = bench.bk_with(&set, "dnroot\n").await.expect(0);
    assert!(kept.stderr.contains("is in the keyring"), "{}", kept.stderr);
    let inventory = serde_json::to_string(&bench.fabric.inventory()).unwrap();
    let import = ["devices", "import", "-", "--credentials", "lab"];
    bench.bk_with(&import, &inventory).await.expect(0);
    // Another process, with nothing on its input, signs in.
    bench.bk_with(&["discover"], "").await.expect(0);
    assert!(bench.fabric.sign_ins().iter().all(|tried| tried.accepted));
    assert!(!bench.fabric.sign_ins().is_empty());

    // An agent needs no secret: the one that was kept goes.
    let agent = format!("SHA256:{}", "A".repeat(43));
    let set = ["devices", "credentials", "lab", "dnroot", "--agent", &agent];
    bench.bk_with(&set, "").await.expect(0);
    let back = ["devices", "credentials", "lab", "dnroot", "--session-only"];
    bench.bk_with(&back, "dnroot").await.expect(0);
    let missing = bench.bk_with(&["discover"], "").await.expect(8);
    assert!(
        missing.stdout.contains("No password is kept"),
        "{}",
        missing.stdout
    );
}
