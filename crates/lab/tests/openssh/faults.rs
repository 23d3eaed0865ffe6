//! Faults as a client sees them.
