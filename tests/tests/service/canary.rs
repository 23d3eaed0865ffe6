//! A password that is given to the service is found in none of its traces.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::support::Bench;

const CANARY: &str = "canary-7f3e-password";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes
        .windows(CANARY.len())
        .any(|window| window == CANARY.as_bytes())
}

fn assert_clean(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_clean(&path);
        } else {
            assert!(
                !holds_canary(&std::fs::read(&path).unwrap()),
                "{}",
                path.display()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_leaves_no_trace() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let bench = Bench::new().await;
    bench.credentials(CANARY).await;
    let leaf = bench.names("LEAF").remove(0);
    bench.import(&[&leaf]).await;
    bench.trust(&leaf).await;
    // The fabric refuses this password, so every path of a failed sign-in is gone through too.
    let test = bench.app.device_test(leaf.clone()).await.unwrap();
    let ended = bench.discover(&[&leaf]).await;
    let mut shown = format!("{test:?} {ended:?} {:?}", bench.told.events());
    shown.push_str(&format!("{:?}", bench.app.credentials_list().await.unwrap()));
    shown.push_str(&format!("{:?}", bench.app.devices_list().await.unwrap()));
    shown.push_str(&format!("{:?}", bench.app.settings_get().await.unwrap()));
    shown.push_str(&format!("{:?}", bench.app.app_status().await.unwrap()));
    let unsaved = bench
        .app
        .credential_set("lab".into(), "dnroot".into(), CANARY.to_owned().into(), false)
        .await;
    let error = unsaved.unwrap_err();
    assert_eq!(error.view().code, "keyring-unavailable");
    shown.push_str(&format!("{error} {error:?} {:?}", error.view()));

    assert!(shown.contains("sign-in-refused"));
    assert!(!holds_canary(shown.as_bytes()));
    assert_clean(bench.folder.path());
    bench.app.close().await;
    assert_clean(bench.folder.path());
    let log = log.0.lock().unwrap();
    assert!(log.len() > 1000, "the log was captured");
    assert!(!holds_canary(&log));
}
