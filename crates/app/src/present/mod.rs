//! From the engine's types to views. Pure: what is shown follows from what is given.

mod diff;
mod domain;
mod draft;
mod plan;
mod port;
mod sentence;

pub(crate) use diff::{diff_view, text_of};
pub(crate) use domain::{DomainContext, domain_detail, domain_row, fabric_map, search};
pub(crate) use draft::{DraftContext, change_views, draft_view, impact};
pub(crate) use plan::{PlanContext, phase_label, phase_word, plan_view};
pub(crate) use port::port_offer;
pub(crate) use sentence::{finding_view, number, tier_word};
