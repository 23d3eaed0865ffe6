pub(crate) mod fake;
mod faults;
mod machine;
pub(crate) mod port;
mod rules;
mod straight;
pub(crate) mod world;
