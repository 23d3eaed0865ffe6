//! `bk lab`: a simulated fabric until it is interrupted.

use std::path::Path;
use std::time::Duration;

use bk_lab::dialect::Dialect;
use bk_lab::serve::{Fabric, InventoryEntry, Latency, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_lab::{generate, import};

use crate::args::{LabArgs, Size};
use crate::exit::{Exit, Failure};
use crate::out::{complain, say, show};

/// Serves until SIGINT or SIGTERM.
pub(super) async fn serve(args: LabArgs, json: bool) -> Result<Exit, Failure> {
    let spec = spec(&args)?;
    for note in &spec.notes {
        complain(&format!("repair: {note}"));
    }
    let dialect = Dialect::parse(&args.dialect.join(",")).map_err(|error| {
        let why = std::error::Error::source(&error)
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        Failure::new(Exit::Usage, "dialect-unknown", format!("{error}{why}."))
    })?;
    let thinks = Duration::from_millis(args.latency);
    let options = ServeOptions {
        seed: args.seed,
        dialect,
        latency: Latency {
            line: thinks,
            commit: thinks,
        },
        control: args.control.is_some(),
        ..ServeOptions::default()
    };
    let started = Fabric::start(spec, options).await;
    let fabric = started.map_err(|error| {
        Failure::new(
            Exit::Internal,
            "lab-not-started",
            format!("The fabric did not start: {error}."),
        )
    })?;
    if let Some(file) = &args.control {
        let address = serde_json::to_string(&fabric.control()).expect("an address is plain data");
        write(file, &address).await?;
    }
    let inventory = every_name(&fabric);
    show(json, &inventory, |inventory| print(inventory));
    complain(&format!(
        "{} devices are served. Interrupt to stop.",
        fabric.names().count()
    ));
    interrupted().await;
    fabric.stop().await;
    Ok(Exit::Done)
}

fn spec(args: &LabArgs) -> Result<FabricSpec, Failure> {
    if let Some(dir) = &args.from {
        let read = import::from_dir(dir, args.complete);
        return read.map_err(|error| {
            let why = std::error::Error::source(&error)
                .map(|source| format!(": {source}"))
                .unwrap_or_default();
            Failure::new(Exit::Usage, "lab-unreadable", format!("{error}{why}."))
        });
    }
    Ok(match args.size {
        Size::Practice => generate::practice(args.seed),
        Size::Lab => generate::lab(args.seed),
        Size::Scale => generate::scale(args.seed),
    })
}

async fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let written = tokio::fs::write(file, text).await;
    written.map_err(|error| {
        Failure::new(
            Exit::Usage,
            "file-unwritable",
            format!("{} could not be written: {error}.", file.display()),
        )
    })
}

/// The inventory, as one finds it in the field: a box with two names stands in it twice, at one address.
fn every_name(fabric: &Fabric) -> Vec<InventoryEntry> {
    let further = |entry: &InventoryEntry| {
        let aliases = fabric
            .device(&entry.name)
            .map(|device| device.spec().aliases.clone());
        aliases.unwrap_or_default()
    };
    let rows = fabric.inventory().into_iter().flat_map(|entry| {
        let others = further(&entry).into_iter().map({
            let entry = entry.clone();
            move |name| InventoryEntry {
                name,
                ..entry.clone()
            }
        });
        let others: Vec<_> = others.collect();
        std::iter::once(entry).chain(others)
    });
    rows.collect()
}

/// Prints what `bk devices import` reads.
fn print(inventory: &[InventoryEntry]) {
    say("name,address,port,user,password,host_key");
    for entry in inventory {
        say(&format!(
            "{},{},{},{},{},{}",
            entry.name, entry.address, entry.port, entry.user, entry.password, entry.host_key_fingerprint
        ));
    }
}

/// Waits for a person's interrupt, or the polite request of a script.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
