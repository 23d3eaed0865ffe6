//! The headless command `bk`: the same use cases as the window, for terminals and scripts.
//!
//! Parses arguments, calls the service, prints what it gives back. Knows no rule of its own.

mod args;
mod check_args;
mod commands;
mod drift_args;
mod exit;
mod interrupt;
mod out;
mod progress;
mod render;
mod secret;
mod typed;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("BRIDGEKEEPER_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            out::complain(&format!("bk could not start: {error}"));
            return exit::Exit::Internal.into();
        }
    };
    let json = args.json;
    match runtime.block_on(commands::run(args)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(json);
            failure.exit().into()
        }
    }
}
