//! Scenarios over the simulated fabric.
