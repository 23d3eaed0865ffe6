//! From semantic changes to the exact lines of one device (DOMAIN 9, 10).

use bk_config::statement::NotASubinterface;
use bk_config::{
    CliLine, Description, RefusedLine, Setting, Subinterface, TagForm, Target, Tree, VlanListItem,
};
use bk_model::{
    AdminState, Attachment, BridgeDomain, BridgeDomainName, Device, Encapsulation, Interface, InterfaceName,
};

use super::PlanError;
use crate::draft::Change;

/// Renders the included changes of one device: what is added first, then what is removed, members before interfaces.
///
/// The tree tells whether the instance holds lines beyond its members; then it stays, without members.
pub(crate) fn render_device(
    device: &Device,
    tree: &Tree,
    domain: &BridgeDomainName,
    changes: &[&Change],
) -> Result<Vec<CliLine>, PlanError> {
    let instance = device
        .bridge_domains
        .iter()
        .find(|instance| instance.name == *domain);
    let mut lines = Lines {
        device,
        domain,
        lines: Vec::new(),
    };
    let keeps_members = changes.iter().any(|change| change.after.is_some());
    if instance.is_none() && keeps_members {
        lines.push(
            domain,
            CliLine::set(Setting::InstanceAdminState(domain.clone(), AdminState::Enabled)),
        )?;
    }
    for change in changes {
        match (&change.before, &change.after) {
            (Some(before), Some(after)) if before.interface == after.interface => {
                lines.change_tag(before, after)?;
            }
            (before, Some(after)) => lines.attach(before.as_ref(), after)?,
            (_, None) => {}
        }
    }
    let gone: Vec<&InterfaceName> = changes
        .iter()
        .filter_map(|change| match (&change.before, &change.after) {
            (Some(before), after)
                if after
                    .as_ref()
                    .is_none_or(|after| after.interface != before.interface) =>
            {
                Some(&before.interface)
            }
            _ => None,
        })
        .collect();
    let stays = keeps_members || holds_more_than_members(tree, domain);
    lines.detach(instance, &gone, stays)?;
    Ok(lines.lines)
}

/// Tells whether an instance holds a line that is neither a plain member nor its admin-state or description.
pub(crate) fn holds_more_than_members(tree: &Tree, domain: &BridgeDomainName) -> bool {
    let above = format!("network-services bridge-domain instance {domain} ");
    tree.leaves().any(|leaf| {
        let Some(rest) = leaf.path.as_str().strip_prefix(&above) else {
            return false;
        };
        let words: Vec<&str> = rest.split(' ').collect();
        !matches!(
            words.as_slice(),
            ["admin-state" | "description", ..] | ["interface", _]
        )
    })
}

struct Lines<'a> {
    device: &'a Device,
    domain: &'a BridgeDomainName,
    lines: Vec<CliLine>,
}

impl Lines<'_> {
    fn push(&mut self, object: &impl ToString, line: Result<CliLine, RefusedLine>) -> Result<(), PlanError> {
        self.lines
            .push(line.map_err(|source| self.refused(object.to_string(), source))?);
        Ok(())
    }

    fn refused(
        &self,
        interface: String,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> PlanError {
        PlanError::Render {
            device: self.device.name.clone(),
            interface,
            source: Box::new(source),
        }
    }

    /// Makes the sub-interface a member, as it was written if it moves.
    fn attach(&mut self, before: Option<&Attachment>, after: &Attachment) -> Result<(), PlanError> {
        let name = &after.interface;
        self.push(
            name,
            CliLine::set(Setting::Member(self.domain.clone(), name.clone())),
        )?;
        // One that stands there in no service already gets what it lacks.
        let there = self.device.interfaces.get(name);
        if !there.is_some_and(|there| there.l2_service) {
            self.push(
                name,
                CliLine::set(Setting::L2Service(name.clone(), AdminState::Enabled)),
            )?;
        }
        let form = TagForm::of(&after.encapsulation)
            .filter(|_| there.is_none_or(|there| there.encapsulation != after.encapsulation));
        if let Some(form) = form {
            self.push(name, CliLine::set(Setting::Tags(name.clone(), form)))?;
        }
        let moved = before.and_then(|before| self.device.interfaces.get(&before.interface));
        moved.map_or(Ok(()), |interface| self.carry_over(interface, name))
    }

    /// A re-numbered sub-interface keeps its description, MTU and admin-state.
    fn carry_over(&mut self, from: &Interface, name: &InterfaceName) -> Result<(), PlanError> {
        if let Some(text) = &from.description {
            let description =
                Description::new(text).map_err(|source| self.refused(name.to_string(), source))?;
            self.push(
                name,
                CliLine::set(Setting::InterfaceDescription(name.clone(), description)),
            )?;
        }
        if let Some(mtu) = from.mtu {
            self.push(name, CliLine::set(Setting::Mtu(name.clone(), mtu)))?;
        }
        if let Some(state) = from.admin_state {
            self.push(
                name,
                CliLine::set(Setting::InterfaceAdminState(name.clone(), state)),
            )?;
        }
        Ok(())
    }

    fn change_tag(&mut self, before: &Attachment, after: &Attachment) -> Result<(), PlanError> {
        let name = &after.interface;
        // Whether a list that is set joins the old one or replaces it is not known (REF 6); removed first is right either way.
        if let Encapsulation::List { vlans } = &before.encapsulation {
            for item in VlanListItem::of(vlans) {
                self.push(name, CliLine::remove(Target::VlanListItem(name.clone(), item)))?;
            }
        }
        if let Some(form) = TagForm::of(&after.encapsulation) {
            self.push(name, CliLine::set(Setting::Tags(name.clone(), form)))?;
        }
        Ok(())
    }

    /// Removes memberships before sub-interfaces (REF 4.3). An instance left with nothing in it goes as a whole.
    fn detach(
        &mut self,
        instance: Option<&BridgeDomain>,
        gone: &[&InterfaceName],
        stays: bool,
    ) -> Result<(), PlanError> {
        let Some(instance) = instance.filter(|_| !gone.is_empty()) else {
            return Ok(());
        };
        let empties = !stays
            && instance
                .members
                .iter()
                .all(|member| gone.contains(&&member.interface));
        if empties {
            self.push(
                self.domain,
                CliLine::remove(Target::Instance(self.domain.clone())),
            )?;
        } else {
            for name in gone {
                self.push(
                    name,
                    CliLine::remove(Target::Member(self.domain.clone(), (*name).clone())),
                )?;
            }
        }
        for name in gone {
            let subinterface = Subinterface::new((*name).clone())
                .map_err(|source: NotASubinterface| self.refused(name.to_string(), source))?;
            self.push(name, CliLine::remove(Target::Subinterface(subinterface)))?;
        }
        Ok(())
    }
}
