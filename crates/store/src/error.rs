//! Why the store could not do something.

use std::path::PathBuf;

use thiserror::Error;

/// Why the store could not be opened, written or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder or file of the database can't be used.
    #[error("{path} could not be {operation}")]
    Folder {
        /// What was tried ("created", "locked for opening").
        operation: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A newer Bridgekeeper wrote this database. It was not touched.
    #[error("{path} was written by a newer release: its schema is {found}, this release knows {known}")]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Version of its newest migration.
        found: i64,
        /// Version of the newest migration known here.
        known: i64,
    },
    /// SQLite found the file damaged. Nothing was written.
    #[error("{path} is damaged: {findings}")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What the check said.
        findings: String,
    },
    /// The schema could not be brought up to date. The backup made before holds the earlier state.
    #[error("the schema of {path} could not be brought up to date")]
    Migration {
        /// The database.
        path: PathBuf,
        /// The cause.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// A statement failed.
    #[error("{object} could not be {operation}")]
    Statement {
        /// What was tried ("stored", "read").
        operation: &'static str,
        /// On what ("a snapshot of LEAF-A01").
        object: String,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// A stored value is not what was once stored.
    #[error("{object} in the database is not readable")]
    Unreadable {
        /// What it belongs to.
        object: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something named does not exist.
    #[error("{object} is not known")]
    NotFound {
        /// What was asked for.
        object: String,
    },
    /// The present state forbids it; nothing was changed.
    #[error("{object}: {reason}")]
    Refused {
        /// What it was about.
        object: String,
        /// Why.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn statement(
        operation: &'static str,
        object: impl Into<String>,
    ) -> impl FnOnce(sqlx::Error) -> StoreError {
        let object = object.into();
        move |source| StoreError::Statement {
            operation,
            object,
            source,
        }
    }

    pub(crate) fn unreadable<E>(object: impl Into<String>) -> impl FnOnce(E) -> StoreError
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let object = object.into();
        move |source| StoreError::Unreadable {
            object,
            source: source.into(),
        }
    }

    pub(crate) fn not_found(object: impl Into<String>) -> StoreError {
        StoreError::NotFound {
            object: object.into(),
        }
    }
}
