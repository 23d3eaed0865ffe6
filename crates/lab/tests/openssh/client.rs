//! A terminal over `ssh -tt`: sends bytes and compares what comes back, byte by byte.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bk_lab::serve::InventoryEntry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Far above anything a healthy run needs; a hang must end somehow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Hands the password to `ssh` through its own mechanism, never over argv.
fn askpass(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let script = folder.join("askpass");
    std::fs::write(&script, "#!/bin/sh\nprintf '%s\\n' \"$LAB_PASSWORD\"\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    script
}

/// An `ssh` command for a device, without its remote command.
pub(crate) fn command(device: &InventoryEntry, folder: &Path, methods: &str) -> Command {
    let mut ssh = Command::new("ssh");
    ssh.env("SSH_ASKPASS", askpass(folder))
        .env("SSH_ASKPASS_REQUIRE", "force")
        .env("LAB_PASSWORD", &device.password)
        .arg("-F")
        .arg("/dev/null")
        .args(["-p", &device.port.to_string()]);
    for option in [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        "NumberOfPasswordPrompts=1",
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "ControlMaster=no",
    ] {
        ssh.args(["-o", option]);
    }
    ssh.args(["-o", &format!("PreferredAuthentications={methods}")]);
    ssh.kill_on_drop(true);
    ssh
}

/// A terminal on a device.
pub(crate) struct Terminal {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    seen: Vec<u8>,
    _folder: tempfile::TempDir,
}

impl Terminal {
    pub(crate) fn open(device: &InventoryEntry) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ssh = command(device, folder.path(), "password");
        ssh.arg("-tt").arg(format!("{}@{}", device.user, device.address));
        let mut child = ssh
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self {
            child,
            stdin,
            stdout,
            seen: Vec::new(),
            _folder: folder,
        }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.stdin.write_all(text.as_bytes()).await.unwrap();
        self.stdin.flush().await.unwrap();
    }

    /// Reads exactly `expected`; both sides at the first difference otherwise.
    pub(crate) async fn expect(&mut self, expected: &str) -> Result<(), String> {
        let wanted = expected.as_bytes();
        let read = async {
            while self.seen.len() < wanted.len() && wanted.starts_with(&self.seen) {
                if !self.more().await {
                    break;
                }
            }
        };
        let late = tokio::time::timeout(PATIENCE, read).await.is_err();
        if self.seen.starts_with(wanted) {
            self.seen.drain(..wanted.len());
            return Ok(());
        }
        let found = String::from_utf8_lossy(&self.seen);
        Err(format!("late: {late}\nexpected {expected:?}\n   found {found:?}"))
    }

    /// Reads until the text so far contains `mark`; returns everything up to its end.
    pub(crate) async fn until(&mut self, mark: &str) -> String {
        let read = async {
            loop {
                let text = String::from_utf8_lossy(&self.seen).into_owned();
                if let Some(at) = text.find(mark) {
                    let end = at + mark.len();
                    self.seen = text.as_bytes()[end..].to_vec();
                    return text[..end].to_owned();
                }
                assert!(
                    self.more().await,
                    "the connection ended before {mark:?}: {text:?}"
                );
            }
        };
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("the text comes")
    }

    /// Everything up to the end of the connection.
    pub(crate) async fn rest(mut self) -> String {
        let read = async { while self.more().await {} };
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("the connection ends");
        self.child.wait().await.unwrap();
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    async fn more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = self.stdout.read(&mut buffer).await.unwrap();
        self.seen.extend_from_slice(&buffer[..count]);
        count > 0
    }
}
