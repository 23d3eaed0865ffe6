mod fake;
mod faults;
mod machine;
mod port;
mod rules;
mod straight;
mod world;
