//! Bridge domains.

use bk_app::views::DomainRow;

use super::Context;
use crate::args::DomainsCommand;
use crate::exit::{Exit, Failure};
use crate::out::{say, show, table};
use crate::render;

pub(super) async fn run(context: &Context, command: Option<DomainsCommand>) -> Result<Exit, Failure> {
    match command {
        None | Some(DomainsCommand::List) => show(context.json, &context.app.domains_list().await?, |rows| {
            print(rows);
        }),
        Some(DomainsCommand::Show { name, config: false }) => show(
            context.json,
            &context.app.domain_detail(name).await?,
            render::domain,
        ),
        Some(DomainsCommand::Show { name, config: true }) => {
            show(context.json, &context.app.domain_config(name).await?, |texts| {
                for text in texts {
                    say(&format!("# {} {} read {}", text.device, text.hash, text.read));
                    text.text.lines().for_each(say);
                }
            });
        }
    }
    Ok(Exit::Done)
}

fn print(rows: &[DomainRow]) {
    let cells = |row: &DomainRow| {
        vec![
            row.name.clone(),
            row.vlan.map_or_else(|| "-".to_owned(), |vlan| vlan.to_string()),
            row.kind.clone(),
            row.owner.clone().unwrap_or_default(),
            row.access.to_string(),
            row.fabric.to_string(),
            row.devices.join(" "),
        ]
    };
    table(
        &["name", "vlan", "type", "owner", "access", "fabric", "devices"],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    );
}
