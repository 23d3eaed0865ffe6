//! `bk demo`: the whole job on a fabric of its own, judged by the fabric's own dump.

use std::sync::Arc;

use bk_app::views::{
    ActivityState, DeployOptions, DeploymentStatus, DomainDevice, DomainRow, DraftOperation, PlanView,
    Policy, PortGroup,
};
use bk_app::{App, AppOptions, SecretStoreChoice};
use bk_lab::serve::{Fabric, ServeOptions};
use bk_practice::LocalPracticeLab;
use serde::Serialize;

use super::{Context, deploy, devices};
use crate::exit::{Exit, Failure};
use crate::out::{complain, say, show};
use crate::progress::Progress;
use crate::render;
use crate::typed::Typed;

/// What the demo came to.
#[derive(Debug, Serialize)]
struct DemoReport {
    devices: usize,
    domains: usize,
    domain: String,
    plan: String,
    plan_devices: usize,
    lines: u32,
    deployment: u32,
    rollback: u32,
    changed_devices: Vec<String>,
    identical_after_rollback: bool,
}

/// One device's text in both forms.
type Truth = Vec<(String, String, String)>;

pub(super) async fn run(seed: u64, json: bool) -> Result<Exit, Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| broken(format!("A folder for the demo could not be made: {error}.")))?;
    let serve = ServeOptions {
        seed,
        control: false,
        ..ServeOptions::default()
    };
    let fabric = Arc::new(LocalPracticeLab::of(bk_lab::generate::practice(seed), serve));
    let progress = Progress::new(json);
    let options = AppOptions {
        data_dir: folder.path().to_owned(),
        practice: Some(Arc::clone(&fabric) as Arc<dyn bk_app::PracticeLab>),
        events: progress.sink(),
        secrets: SecretStoreChoice::SessionOnly,
        clock: Arc::new(bk_app::SystemClock),
    };
    let context = Context {
        app: App::open(options).await?,
        progress,
        json,
        typed: Typed::default(),
    };
    let outcome = whole_job(&context, &fabric).await;
    context.app.close().await;
    let report = outcome?;
    let exit = if report.identical_after_rollback {
        Exit::Done
    } else {
        Exit::InDoubt
    };
    show(json, &report, |report| {
        let words = if report.identical_after_rollback {
            "is, byte for byte, as at the start"
        } else {
            "DIFFERS from the start"
        };
        say("");
        say(&format!("Every one of the {} devices {words}.", report.devices));
    });
    Ok(exit)
}

async fn whole_job(context: &Context, own: &LocalPracticeLab) -> Result<DemoReport, Failure> {
    let app = &context.app;
    heading(context, "1. A simulated fabric starts and is discovered");
    let ended = context.progress.wait_for(app.start_practice_lab().await?).await;
    if !context.json {
        devices::print_discovery(&ended);
    }
    if ended.state != ActivityState::Done {
        return Err(broken(format!("The fabric was not discovered: {}.", ended.fact)));
    }
    let fabric = own
        .fabric()
        .await
        .ok_or_else(|| broken("The fabric does not run."))?;
    let start = truth(&fabric);

    heading(context, "2. A service over three tiers is edited in a draft");
    let domains = app.domains_list().await?;
    let domain = choose(context, &domains).await?;
    let plan = edit(context, &domain, &domains).await?;

    heading(context, "3. The plan, with its rollback proven");
    if !context.json {
        render::plan(&plan);
    }

    heading(
        context,
        "4. The plan is deployed to all devices at once and verified",
    );
    let deployment = execute(context, &plan).await?;
    let changed = changed(&start, &truth(&fabric));
    let planned: Vec<String> = plan
        .devices
        .iter()
        .filter(|device| !device.forward.is_empty())
        .map(|device| device.device.clone())
        .collect();
    if !planned.iter().all(|device| changed.contains(device)) || changed.len() != planned.len() {
        return Err(broken(format!(
            "The fabric changed on {}, the plan is for {}.",
            changed.join(", "),
            planned.join(", ")
        )));
    }

    heading(context, "5. The deployment is taken back from history");
    let undo = app.rollback_plan(deployment).await?;
    let rollback = execute(context, &undo).await?;
    Ok(DemoReport {
        devices: start.len(),
        domains: domains.len(),
        domain,
        plan: plan.short,
        plan_devices: planned.len(),
        lines: plan.lines,
        deployment,
        rollback,
        changed_devices: changed,
        identical_after_rollback: truth(&fabric) == start,
    })
}

fn heading(context: &Context, text: &str) {
    if !context.json {
        say("");
        say(&format!("== {text}"));
    }
}

fn broken(sentence: impl Into<String>) -> Failure {
    Failure::new(Exit::Internal, "demo", sentence)
}

fn truth(fabric: &Fabric) -> Truth {
    fabric
        .dump()
        .into_iter()
        .map(|device| (device.name, device.flattened, device.hierarchical))
        .collect()
}

fn changed(before: &Truth, after: &Truth) -> Vec<String> {
    before
        .iter()
        .zip(after)
        .filter(|(before, after)| before != after)
        .map(|(before, _)| before.0.clone())
        .collect()
}

/// Takes the smallest editable service without a finding that spans superspine, spines and leaves.
async fn choose(context: &Context, domains: &[DomainRow]) -> Result<String, Failure> {
    let mut candidates: Vec<&DomainRow> = domains
        .iter()
        .filter(|row| row.editable && row.vlan.is_some() && row.devices.len() >= 5)
        .collect();
    candidates.sort_by_key(|row| (row.devices.len(), row.access, &row.name));
    for row in candidates {
        let detail = context.app.domain_detail(row.name.clone()).await?;
        let has = |tier: &str| detail.devices.iter().any(|device| device.tier == tier);
        // A spine with one fabric attachment leads nowhere: such a service is in parts.
        let leads_on = |device: &DomainDevice| {
            device.tier != "spine" || device.attachments.iter().filter(|one| one.is_fabric).count() >= 2
        };
        let whole = detail.notices.is_empty() && detail.devices.iter().all(leads_on);
        if whole && has("superspine") && has("spine") && has("leaf") {
            if !context.json {
                render::domain(&detail);
            }
            return Ok(row.name.clone());
        }
    }
    Err(broken("No editable service spans three tiers."))
}

/// Adds an attachment on a leaf that is new to the service, and gives the service another VLAN.
async fn edit(context: &Context, domain: &str, domains: &[DomainRow]) -> Result<PlanView, Failure> {
    let app = &context.app;
    let draft = app.draft_open(domain.to_owned()).await?;
    let free = (2..4094_u16)
        .rev()
        .find(|vlan| domains.iter().all(|row| row.vlan != Some(*vlan)));
    let vlan = free.ok_or_else(|| broken("Every VLAN is used."))?;
    app.draft_apply(draft.id.clone(), DraftOperation::ChangeServiceVlan { vlan })
        .await?;
    let member_devices = &app.domain_detail(domain.to_owned()).await?.row.devices;
    let leaves = app
        .fabric_map()
        .await?
        .devices
        .into_iter()
        .filter(|node| node.tier == "leaf" && !member_devices.contains(&node.device));
    for leaf in leaves {
        let offer = app.ports_of(leaf.device.clone(), Some(draft.id.clone())).await?;
        let Some(port) = offer
            .ports
            .into_iter()
            .find(|port| port.group == PortGroup::Ready)
        else {
            continue;
        };
        let operation = DraftOperation::AddAttachment {
            device: leaf.device,
            port: port.port,
            vlan: None,
        };
        app.draft_apply(draft.id.clone(), operation).await?;
        return Ok(app.plan_make(draft.id).await?);
    }
    Err(broken("No leaf outside the service has a free port."))
}

async fn execute(context: &Context, plan: &PlanView) -> Result<u32, Failure> {
    let options = DeployOptions {
        window_minutes: plan.window_minutes,
        policy: Policy::AllOrNothing,
    };
    let begun = context.app.deployment_start(plan.hash.clone(), options).await?;
    let ended = deploy::follow(context, begun, &mut deploy::listen()?).await?;
    if context.json {
        complain(&format!("deployment {}: {}", ended.row.id, ended.row.sentence));
    } else {
        render::deployment(&ended);
    }
    if ended.row.status == DeploymentStatus::Verified {
        return Ok(ended.row.id);
    }
    Err(broken(format!(
        "Deployment {} was not verified: {}",
        ended.row.id, ended.row.sentence
    )))
}
