//! Use cases shared by the window and the command: the only place that wires engine, device, store and keyring.

pub mod views;
