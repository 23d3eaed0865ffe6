//! One file per group of commands.

mod ask;
mod check;
mod demo;
mod deploy;
mod devices;
mod domains;
mod drift;
mod drift_policies;
mod edit;
mod insight;
mod lab;
mod scan;
mod sign_in;
mod snapshots;
mod sync;

use std::path::PathBuf;

use bk_app::{App, AppOptions, KeyringWitness, SecretStoreChoice};

use crate::args::{Args, Command, KEYRING_TEST, ServiceCommand};
use crate::exit::{Exit, Failure};
use crate::out;
use crate::progress::Progress;
use crate::secret;
use crate::typed::Typed;

/// What every command has at hand.
pub(crate) struct Context {
    pub(crate) app: App,
    pub(crate) progress: Progress,
    pub(crate) json: bool,
    pub(crate) typed: Typed,
}

/// Runs what the arguments ask for.
///
/// # Errors
/// [`Failure`] with its sentence and exit code.
pub(crate) async fn run(args: Args) -> Result<Exit, Failure> {
    match args.command {
        // These have a fabric, and the demo a data folder, of their own.
        Command::Lab(lab) => lab::serve(lab, args.json).await,
        Command::Demo { seed } => demo::run(seed, args.json).await,
        // Another process waits for this one line.
        Command::KeyringTest { test } => {
            out::say(&bk_app::testimony(&test).await);
            Ok(Exit::Done)
        }
        Command::Service(command) => {
            let context = open(args.json, args.data, args.password_stdin).await?;
            let exit = dispatch(&context, command).await;
            context.app.close().await;
            exit
        }
    }
}

async fn dispatch(context: &Context, command: ServiceCommand) -> Result<Exit, Failure> {
    match command {
        ServiceCommand::Devices(command) => devices::run(context, command).await,
        ServiceCommand::Discover { devices } => devices::discover(context, devices).await,
        ServiceCommand::Domains { command } => domains::run(context, command).await,
        ServiceCommand::Edit { domain, command } => edit::run(context, domain, command).await,
        ServiceCommand::Plan { domain, export } => deploy::plan(context, domain, export).await,
        ServiceCommand::Deploy {
            domain,
            plan,
            without,
            policy,
            run,
        } => deploy::deploy(context, domain, plan, without, policy, &run).await,
        ServiceCommand::Audit { devices } => deploy::audit(context, devices).await,
        ServiceCommand::Restore { restore, run } => drift::restore(context, restore, &run).await,
        ServiceCommand::Drift { command } => drift::run(context, command).await,
        ServiceCommand::Check(check) => check::run(context, check).await,
        ServiceCommand::Scan { devices } => scan::run(context, devices).await,
        ServiceCommand::Schedules { command } => check::schedules(context, command).await,
        ServiceCommand::Sync {
            devices,
            interface,
            domain,
            why,
        } => sync::run(context, devices, interface, domain, why.why).await,
        ServiceCommand::CleanUp { devices, run } => deploy::clean_up(context, devices, &run).await,
        ServiceCommand::History {
            deployment,
            transcript,
        } => deploy::history(context, deployment, transcript).await,
        ServiceCommand::Rollback {
            deployment,
            take,
            run,
        } => deploy::rollback(context, deployment, take, &run).await,
        ServiceCommand::Recover {
            deployment,
            show,
            choose,
            why,
        } => deploy::recover(context, deployment, show, choose, why.why).await,
        ServiceCommand::Snapshots(command) => snapshots::run(context, command).await,
    }
}

async fn open(json: bool, data: Option<PathBuf>, password_stdin: bool) -> Result<Context, Failure> {
    let progress = Progress::new(json);
    let secrets = if password_stdin {
        SecretStoreChoice::SessionOnly
    } else {
        SecretStoreChoice::Keyring(KeyringWitness::this_program(&[KEYRING_TEST]))
    };
    let app = App::open(AppOptions {
        data_dir: data_folder(data)?,
        practice: None,
        events: progress.sink(),
        secrets,
        clock: std::sync::Arc::new(bk_app::SystemClock),
    })
    .await?;
    if password_stdin {
        app.use_secret_for_all(secret::from_stdin()?)?;
    }
    Ok(Context {
        app,
        progress,
        json,
        typed: Typed::default(),
    })
}

/// The same folder as the window's.
fn data_folder(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let own = || dirs::data_dir().map(|data| data.join("dev.bridgekeeper.app"));
    named.or_else(own).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "data-folder-unknown",
            "This account has no data folder. Name one with --data DIR.",
        )
    })
}
