//! What must never reach a device, looked for in every line that a fabric received.

use std::collections::BTreeSet;
use std::sync::Arc;

use bk_lab::serve::{Fabric, ReceivedLine};

/// Says why a line must never be sent; nothing for one that may.
#[must_use]
pub fn forbidden(line: &str) -> Option<&'static str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if line.chars().any(char::is_control) {
        return Some("a control character");
    }
    if words.contains(&"no-warning") {
        return Some("no-warning");
    }
    match words.as_slice() {
        ["set", "cli-no-confirm", ..] => Some("set cli-no-confirm"),
        ["rollback", ..] => Some("rollback throws away what others typed"),
        ["load", ..] => Some("load"),
        ["run", ..] | ["request", ..] => Some("an operational command with consequences"),
        ["yes" | "y", ..] => Some("a yes to a question"),
        _ => None,
    }
}

/// Lines that must never have been sent, each with the reason; among them a bare `commit` on a device that never saw a
/// `commit confirm`: the first commit of a deployment is always guarded by the device's own timer.
#[must_use]
pub fn offences(received: &[ReceivedLine]) -> Vec<String> {
    let mut guarded = BTreeSet::new();
    let mut found = Vec::new();
    for ReceivedLine { device, line, .. } in received {
        let trimmed = line.trim();
        if trimmed.starts_with("commit confirm ") {
            guarded.insert(device);
        }
        let unguarded = trimmed == "commit" && !guarded.contains(device);
        let reason = unguarded
            .then_some("a first commit without a timer")
            .or_else(|| forbidden(line));
        if let Some(reason) = reason {
            found.push(format!("{device}: {line:?}: {reason}"));
        }
    }
    found
}

/// Fails the test that drops it if the fabric received a line that must never be sent.
pub struct SentLines(Arc<Fabric>);

impl SentLines {
    /// Watches a fabric.
    #[must_use]
    pub fn of(fabric: &Arc<Fabric>) -> Self {
        Self(Arc::clone(fabric))
    }
}

impl Drop for SentLines {
    fn drop(&mut self) {
        // A test that fails already says why.
        if !std::thread::panicking() {
            let found = offences(&self.0.received());
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use bk_lab::generate::practice;
    use bk_lab::serve::ServeOptions;

    use super::*;

    #[test]
    fn each_forbidden_line_is_found() {
        for line in [
            "commit no-warning",
            "commit confirm 5 no-warning",
            "set cli-no-confirm",
            "rollback 0",
            "rollback",
            "load override factory-default",
            "load override golden-config",
            "request system restart",
            "run start shell",
            "yes",
            "interfaces ge100-0/0/1 description \"a\u{1b}[2J\"",
        ] {
            assert!(forbidden(line).is_some(), "{line:?}");
        }
        for line in [
            "show rollback | no-more",
            "show config compare rollback 1 | no-more",
            "clear system commit",
            "commit check",
            "interfaces ge100-0/0/1 description \"load\"",
            "exit",
            "no",
        ] {
            assert_eq!(forbidden(line), None, "{line:?}");
        }
    }

    /// The watch itself can fail: lines typed by hand are found.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_line_that_a_fabric_received_is_found() {
        let options = ServeOptions {
            control: false,
            ..ServeOptions::default()
        };
        let fabric = Fabric::start(practice(1), options).await.expect("a free port");
        let entry = fabric.inventory().remove(0);
        let known = tempfile::tempdir().expect("a folder");
        let mut ssh = tokio::process::Command::new("ssh");
        ssh.args([
            "-tt",
            "-p",
            &entry.port.to_string(),
            "-o",
            "StrictHostKeyChecking=no",
        ])
        .args([
            "-o",
            "NumberOfPasswordPrompts=1",
            "-o",
            "PreferredAuthentications=password",
        ])
        .arg("-o")
        .arg(format!("UserKnownHostsFile={}", known.path().join("k").display()))
        .arg(format!("{}@{}", entry.user, entry.address));
        let ask = known.path().join("ask");
        std::fs::write(&ask, format!("#!/bin/sh\necho {}\n", entry.password)).expect("a script");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&ask, mode).expect("a script");
        ssh.env("SSH_ASKPASS", &ask)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true);
        let mut child = ssh.spawn().expect("ssh is installed");
        let mut stdin = child.stdin.take().expect("it is piped");
        let typed = b"configure\rrollback 0\rcommit\rexit\rexit\r";
        tokio::io::AsyncWriteExt::write_all(&mut stdin, typed)
            .await
            .expect("it reads");
        let ended = tokio::time::timeout(std::time::Duration::from_secs(60), child.wait()).await;
        ended.expect("it ends").expect("it ends");
        let found = offences(&fabric.received());
        assert_eq!(found.len(), 2, "{found:?} of {:?}", fabric.received());
    }
}
