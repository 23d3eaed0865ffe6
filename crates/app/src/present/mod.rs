//! From the engine's types to views. Pure: what is shown follows from what is given.

mod diff;
mod domain;
mod draft;
mod meaning;
mod plan;
mod port;
mod scan;
mod sentence;

pub(crate) use crate::deployments::check_label;
pub(crate) use diff::text_of;
pub(crate) use domain::{DomainContext, domain_detail, domain_row, fabric_map, not_editable, search};
pub(crate) use draft::{DraftContext, draft_view};
pub(crate) use plan::{PlanContext, phase_word, plan_view};
pub(crate) use port::port_offer;
pub(crate) use scan::{ScanContext, scan_report, scanned_device, unscanned_device};
pub(crate) use sentence::{counted, finding_view, number, tier_word};
