pub(crate) mod fake;
mod faults;
mod lines;
mod machine;
mod outcomes;
pub(crate) mod port;
mod rules;
mod ways;
pub(crate) mod world;
