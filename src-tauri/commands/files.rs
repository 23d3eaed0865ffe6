//! Files that a person picks.

use std::path::{Path, PathBuf};

use bk_app::views::{ErrorView, ImportRequest};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use tokio::io::AsyncReadExt;
use tokio::sync::oneshot;

use crate::ipc::Answer;

/// An inventory is text of a few lines per device; more than this is another file picked by mistake.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Names the file that the next question for an import file is answered with, so that a test needs no file dialog.
const ANSWERED_WITH: &str = "BRIDGEKEEPER_IMPORT_FILE";

/// Asks for a file to import and reads it; gives nothing when the person closes the dialog.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_import_file(window: AppHandle) -> Answer<Option<ImportRequest>> {
    let picked = match std::env::var_os(ANSWERED_WITH) {
        Some(path) => Some(PathBuf::from(path)),
        None => ask(&window).await,
    };
    match picked {
        Some(path) => read(&path).await.map(Some),
        None => Ok(None),
    }
}

async fn ask(window: &AppHandle) -> Option<PathBuf> {
    let (answer, answered) = oneshot::channel();
    window
        .dialog()
        .file()
        .set_title("Import devices")
        .add_filter("Inventory", &["csv", "yaml", "yml", "txt"])
        // The window may be gone by the time the dialog is answered; then nobody waits for it.
        .pick_file(move |path| {
            let _ = answer.send(path);
        });
    answered
        .await
        .ok()
        .flatten()
        .and_then(|path| path.into_path().ok())
}

async fn read(path: &Path) -> Answer<ImportRequest> {
    let refuse = |sentence: String, words: Option<String>| ErrorView {
        code: "import-file".to_owned(),
        sentence,
        next: Some("Choose another file".to_owned()),
        device: None,
        object: Some(path.display().to_string()),
        words,
    };
    let unreadable = |error: std::io::Error| {
        refuse(
            format!("{} could not be read. Nothing was imported.", path.display()),
            Some(error.to_string()),
        )
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let mut text = String::new();
    let read = file
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .await
        .map_err(unreadable)?;
    if read as u64 > LARGEST {
        let sentence = format!(
            "{} is larger than 4 MiB, so it is no inventory. Nothing was imported.",
            path.display()
        );
        return Err(refuse(sentence, None));
    }
    let source = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(ImportRequest {
        text,
        source,
        credentials: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rack.csv");
        std::fs::write(&path, "name,address\nLEAF-A01,192.0.2.1\n").unwrap();
        let request = read(&path).await.unwrap();
        assert_eq!(request.source.as_deref(), Some("rack.csv"));
        assert!(request.text.contains("LEAF-A01"));
    }

    #[tokio::test]
    async fn what_is_no_inventory_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let check = async |name: &str, content: Option<&[u8]>| {
            let path = folder.path().join(name);
            if let Some(content) = content {
                std::fs::write(&path, content).unwrap();
            }
            let error = read(&path).await.unwrap_err();
            assert_eq!(error.code, "import-file", "{name}");
            assert!(error.sentence.contains(name), "{name}: {}", error.sentence);
        };
        check("absent.csv", None).await;
        check("picture.png", Some(&[0xff, 0xfe, 0x00])).await;
        check("huge.csv", Some(&vec![b'a'; 4 * 1024 * 1024 + 1])).await;
    }
}
