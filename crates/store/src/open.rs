//! Opening the database: lock, version, backup, migration, check.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, Sqlite, SqlitePool, Transaction};

use crate::journal::JournalWriter;
use crate::{
    Checks, Contacts, Credentials, Decisions, Deployments, Derived, Devices, Drafts, Drifts, Events,
    HostKeys, JumpHosts, Lines, Plans, Records, Schedules, Settings, Snapshots, StoreError, StoreJournal,
    Transcripts,
};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Readers beside the one writer. More would only wait for the same disk.
const READERS: u32 = 4;
/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(15);

/// Where the database stands.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The data folder; it is created if it is not there.
    pub folder: PathBuf,
}

/// The open database. Cloning is cheap and shares it.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    journal: JournalWriter,
}

impl Store {
    /// Opens the database of a data folder, creating or upgrading it.
    ///
    /// Opening is serialised between processes. A database with fewer migrations is copied into `backups/` before
    /// the missing ones run. Every statement that returned `Ok` afterwards survives a power cut (WAL, `synchronous=FULL`).
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] and [`StoreError::Damaged`] leave the file untouched; [`StoreError::Folder`],
    /// [`StoreError::Migration`] and [`StoreError::Statement`] name what could not be done.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let StoreOptions { folder, .. } = options;
        create_private(&folder)?;
        let path = folder.join("bridgekeeper.db");
        let opening = lock_opening(folder.join("opening.lock")).await?;
        if path.exists() {
            examine(&path, &folder.join("backups")).await?;
        }
        let connect = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .optimize_on_close(true, Some(400));
        let failed = |operation| StoreError::statement(operation, path.display().to_string());
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(connect.clone().create_if_missing(true))
            .await
            .map_err(failed("opened"))?;
        restrict(&path)?;
        MIGRATOR
            .run(&writer)
            .await
            .map_err(|source| StoreError::Migration {
                path: path.clone(),
                source,
            })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(connect.pragma("query_only", "on"))
            .await
            .map_err(failed("opened for reading"))?;
        drop(opening);
        let journal = JournalWriter::start(writer.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                path,
                writer,
                readers,
                journal,
            }),
        })
    }

    /// Returns the path of the database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Reads every page and index of the file. Takes long on a large one; run it in the background.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what was found.
    pub async fn check_all(&self) -> Result<(), StoreError> {
        let failed = StoreError::statement("checked", self.inner.path.display().to_string());
        let findings: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(self.readers())
            .await
            .map_err(failed)?;
        judge(&self.inner.path, &findings)
    }

    /// Returns a number that changes whenever another process has written to the database.
    ///
    /// What this process writes does not change it, because all its writes go through one connection.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn changes_by_others(&self) -> Result<i64, StoreError> {
        let failed = StoreError::statement("read", self.inner.path.display().to_string());
        sqlx::query_scalar("PRAGMA data_version")
            .fetch_one(self.writer())
            .await
            .map_err(failed)
    }

    /// Writes what is pending and closes the file. Clones of this store fail from here on.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// The inventory.
    #[must_use]
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
    }

    /// What came of the last attempt to reach each device.
    #[must_use]
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts(self)
    }

    /// Names of credentials; the secrets are elsewhere.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials(self)
    }

    /// Trusted host keys.
    #[must_use]
    pub fn host_keys(&self) -> HostKeys<'_> {
        HostKeys(self)
    }

    /// Hosts through which devices are reached.
    #[must_use]
    pub fn jump_hosts(&self) -> JumpHosts<'_> {
        JumpHosts(self)
    }

    /// Texts as read.
    #[must_use]
    pub fn snapshots(&self) -> Snapshots<'_> {
        Snapshots(self)
    }

    /// What each device is believed to hold.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records(self)
    }

    /// Search over every line ever read.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        Lines(self)
    }

    /// Facts built from snapshots.
    #[must_use]
    pub fn derived(&self) -> Derived<'_> {
        Derived(self)
    }

    /// Drafts with their operations.
    #[must_use]
    pub fn drafts(&self) -> Drafts<'_> {
        Drafts(self)
    }

    /// Immutable plans.
    #[must_use]
    pub fn plans(&self) -> Plans<'_> {
        Plans(self)
    }

    /// Deployments with their archive.
    #[must_use]
    pub fn deployments(&self) -> Deployments<'_> {
        Deployments(self)
    }

    /// Lines sent and received during deployments.
    #[must_use]
    pub fn transcripts(&self) -> Transcripts<'_> {
        Transcripts(self)
    }

    /// When checks are due.
    #[must_use]
    pub fn schedules(&self) -> Schedules<'_> {
        Schedules(self)
    }

    /// Checks that ran.
    #[must_use]
    pub fn checks(&self) -> Checks<'_> {
        Checks(self)
    }

    /// Where devices differ from what is expected of them.
    #[must_use]
    pub fn drifts(&self) -> Drifts<'_> {
        Drifts(self)
    }

    /// Policies of drift, and what was decided about it.
    #[must_use]
    pub fn decisions(&self) -> Decisions<'_> {
        Decisions(self)
    }

    /// The log of what people changed.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }

    /// Settings by name.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }

    /// The engine's journal over this database.
    #[must_use]
    pub fn journal(&self) -> StoreJournal {
        StoreJournal::new(self.clone())
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.inner.writer
    }

    pub(crate) fn journal_writer(&self) -> &JournalWriter {
        &self.inner.journal
    }

    /// Begins a transaction that holds the write lock from its start, so that it never fails half way.
    pub(crate) async fn write(&self, object: &str) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer()
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(StoreError::statement("stored", object))
    }
}

fn create_private(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder)
        .and_then(|()| only_for_owner(folder, 0o700))
        .map_err(|source| StoreError::Folder {
            operation: "created",
            path: folder.to_owned(),
            source,
        })
}

fn restrict(path: &Path) -> Result<(), StoreError> {
    only_for_owner(path, 0o600).map_err(|source| StoreError::Folder {
        operation: "kept to its owner",
        path: path.to_owned(),
        source,
    })
}

#[cfg(unix)]
fn only_for_owner(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Elsewhere the folder's own access list, inherited from the user's profile, keeps others out.
#[cfg(not(unix))]
fn only_for_owner(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

/// Waits until no other process opens the same folder. The lock ends with the returned file.
async fn lock_opening(path: PathBuf) -> Result<File, StoreError> {
    let failed = |source| StoreError::Folder {
        operation: "locked for opening",
        path: path.clone(),
        source,
    };
    let target = path.clone();
    tokio::task::spawn_blocking(move || {
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(target)?;
        file.lock()?;
        Ok(file)
    })
    .await
    .unwrap_or_else(|gone| Err(std::io::Error::other(gone)))
    .map_err(failed)
}

/// Looks at an existing file without changing it: its version, its soundness; copies it if it is behind.
async fn examine(path: &Path, backups: &Path) -> Result<(), StoreError> {
    let failed = |operation| StoreError::statement(operation, path.display().to_string());
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .read_only(true);
    let mut look = SqliteConnection::connect_with(&options)
        .await
        .map_err(failed("opened"))?;
    let findings: Vec<String> = sqlx::query_scalar("PRAGMA quick_check")
        .fetch_all(&mut look)
        .await
        .or_else(|source| damaged(path, source))?;
    judge(path, &findings)?;
    let versioned: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut look)
            .await
            .map_err(failed("read"))?;
    if versioned > 0 {
        let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut look)
            .await
            .map_err(failed("read"))?;
        let known = newest_migration();
        match found {
            Some(found) if found > known => {
                return Err(StoreError::NewerSchema {
                    path: path.to_owned(),
                    found,
                    known,
                });
            }
            Some(found) if found < known => back_up(&mut look, path, backups, found).await?,
            _ => {}
        }
    }
    look.close().await.map_err(failed("closed"))
}

/// A file that is no database at all fails in the check itself.
fn damaged(path: &Path, source: sqlx::Error) -> Result<Vec<String>, StoreError> {
    match source {
        sqlx::Error::Database(said) => Err(StoreError::Damaged {
            path: path.to_owned(),
            findings: said.message().to_owned(),
        }),
        source => Err(StoreError::Statement {
            operation: "checked",
            object: path.display().to_string(),
            source,
        }),
    }
}

fn judge(path: &Path, findings: &[String]) -> Result<(), StoreError> {
    if findings == ["ok"] {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.to_owned(),
        findings: findings.join("; "),
    })
}

fn newest_migration() -> i64 {
    MIGRATOR
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Writes a consistent copy beside the database. A copy of the same version that is already there stays.
async fn back_up(
    from: &mut SqliteConnection,
    path: &Path,
    backups: &Path,
    version: i64,
) -> Result<(), StoreError> {
    create_private(backups)?;
    let copy = backups.join(format!("schema-{version}.db"));
    if copy.exists() {
        return Ok(());
    }
    let partial = backups.join(format!("schema-{version}.partial"));
    let quoted = partial.display().to_string().replace('\'', "''");
    let failed = |operation, path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Folder {
            operation,
            path,
            source,
        }
    };
    if partial.exists() {
        fs::remove_file(&partial).map_err(failed("removed", &partial))?;
    }
    sqlx::raw_sql(AssertSqlSafe(format!("VACUUM INTO '{quoted}'")))
        .execute(&mut *from)
        .await
        .map_err(StoreError::statement("copied", path.display().to_string()))?;
    restrict(&partial)?;
    fs::rename(&partial, &copy).map_err(failed("renamed", &partial))
}
