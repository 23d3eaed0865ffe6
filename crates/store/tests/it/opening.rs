use std::fs;
use std::path::Path;

use bk_store::{Store, StoreError, StoreOptions};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, Connection};

use crate::support::{entry, name, open};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn schema(path: &Path) -> Vec<String> {
    let mut connection = connect(path).await;
    let statement = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    sqlx::query_scalar(statement)
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

/// Everything in the folder, to compare what an attempt to open left.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    store.devices().put(&[entry("LEAF-A01", 1)]).await.unwrap();
    store.close().await;
    let again = open(&folder).await;
    assert_eq!(again.devices().list().await.unwrap(), [entry("LEAF-A01", 1)]);
    again.check_all().await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).await.close().await;
    let path = folder.path().join("bridgekeeper.db");
    let mut connection = connect(&path).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (29991231235959, 'from the future', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = contents(folder.path());

    let refused = Store::open(StoreOptions {
        folder: folder.path().to_owned(),
    })
    .await
    .unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::NewerSchema {
                found: 29_991_231_235_959,
                ..
            }
        ),
        "{refused:?}"
    );
    assert_eq!(contents(folder.path()), before);
    assert!(!folder.path().join("backups").exists());
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let devices: Vec<_> = (1..200)
        .map(|number| entry(&format!("LEAF-A{number}"), number))
        .collect();
    store.devices().put(&devices).await.unwrap();
    store.close().await;
    let path = folder.path().join("bridgekeeper.db");
    let whole = fs::read(&path).unwrap();
    let mut torn = whole.clone();
    torn[whole.len() / 2..].fill(0x5a);
    for damaged in [
        torn,
        b"not a database, but long enough to be read as one".repeat(100),
    ] {
        fs::write(&path, &damaged).unwrap();
        let refused = Store::open(StoreOptions {
            folder: folder.path().to_owned(),
        })
        .await
        .unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
        assert!(fs::read(&path).unwrap() == damaged, "the file was changed");
    }
}

/// Builds a database as the first `count` migrations left it.
async fn shipped(folder: &Path, count: usize) {
    let mut files: Vec<_> = fs::read_dir(MIGRATIONS)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let shipped = tempfile::tempdir().unwrap();
    for file in files.iter().take(count) {
        fs::copy(file, shipped.path().join(file.file_name().unwrap())).unwrap();
    }
    let mut connection = connect(&folder.join("bridgekeeper.db")).await;
    Migrator::new(shipped.path())
        .await
        .unwrap()
        .run(&mut connection)
        .await
        .unwrap();
    let device = "INSERT INTO device (name, address, port, added_at) VALUES ('LEAF-A01', '192.0.2.1', 22, 1800000000000)";
    sqlx::query(AssertSqlSafe(device))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn every_shipped_version_is_brought_up_to_date_after_a_backup() {
    let all = fs::read_dir(MIGRATIONS).unwrap().count();
    let fresh = tempfile::tempdir().unwrap();
    open(&fresh).await.close().await;
    let newest = schema(&fresh.path().join("bridgekeeper.db")).await;
    for count in 1..=all {
        let folder = tempfile::tempdir().unwrap();
        shipped(folder.path(), count).await;
        let older = schema(&folder.path().join("bridgekeeper.db")).await;
        let store = open(&folder).await;
        let devices = store.devices().list().await.unwrap();
        assert_eq!(
            devices.iter().map(|device| &device.name).collect::<Vec<_>>(),
            [&name("LEAF-A01")]
        );
        store.close().await;
        assert_eq!(
            schema(&folder.path().join("bridgekeeper.db")).await,
            newest,
            "from version {count}"
        );
        let backups: Vec<_> = fs::read_dir(folder.path().join("backups"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        if count == all {
            assert!(backups.is_empty(), "nothing was to be done");
        } else {
            assert_eq!(backups.len(), 1);
            assert_eq!(schema(&backups[0]).await, older, "the backup is what was there");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_open_one_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let open = |number: u16| {
        let folder = folder.path().to_owned();
        async move {
            let store = Store::open(StoreOptions { folder }).await.unwrap();
            store
                .devices()
                .put(&[entry(&format!("LEAF-A{number:02}"), number)])
                .await
                .unwrap();
            store
        }
    };
    let stores = futures::future::join_all((1..=8).map(open)).await;
    for store in &stores {
        assert_eq!(store.devices().list().await.unwrap().len(), 8);
    }
}

#[tokio::test]
async fn what_another_process_writes_is_noticed_and_only_that() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(&folder).await, open(&folder).await);
    let before = one.changes_by_others().await.unwrap();
    one.devices().put(&[entry("LEAF-A01", 1)]).await.unwrap();
    assert_eq!(one.changes_by_others().await.unwrap(), before);
    two.devices().put(&[entry("LEAF-A02", 2)]).await.unwrap();
    assert_ne!(one.changes_by_others().await.unwrap(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_and_the_file_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("data");
    Store::open(StoreOptions {
        folder: inner.clone(),
    })
    .await
    .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&inner.join("bridgekeeper.db")), 0o600);
}
