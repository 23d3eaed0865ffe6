//! Moments as they stand in the database: milliseconds since 1970 in UTC.

use chrono::{DateTime, Utc};

use crate::StoreError;

pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub(crate) fn moment(millis: i64, object: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| StoreError::Unreadable {
        object: object.to_owned(),
        source: format!("{millis} is not a moment").into(),
    })
}

/// Turns a number that a column's own rules keep small into its type.
pub(crate) fn small<T: TryFrom<i64>>(value: i64, object: &str) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::Unreadable {
        object: object.to_owned(),
        source: format!("{value} is out of range").into(),
    })
}
