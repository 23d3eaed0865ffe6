//! Values that stand in the database as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

pub(crate) fn to_json<T: Serialize>(value: &T, object: &str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::unreadable(format!("{object}, to be stored,")))
}

pub(crate) fn from_json<T: DeserializeOwned>(json: &str, object: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(StoreError::unreadable(object))
}
