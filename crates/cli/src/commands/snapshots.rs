//! Snapshots: read-only and offline.

use bk_app::views::TextForm;

use super::Context;
use crate::args::{Form, SnapshotsCommand};
use crate::exit::{Exit, Failure};
use crate::out::{moment, say, show, table};
use crate::render;

pub(super) async fn run(context: &Context, command: SnapshotsCommand) -> Result<Exit, Failure> {
    let app = &context.app;
    match command {
        SnapshotsCommand::List { device: None } => {
            show(context.json, &app.snapshots_overview().await?, |overview| {
                let cells = overview.devices.iter().map(|d| {
                    vec![
                        d.device.clone(),
                        d.reads.to_string(),
                        d.texts.to_string(),
                        moment(&d.first),
                        moment(&d.last),
                    ]
                });
                table(
                    &["device", "reads", "texts", "first", "last"],
                    &cells.collect::<Vec<_>>(),
                );
            });
        }
        SnapshotsCommand::List { device: Some(device) } => {
            show(context.json, &app.snapshot_list(device).await?, |rows| {
                let cells = rows.iter().map(|row| {
                    let changed = if row.changed { "changed" } else { "" };
                    vec![
                        row.id.to_string(),
                        moment(&row.at),
                        row.hash.clone(),
                        row.lines.to_string(),
                        changed.to_owned(),
                        row.source.clone(),
                    ]
                });
                table(
                    &["no", "read", "hash", "lines", "text", "by"],
                    &cells.collect::<Vec<_>>(),
                );
            });
        }
        SnapshotsCommand::Show { snapshot, flat } => {
            let form = if flat { TextForm::Flattened } else { TextForm::Text };
            show(context.json, &app.snapshot_text(snapshot, form).await?, |text| {
                say(&format!(
                    "# {} {} read {}",
                    text.device,
                    text.hash,
                    moment(&text.read)
                ));
                text.text.lines().for_each(say);
            });
        }
        SnapshotsCommand::Diff { a, b, form } => {
            let form = match form {
                Form::Text => TextForm::Text,
                Form::Flattened => TextForm::Flattened,
                Form::Meaning => TextForm::Meaning,
            };
            show(context.json, &app.snapshot_diff(a, b, form).await?, render::diff);
        }
        SnapshotsCommand::Search { text } => show(context.json, &app.snapshot_search(text).await?, |hits| {
            for hit in hits {
                let now = if hit.now { "still there" } else { "gone now" };
                say(&format!(
                    "{}  {} to {}, {now}, read {}",
                    hit.device,
                    moment(&hit.first),
                    moment(&hit.last),
                    hit.snapshot
                ));
                say(&format!("  {}", &hit.line));
            }
        }),
    }
    Ok(Exit::Done)
}
