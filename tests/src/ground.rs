//! A fabric that stays, and a data folder that has just discovered it: many cases start from it, one after another.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bk_app::{PracticeError, PracticeInventory, PracticeLab, SecretInput};
use bk_lab::dialect::Dialect;
use bk_lab::serve::Fabric;
use bk_lab::spec::FabricSpec;
use bk_practice::LocalPracticeLab;
use tempfile::TempDir;

use crate::Scene;

/// What cases start from.
pub struct Ground {
    fabric: Arc<Fabric>,
    lab: Arc<LocalPracticeLab>,
    template: TempDir,
}

impl Ground {
    /// Starts a fabric and discovers it, once.
    pub async fn of(spec: FabricSpec, dialect: Dialect) -> Self {
        let scene = Scene::with(spec, dialect).await;
        let (fabric, lab) = (Arc::clone(&scene.fabric), Arc::clone(&scene.lab));
        let template = scene.leave().await;
        Self {
            fabric,
            lab,
            template,
        }
    }

    /// The fabric as it was when it was switched on, and a service of its own that has discovered it. Only one at a time:
    /// the one before is [left](Scene::leave) first.
    pub async fn scene(&self) -> Scene {
        self.fabric.reset();
        let folder = tempfile::tempdir().expect("the scene works");
        copy(self.template.path(), folder.path());
        let scene = Scene::over(folder, &self.lab, &self.fabric).await;
        let login = self.fabric.inventory().remove(0);
        scene
            .app
            .use_secret_for_all(SecretInput::from(login.password))
            .expect("the scene works");
        scene
    }
}

/// Copies the files of a folder.
///
/// # Panics
/// A file can't be read or written.
pub fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the scene works") {
        let entry = entry.expect("the scene works");
        if entry.file_type().expect("the scene works").is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("the scene works");
        }
    }
}

/// The fabric behind the practice port, which a service that closes does not stop.
pub(crate) struct Stays(pub(crate) Arc<LocalPracticeLab>);

#[async_trait]
impl PracticeLab for Stays {
    async fn start(&self) -> Result<PracticeInventory, PracticeError> {
        self.0.start().await
    }

    async fn stop(&self) {}
}
