//! The bindings in the repository are those of this source. `make bindings` writes them anew.

use std::path::Path;
use std::{env, fs};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/api/bindings.ts");

#[test]
fn the_committed_bindings_are_current() {
    if env::var_os("WRITE_BINDINGS").is_some() {
        bridgekeeper_lib::export_bindings(Path::new(COMMITTED)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bindings.ts");
    bridgekeeper_lib::export_bindings(&path).unwrap();
    let committed = fs::read_to_string(COMMITTED).expect("the bindings are committed");
    assert!(
        committed == fs::read_to_string(path).unwrap(),
        "ui/src/api/bindings.ts is stale; run: make bindings"
    );
}
