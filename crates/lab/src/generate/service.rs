//! One bridge domain over several devices, before it becomes lines.

use super::form::Form;

/// A bridge domain as generators describe it.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) enabled: bool,
    /// How the fabric carries it between devices; none = it is local to its devices.
    pub(crate) carried: Option<Carried>,
    pub(crate) ends: Vec<End>,
}

/// The sub-interfaces that carry a service between leaf, spine and superspine.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    pub(crate) unit: u32,
    pub(crate) form: Form,
}

/// One access attachment.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) device: String,
    /// Physical port or bundle.
    pub(crate) parent: String,
    /// The unit of the sub-interface; none = the whole port.
    pub(crate) unit: Option<u32>,
    pub(crate) form: Form,
    /// Tag that the host adds of its own where the attachment accepts any.
    pub(crate) customer: Option<u16>,
    /// Further statements under `interfaces NAME`, and under the member if they start with `storm-control`.
    pub(crate) extra: Vec<String>,
}

impl End {
    /// The name of the member interface.
    pub(crate) fn interface(&self) -> String {
        match self.unit {
            Some(unit) => format!("{}.{unit}", self.parent),
            None => self.parent.clone(),
        }
    }
}

impl Service {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            enabled: true,
            carried: None,
            ends: Vec::new(),
        }
    }

    pub(crate) fn described(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    pub(crate) fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Carried between devices as `vlan-id V` in unit V.
    pub(crate) fn over(self, vlan: u16) -> Self {
        self.over_unit(u32::from(vlan), Form::Single(vlan))
    }

    /// Carried between devices in a unit that need not equal the tag.
    pub(crate) fn over_unit(mut self, unit: u32, form: Form) -> Self {
        self.carried = Some(Carried { unit, form });
        self
    }

    /// An end on a sub-interface.
    pub(crate) fn end(mut self, device: &str, parent: &str, unit: u32, form: Form) -> Self {
        self.ends.push(End {
            device: device.to_owned(),
            parent: parent.to_owned(),
            unit: Some(unit),
            form,
            customer: None,
            extra: Vec::new(),
        });
        self
    }

    /// An end `vlan-id V` on unit V.
    pub(crate) fn tagged(self, device: &str, parent: &str, vlan: u16) -> Self {
        self.end(device, parent, u32::from(vlan), Form::Single(vlan))
    }

    /// An end on a whole port or bundle.
    pub(crate) fn whole(mut self, device: &str, parent: &str, form: Form) -> Self {
        self.ends.push(End {
            device: device.to_owned(),
            parent: parent.to_owned(),
            unit: None,
            form,
            customer: None,
            extra: Vec::new(),
        });
        self
    }

    /// The tag that the host behind the last end adds of its own.
    pub(crate) fn customer(mut self, tag: u16) -> Self {
        if let Some(end) = self.ends.last_mut() {
            end.customer = Some(tag);
        }
        self
    }

    /// A further statement of the last end.
    pub(crate) fn with(mut self, statement: &str) -> Self {
        if let Some(end) = self.ends.last_mut() {
            end.extra.push(statement.to_owned());
        }
        self
    }
}
