//! Drafts.

use bk_app::views::{DraftOperation, PortGroup, PortOffer};

use serde_json::json;

use super::Context;
use crate::args::EditCommand;
use crate::exit::{Exit, Failure};
use crate::out::{say, show, table};
use crate::render;

pub(super) async fn run(context: &Context, domain: String, command: EditCommand) -> Result<Exit, Failure> {
    let app = &context.app;
    let draft = app.draft_open(domain).await?;
    let id = draft.id.clone();
    let view = match command {
        EditCommand::Add { device, port, vlan } => {
            app.draft_apply(id, DraftOperation::AddAttachment { device, port, vlan })
                .await?
        }
        EditCommand::Remove { device, interface } => {
            app.draft_apply(id, DraftOperation::RemoveAttachment { device, interface })
                .await?
        }
        EditCommand::Vlan { vlan } => {
            app.draft_apply(id, DraftOperation::ChangeServiceVlan { vlan })
                .await?
        }
        EditCommand::Undo => app.draft_undo(id).await?,
        EditCommand::Redo => app.draft_redo(id).await?,
        EditCommand::Show => draft,
        EditCommand::Ports { device } => {
            show(context.json, &app.ports_of(device, Some(id)).await?, print_ports);
            return Ok(Exit::Done);
        }
        EditCommand::Discard => {
            app.draft_discard(id).await?;
            show(context.json, &json!({ "discarded": draft.domain }), |_| {
                say(&format!("The draft of {} is gone.", draft.domain));
            });
            return Ok(Exit::Done);
        }
    };
    show(context.json, &view, render::draft);
    let has_errors = view
        .findings
        .iter()
        .any(|finding| finding.severity == bk_app::views::Severity::Error);
    Ok(if has_errors { Exit::Refused } else { Exit::Done })
}

fn print_ports(offer: &PortOffer) {
    let cells = offer.ports.iter().map(|row| {
        let group = match row.group {
            PortGroup::Ready => "ready",
            PortGroup::Look => "fine, but look",
            PortGroup::InUse => "in use",
            PortGroup::Never => "never",
        };
        vec![
            row.port.clone(),
            row.speed.clone(),
            group.to_owned(),
            row.reason.clone(),
        ]
    });
    table(&["port", "speed", "group", "why"], &cells.collect::<Vec<_>>());
}
