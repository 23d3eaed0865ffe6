//! Compressed texts under the hash of their content.

use bk_config::TextHash;
use sqlx::{Sqlite, Transaction};

use crate::time::small;
use crate::{Store, StoreError};

/// Level 3 reads and writes a configuration faster than the disk and makes it about a tenth.
pub(crate) const LEVEL: i32 = 3;

/// A text ready to be stored.
pub(crate) struct Packed {
    pub(crate) hash: TextHash,
    bytes: usize,
    lines: usize,
    data: Vec<u8>,
}

/// Compresses and hashes away from the asynchronous threads.
pub(crate) async fn pack(text: String, object: &str) -> Result<Packed, StoreError> {
    let work = move || {
        let hash = TextHash::from(*blake3::hash(text.as_bytes()).as_bytes());
        let data = zstd::encode_all(text.as_bytes(), LEVEL)?;
        Ok::<_, std::io::Error>(Packed {
            hash,
            bytes: text.len(),
            lines: text.lines().count(),
            data,
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|gone| Err(std::io::Error::other(gone)))
        .map_err(StoreError::unreadable(format!("{object}, to be compressed,")))
}

/// Decompresses away from the asynchronous threads. `bytes` is the length it must have.
pub(crate) async fn unpack(data: Vec<u8>, bytes: i64, object: &str) -> Result<String, StoreError> {
    let bytes: usize = small(bytes, object)?;
    let work = move || -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let raw = zstd::bulk::decompress(&data, bytes)?;
        if raw.len() != bytes {
            return Err(format!("{} bytes instead of {bytes}", raw.len()).into());
        }
        Ok(String::from_utf8(raw)?)
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|gone| Err(gone.into()))
        .map_err(StoreError::unreadable(object))
}

/// Stores a text unless the same text is there already.
pub(crate) async fn put(
    transaction: &mut Transaction<'static, Sqlite>,
    packed: Packed,
    object: &str,
) -> Result<TextHash, StoreError> {
    let hash = packed.hash.as_bytes().as_slice();
    let (bytes, lines) = (packed.bytes as i64, packed.lines as i64);
    sqlx::query!(
        "INSERT INTO blob (hash, bytes, lines, data) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        hash,
        bytes,
        lines,
        packed.data
    )
    .execute(&mut **transaction)
    .await
    .map_err(StoreError::statement("stored", object))?;
    Ok(packed.hash)
}

/// Returns the text of a hash, or nothing if it was never stored.
pub(crate) async fn get(store: &Store, hash: &TextHash, object: &str) -> Result<Option<String>, StoreError> {
    let key = hash.as_bytes().as_slice();
    let row = sqlx::query!("SELECT bytes, data FROM blob WHERE hash = ?", key)
        .fetch_optional(store.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
    match row {
        Some(row) => unpack(row.data, row.bytes, object).await.map(Some),
        None => Ok(None),
    }
}

/// Reads a hash column.
pub(crate) fn hash_of(raw: Vec<u8>, object: &str) -> Result<TextHash, StoreError> {
    let bytes: [u8; 32] = raw.try_into().map_err(|_| StoreError::Unreadable {
        object: object.to_owned(),
        source: "a hash has 32 bytes".into(),
    })?;
    Ok(TextHash::from(bytes))
}
