pub(crate) mod fake;
mod faults;
mod lines;
mod machine;
mod outcomes;
pub(crate) mod port;
mod rules;
mod straight;
pub(crate) mod world;
