//! Prepares the window's resources.

fn main() {
    #[cfg(feature = "gui")]
    tauri_build::build();
}
