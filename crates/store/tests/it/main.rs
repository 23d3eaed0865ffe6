//! The store over files in a temporary folder, through its public interface only.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod history;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod support;
