//! Logins and channels (REF 1.1).

use std::process::Stdio;

use bk_lab::serve::{Fabric, InventoryEntry, Reach, ServeOptions};
use bk_lab::spec::FabricSpec;
use tokio::process::Command;

use super::client::{self, Terminal};
use super::fixture::{fabric, leaf};

/// Runs `ssh` to its end with `input` typed at once; standard output and error.
async fn run(mut ssh: Command, input: &'static [u8]) -> (String, String) {
    use tokio::io::AsyncWriteExt;
    let mut child = ssh
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).await.unwrap();
    drop(stdin);
    let output = tokio::time::timeout(client::PATIENCE, child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}

fn target(device: &InventoryEntry) -> String {
    format!("{}@{}", device.user, device.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exec_request_is_an_invalid_command() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let folder = tempfile::tempdir().unwrap();
    let mut ssh = client::command(device, folder.path(), "password");
    ssh.arg(target(device)).arg("show config");
    assert_eq!(
        run(ssh, b"").await,
        ("Invalid command\n".to_owned(), String::new())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_there_is_no_cli() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let folder = tempfile::tempdir().unwrap();
    let mut ssh = client::command(device, folder.path(), "password");
    ssh.arg("-T").arg(target(device));
    let (out, err) = run(ssh, b"show config\nno\n").await;
    assert_eq!(err, "stty: 'standard input': Inappropriate ioctl for device\n");
    assert_eq!(
        out,
        "Warning: CLI is not running, do you wish to enter BaseOS shell? (yes/no) [no]? (yes/no) [no]? "
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_file_transfer() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let folder = tempfile::tempdir().unwrap();
    let mut ssh = client::command(device, folder.path(), "password");
    ssh.arg("-s").arg(target(device)).arg("sftp");
    let (out, err) = run(ssh, b"").await;
    assert_eq!(out, "");
    assert!(err.contains("subsystem request failed"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_another_login_accepted() {
    let options = ServeOptions {
        logins: vec![("rowan".to_owned(), "second".to_owned())],
        ..ServeOptions::default()
    };
    let fabric = Fabric::start(
        FabricSpec {
            devices: vec![leaf()],
            notes: Vec::new(),
        },
        options,
    )
    .await
    .unwrap();
    for (user, password, good) in [
        ("dnroot", "dnroot", true),
        ("dnroot", "second", false),
        ("rowan", "second", true),
        ("nobody", "dnroot", false),
    ] {
        for methods in ["password", "keyboard-interactive"] {
            let mut device = fabric.inventory()[0].clone();
            (device.user, device.password) = (user.to_owned(), password.to_owned());
            let folder = tempfile::tempdir().unwrap();
            let mut ssh = client::command(&device, folder.path(), methods);
            ssh.arg(target(&device)).arg("x");
            let (out, err) = run(ssh, b"").await;
            assert_eq!(
                out == "Invalid command\n",
                good,
                "{user} {password} {methods}: {err}"
            );
            assert_eq!(
                err.contains("Permission denied"),
                !good,
                "{user} {password} {methods}: {err}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_key_opens_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .await
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let options = ServeOptions {
        authorized_keys: vec![public],
        ..ServeOptions::default()
    };
    let fabric = Fabric::start(
        FabricSpec {
            devices: vec![leaf()],
            notes: Vec::new(),
        },
        options,
    )
    .await
    .unwrap();
    let device = &fabric.inventory()[0];
    let mut ssh = client::command(device, folder.path(), "publickey");
    ssh.arg("-i").arg(&key).arg(target(device)).arg("x");
    assert_eq!(run(ssh, b"").await.0, "Invalid command\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_key_is_the_one_of_the_inventory_until_it_is_changed() {
    let fabric = fabric("").await;
    let before = fabric.inventory()[0].clone();
    assert_eq!(offered(&before).await, before.host_key_fingerprint);
    let changed = fabric.change_host_key("LEAF-A01").unwrap();
    assert_ne!(changed, before.host_key_fingerprint);
    assert_eq!(offered(&before).await, changed);
    // The same seed and name give the same key.
    let again = super::fixture::fabric("").await;
    assert_eq!(
        again.inventory()[0].host_key_fingerprint,
        before.host_key_fingerprint
    );
}

/// The fingerprint that `ssh-keyscan` sees.
async fn offered(device: &InventoryEntry) -> String {
    let folder = tempfile::tempdir().unwrap();
    let scan = Command::new("ssh-keyscan")
        .args(["-p", &device.port.to_string(), "127.0.0.1"])
        .output()
        .await
        .unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, &scan.stdout).unwrap();
    let shown = Command::new("ssh-keygen")
        .arg("-lf")
        .arg(&file)
        .output()
        .await
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    shown.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eleventh_session_is_turned_away() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut terminal = Terminal::open(device);
        terminal.until("LEAF-A01# ").await;
        open.push(terminal);
    }
    assert_eq!(Terminal::open(device).rest().await, "");
    drop(open);
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_closes_the_session() {
    let fabric = fabric("").await;
    let mut terminal = Terminal::open(&fabric.inventory()[0]);
    terminal.until("LEAF-A01# ").await;
    terminal.send("exit\r").await;
    let rest = terminal.rest().await;
    assert_eq!(rest, "exit\r\n\x1b[FLEAF-A01(09-Mar-2026-19:09:15)# exit\r\n");
    assert!(fabric.dump()[0].sessions.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_is_logged_out() {
    let fabric = fabric("").await;
    let mut terminal = Terminal::open(&fabric.inventory()[0]);
    terminal.until("LEAF-A01# ").await;
    fabric.advance(chrono::TimeDelta::minutes(31));
    assert_eq!(terminal.rest().await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_can_be_out_of_reach_and_come_back() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let mut terminal = Terminal::open(device);
    terminal.until("LEAF-A01# ").await;
    fabric.set_reach("LEAF-A01", Reach::Refuses);
    terminal.rest().await;
    assert_eq!(Terminal::open(device).rest().await, "");
    fabric.set_reach("LEAF-A01", Reach::Up);
    Terminal::open(device).until("LEAF-A01# ").await;
}
