//! The command as a process, against a fabric that this process serves.
#![cfg(test)]

mod checks;
mod choices;
mod crash;
mod due;
mod exit_codes;
mod parts;
mod scan;
mod secrets;
mod support;
mod terminal;
