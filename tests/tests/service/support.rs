//! A service with a fabric that the test holds in its hand.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bk_app::views::{ActivityState, ActivityView, CredentialRequest, ImportReport, ImportRequest};
use bk_app::{
    App, AppEvent, AppOptions, PracticeError, PracticeInventory, PracticeLab, SecretInput, SecretStoreChoice,
};
use bk_lab::generate::practice;
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_practice::inventory;
use bk_tests::SentLines;
use tempfile::TempDir;
use tokio::sync::Notify;

/// A service, its folder, what it told, and the fabric.
pub(crate) struct Bench {
    pub(crate) app: App,
    pub(crate) folder: TempDir,
    pub(crate) fabric: Arc<Fabric>,
    pub(crate) told: Told,
    handle: FabricHandle,
    sent: SentLines,
}

/// Events that the service told.
#[derive(Clone, Default)]
pub(crate) struct Told {
    events: Arc<Mutex<Vec<AppEvent>>>,
    more: Arc<Notify>,
}

impl Told {
    pub(crate) fn events(&self) -> Vec<AppEvent> {
        self.events.lock().unwrap().clone()
    }

    fn take(&self, event: AppEvent) {
        self.events.lock().unwrap().push(event);
        self.more.notify_waiters();
    }

    /// Waits for an event of this kind after the first `seen` ones.
    pub(crate) async fn after(&self, seen: usize, wanted: impl Fn(&AppEvent) -> bool) {
        loop {
            let more = self.more.notified();
            if self.events().iter().skip(seen).any(&wanted) {
                return;
            }
            more.await;
        }
    }

    /// Waits until an activity has ended.
    pub(crate) async fn end_of(&self, id: &str) -> ActivityView {
        loop {
            let more = self.more.notified();
            let ended = self.events().into_iter().rev().find_map(|event| match event {
                AppEvent::ActivityChanged(view) if view.id == id => Some(view),
                _ => None,
            });
            match ended {
                Some(view) if view.state != ActivityState::Running => return view,
                _ => more.await,
            }
        }
    }
}

/// The fabric behind the practice port.
struct Given(Arc<Fabric>);

#[async_trait]
impl PracticeLab for Given {
    async fn start(&self) -> Result<PracticeInventory, PracticeError> {
        Ok(inventory(&self.0))
    }

    async fn stop(&self) {}
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(practice(7), ServeOptions::default()).await
    }

    /// Any fabric, served as told but for its control socket.
    pub(crate) async fn with(spec: FabricSpec, options: ServeOptions) -> Self {
        let options = ServeOptions {
            control: false,
            ..options
        };
        let handle = Fabric::start(spec, options).await.unwrap();
        let fabric = handle.fabric();
        let folder = tempfile::tempdir().unwrap();
        let (app, told) = open(&folder, &fabric).await;
        Self {
            sent: SentLines::of(&fabric),
            app,
            folder,
            fabric,
            told,
            handle,
        }
    }

    /// Opens the folder again, as a new start of the program would.
    pub(crate) async fn restarted(self) -> Self {
        let Self {
            app,
            folder,
            fabric,
            handle,
            sent,
            ..
        } = self;
        app.close().await;
        let (app, told) = open(&folder, &fabric).await;
        Self {
            app,
            folder,
            fabric,
            told,
            handle,
            sent,
        }
    }

    /// Opens the same folder a second time, as another process would.
    pub(crate) async fn beside(&self) -> (App, Told) {
        open(&self.folder, &self.fabric).await
    }

    /// Stops the fabric; its devices no longer answer.
    pub(crate) async fn without_fabric(self) -> (App, Told, TempDir) {
        self.handle.stop().await;
        (self.app, self.told, self.folder)
    }

    /// Adds the credentials of the fabric under the name `lab`, with this password.
    pub(crate) async fn credentials(&self, password: &str) {
        let secret = SecretInput::from(password.to_owned());
        self.app
            .credential_set(CredentialRequest::password("lab", "dnroot", true), Some(secret))
            .await
            .unwrap();
    }

    /// Imports devices of the fabric by name.
    pub(crate) async fn import(&self, names: &[&str]) -> ImportReport {
        let inventory = self.fabric.inventory();
        let line = |name: &&str| {
            let entry = inventory.iter().find(|entry| entry.name == **name).unwrap();
            format!("{name} {} {}\n", entry.address, entry.port)
        };
        let text = names.iter().map(line).collect();
        let request = ImportRequest {
            text,
            source: None,
            credentials: Some("lab".to_owned()),
        };
        self.app.devices_import(request).await.unwrap()
    }

    /// Accepts the key that a device offers.
    pub(crate) async fn trust(&self, name: &str) {
        let test = self.app.device_test(name.to_owned()).await.unwrap();
        let offered = test.error.unwrap().object.unwrap();
        self.app.host_key_trust(name.to_owned(), offered).await.unwrap();
    }

    pub(crate) async fn discover(&self, names: &[&str]) -> ActivityView {
        let named = names.iter().map(|name| (*name).to_owned()).collect();
        let activity = self.app.discovery_start(Some(named)).await.unwrap();
        self.told.end_of(&activity.id).await
    }

    /// Names of the fabric's devices whose name begins so, in order.
    pub(crate) fn names(&self, beginning: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .fabric
            .names()
            .filter(|name| name.starts_with(beginning))
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    }
}

async fn open(folder: &TempDir, fabric: &Arc<Fabric>) -> (App, Told) {
    let told = Told::default();
    let sink = told.clone();
    let app = App::open(AppOptions {
        data_dir: folder.path().to_owned(),
        practice: Some(Arc::new(Given(Arc::clone(fabric)))),
        events: Arc::new(move |event| sink.take(event)),
        secrets: SecretStoreChoice::SessionOnly,
        clock: Arc::new(bk_app::SystemClock),
    })
    .await
    .unwrap();
    (app, told)
}
