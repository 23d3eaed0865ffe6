//! Clients that other people wrote are users too: nothing may depend on one client's habits.

use std::process::Stdio;

use tokio::process::Command;

use super::client::PATIENCE;
use super::fixture::fabric;

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_matching_client_commits_and_reads_back() {
    let fabric = fabric("").await;
    let device = &fabric.inventory()[0];
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openssh/prompt_client.py");
    let run = Command::new("python3")
        .arg(script)
        .arg(device.port.to_string())
        .arg(&device.user)
        .env("LAB_PASSWORD", &device.password)
        .env_remove("SSH_ASKPASS")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE * 2, run).await.unwrap().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(out, "['interfaces bundle-77 description x']\n");
    assert!(
        fabric.dump()[0]
            .flattened
            .contains("interfaces bundle-77 description x\n")
    );
}
