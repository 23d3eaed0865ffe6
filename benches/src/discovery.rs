//! Discovery of a whole lab: from "start" to rows that can be shown.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bk_app::views::{ActivityState, ActivityView};
use bk_app::{App, AppEvent, AppOptions, PracticeLab, SecretStoreChoice};
use bk_lab::serve::{Fabric, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_practice::LocalPracticeLab;
use tokio::sync::mpsc;

/// Enough for every event of one activity; more would mean that nobody reads.
const EVENTS: usize = 4096;

/// A service beside a simulated lab without latency, both in this process.
pub struct Lab {
    app: App,
    fabric: Arc<Fabric>,
    ended: mpsc::Receiver<ActivityView>,
    _folder: tempfile::TempDir,
}

/// What one discovery of the lab did.
pub struct Discovered {
    /// From the start to the rows of the table.
    pub took: Duration,
    /// Devices read.
    pub devices: usize,
    /// Bridge domains in the table.
    pub domains: usize,
}

impl Lab {
    /// Starts the lab and reads it once, so that every host key and login is known.
    ///
    /// # Panics
    /// If the lab can't be served or read on this machine.
    pub async fn start(spec: FabricSpec) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let practice = Arc::new(LocalPracticeLab::of(
            spec,
            ServeOptions {
                control: false,
                ..ServeOptions::default()
            },
        ));
        let (sender, ended) = mpsc::channel(EVENTS);
        let port: Arc<dyn PracticeLab> = Arc::<LocalPracticeLab>::clone(&practice);
        let app = App::open(AppOptions {
            data_dir: folder.path().to_owned(),
            practice: Some(port),
            events: Arc::new(move |event| {
                if let AppEvent::ActivityChanged(view) = event
                    && view.state != ActivityState::Running
                {
                    // A full channel means that the measured run is over; nobody waits for this one.
                    let _ = sender.try_send(view);
                }
            }),
            secrets: SecretStoreChoice::SessionOnly,
            clock: Arc::new(bk_app::SystemClock),
        })
        .await
        .expect("an empty folder opens");
        let activity = app.start_practice_lab().await.expect("the lab starts");
        let fabric = practice.fabric().await.expect("the lab was started");
        let mut lab = Self {
            app,
            fabric,
            ended,
            _folder: folder,
        };
        lab.end_of(&activity.id).await;
        lab
    }

    /// Reads every device once more and asks for the table of bridge domains.
    ///
    /// # Panics
    /// If a device can't be read.
    pub async fn discover(&mut self) -> Discovered {
        let start = Instant::now();
        let activity = self.app.discovery_start(None).await.expect("discovery starts");
        self.end_of(&activity.id).await;
        let domains = self.app.domains_list().await.expect("the table is read").len();
        let took = start.elapsed();
        Discovered {
            took,
            devices: self.fabric.names().count(),
            domains,
        }
    }

    async fn end_of(&mut self, id: &str) {
        while let Some(view) = self.ended.recv().await {
            if view.id == id {
                assert_eq!(view.state, ActivityState::Done, "{view:?}");
                return;
            }
        }
        panic!("the service stopped before {id} ended");
    }

    /// Returns, by device, the lines that one discovery sends.
    pub async fn lines(&mut self) -> BTreeMap<String, Vec<String>> {
        let before = self.fabric.received().last().map_or(0, |line| line.number);
        self.discover().await;
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self
            .fabric
            .received()
            .into_iter()
            .filter(|line| line.number > before)
        {
            lines.entry(line.device).or_default().push(line.line);
        }
        lines
    }

    /// Writes the jobs of a peer that sends the same lines.
    ///
    /// # Panics
    /// If the file can't be written.
    pub fn write_jobs(&self, lines: &BTreeMap<String, Vec<String>>, path: &Path) {
        let is_left = |line: &&String| !matches!(line.as_str(), "exit" | "quit");
        let job = |entry: bk_lab::serve::InventoryEntry| {
            let sent: Vec<&String> = lines.get(&entry.name)?.iter().filter(is_left).collect();
            Some(serde_json::json!({
                "address": entry.address.to_string(), "port": entry.port, "user": entry.user, "password": entry.password, "lines": sent,
            }))
        };
        let jobs: Vec<_> = self.fabric.inventory().into_iter().filter_map(job).collect();
        std::fs::write(path, serde_json::Value::from(jobs).to_string())
            .expect("the temporary folder takes a file");
    }

    /// Asks the devices the same lines without SSH: what the simulated lab itself takes to answer.
    ///
    /// # Panics
    /// If a device has no session left.
    #[must_use]
    pub fn answer_time(&self, lines: &BTreeMap<String, Vec<String>>) -> Duration {
        let start = Instant::now();
        for (name, lines) in lines {
            let device = self.fabric.device(name).expect("the device is of this fabric");
            let session = device
                .open_session("dnroot", "127.0.0.1")
                .expect("a session is free");
            for line in lines {
                std::hint::black_box(device.execute_to_end(session, line, self.fabric.as_ref()));
            }
            device.close_session(session, None);
        }
        start.elapsed()
    }

    /// Stops service and lab.
    pub async fn stop(self) {
        self.app.close().await;
    }
}
