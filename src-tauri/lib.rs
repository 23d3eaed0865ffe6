//! The desktop shell.

#[cfg(feature = "gui")]
/// Opens the window and runs until it is closed.
pub fn run() {
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .run(tauri::generate_context!())
        .expect("the window's resources are embedded in the binary");
}
