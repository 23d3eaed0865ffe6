//! Search over every line that was ever read.
//!
//! A line is stored once; a span says from which snapshot of a device it was there and with which it was gone.
//! Indexing costs what changed since the read before, and is done after the read is safe: [`Lines::index_next`].

use std::collections::HashSet;

use bk_model::DeviceName;

use crate::devices::device_name;
use crate::texts::to_json;
use crate::time::small;
use crate::{SnapshotId, Store, StoreError};

/// Lines written under one lock of the database, so that a journal entry never waits long behind them.
const CHUNK: usize = 4000;
/// The shortest text that the trigram index can look up; shorter ones are looked for line by line.
const INDEXED_FROM: usize = 3;

/// A line that was found, on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineHit {
    /// The device.
    pub device: DeviceName,
    /// The line, without the blanks before it.
    pub line: String,
    /// First read that holds it.
    pub first: SnapshotId,
    /// Last read that holds it.
    pub last: SnapshotId,
    /// Whether the newest read of its kind still holds it.
    pub now: bool,
    /// Different lines that match on this device.
    pub hits: u32,
}

/// The line index.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a>(pub(crate) &'a Store);

struct Pending {
    id: i64,
    device: i64,
    scope: String,
    hash: Vec<u8>,
}

impl Lines<'_> {
    /// Indexes the oldest read that is not, and tells whether there was one. Can be stopped at any moment: what is
    /// done twice is done once.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read or written.
    pub async fn index_next(&self) -> Result<bool, StoreError> {
        let object = "the line index";
        let failed = || StoreError::statement("read", object);
        let next = sqlx::query_as!(
            Pending,
            "SELECT id, device_id AS device, scope, hash FROM snapshot WHERE indexed = 0 ORDER BY id LIMIT 1"
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(failed())?;
        let Some(pending) = next else { return Ok(false) };
        let before = sqlx::query_scalar!(
            "SELECT hash FROM snapshot WHERE device_id = ? AND scope = ? AND id < ? ORDER BY id DESC LIMIT 1",
            pending.device,
            pending.scope,
            pending.id
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(failed())?;
        if before.as_ref() != Some(&pending.hash) {
            let new = self.text(&pending.hash).await?;
            let old = match &before {
                Some(hash) => self.text(hash).await?,
                None => String::new(),
            };
            self.index(&pending, &old, &new).await?;
        }
        sqlx::query!("UPDATE snapshot SET indexed = 1 WHERE id = ?", pending.id)
            .execute(self.0.writer())
            .await
            .map_err(StoreError::statement("written", object))?;
        Ok(true)
    }

    async fn text(&self, hash: &[u8]) -> Result<String, StoreError> {
        let object = "a text to be indexed";
        let row = sqlx::query!("SELECT bytes, data FROM blob WHERE hash = ?", hash)
            .fetch_one(self.0.readers())
            .await
            .map_err(StoreError::statement("read", object))?;
        crate::blob::unpack(row.data, row.bytes, object).await
    }

    async fn index(&self, pending: &Pending, old: &str, new: &str) -> Result<(), StoreError> {
        let object = "the line index";
        let failed = || StoreError::statement("written", object);
        let (before, after) = (distinct(old), distinct(new));
        let added: Vec<&str> = after.difference(&before).copied().collect();
        let gone: Vec<&str> = before.difference(&after).copied().collect();
        for chunk in added.chunks(CHUNK) {
            let lines = to_json(&chunk, object)?;
            let mut transaction = self.0.write(object).await?;
            sqlx::query!(
                "INSERT INTO line (text) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
                lines
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
            sqlx::query!(
                "INSERT INTO line_span (device_id, scope, line_id, first)
                 SELECT ?, ?, line.id, ? FROM json_each(?) AS wanted JOIN line ON line.text = wanted.value WHERE true
                 ON CONFLICT DO NOTHING",
                pending.device,
                pending.scope,
                pending.id,
                lines
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
            transaction.commit().await.map_err(failed())?;
        }
        for chunk in gone.chunks(CHUNK) {
            let lines = to_json(&chunk, object)?;
            sqlx::query!(
                "UPDATE line_span SET gone = ? WHERE gone IS NULL AND device_id = ? AND scope = ?
                 AND line_id IN (SELECT line.id FROM json_each(?) AS wanted JOIN line ON line.text = wanted.value)",
                pending.id,
                pending.device,
                pending.scope,
                lines
            )
            .execute(self.0.writer())
            .await
            .map_err(failed())?;
        }
        Ok(())
    }

    /// Returns the lines that contain `query`, letter case aside, those still there first, at most `limit`.
    ///
    /// Reads that are not indexed yet are indexed first, so that nothing read before this call is missed.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read or written.
    pub async fn search(&self, query: &str, limit: u32) -> Result<Vec<LineHit>, StoreError> {
        let query = query.trim();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        while self.index_next().await? {}
        let ids = self.matching(query).await?;
        let ids = to_json(&ids, "a search")?;
        let rows = sqlx::query!(
            r#"SELECT device.name AS device, line.text AS line, min(first) AS "first!: i64",
             max(coalesce(
                 (SELECT max(id) FROM snapshot WHERE snapshot.device_id = span.device_id AND snapshot.scope = span.scope
                  AND (span.gone IS NULL OR snapshot.id < span.gone)), first)) AS "last!: i64",
             max(span.gone IS NULL) AS "now!: i64",
             count(*) OVER (PARTITION BY span.device_id) AS "hits!: i64"
             FROM json_each(?) AS wanted JOIN line ON line.id = wanted.value
             JOIN line_span AS span ON span.line_id = line.id JOIN device ON device.id = span.device_id
             GROUP BY span.device_id, line.id
             ORDER BY max(span.gone IS NULL) DESC, device.name, line.text LIMIT ?"#,
            ids,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the line index"))?;
        let object = "a line of the index";
        rows.into_iter()
            .map(|row| {
                Ok(LineHit {
                    device: device_name(row.device)?,
                    line: row.line,
                    first: SnapshotId(small(row.first, object)?),
                    last: SnapshotId(small(row.last, object)?),
                    now: row.now != 0,
                    hits: small(row.hits, object)?,
                })
            })
            .collect()
    }

    /// Returns the lines that contain the text, by number; bounded, because a person reads them.
    async fn matching(&self, query: &str) -> Result<Vec<i64>, StoreError> {
        let failed = StoreError::statement("read", "the line index");
        if query.chars().count() >= INDEXED_FROM {
            // The index reads % and _ as wildcards, so what it gives is a superset.
            let pattern = format!("%{query}%");
            return sqlx::query_scalar!(
                r#"SELECT rowid AS "id!: i64" FROM line_search
                 WHERE text LIKE ? AND instr(lower(text), lower(?)) > 0 LIMIT 20000"#,
                pattern,
                query
            )
            .fetch_all(self.0.readers())
            .await
            .map_err(failed);
        }
        sqlx::query_scalar!(
            "SELECT id FROM line WHERE instr(lower(text), lower(?)) > 0 LIMIT 20000",
            query
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(failed)
    }
}

/// The different lines of a text, without the blanks around them.
fn distinct(text: &str) -> HashSet<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}
