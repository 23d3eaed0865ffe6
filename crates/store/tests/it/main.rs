//! The store over files in a temporary folder, through its public interface only.

mod crash;
mod drafts;
mod history;
mod journal;
mod opening;
mod support;
