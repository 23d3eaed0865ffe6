//! Grown fabrics: many services of many people, in the proportions that such labs have.

use crate::spec::{DnosVersion, FabricSpec, Role};

use super::access::Access;
use super::builder::FabricBuilder;
use super::draw::Draw;
use super::form::Form;
use super::names::Names;
use super::service::Service;
use super::sites::{SUPERSPINE, leaf_access, leaf_version, superspine};

/// What a population is made of.
struct Shape {
    /// The spines, each with its leaves.
    rows: Vec<(String, Vec<String>)>,
    /// Bridge domains to make, the two management services among them.
    services: usize,
    /// Of 100 services, how many cross the superspine.
    three_tier: usize,
    /// Of 100 services, how many stay under one spine.
    two_tier: usize,
    /// Ports on leaves and spines.
    ports: usize,
}

/// A fabric while services are being added.
struct Population {
    fabric: FabricBuilder,
    draw: Draw,
    names: Names,
    /// VLANs that no carried service uses yet; each is used once in the whole fabric.
    vlans: Vec<u16>,
    /// The access side of the leaves, row by row.
    rows: Vec<Vec<Access>>,
    superspine: Access,
    made: usize,
}

pub(super) fn lab(seed: u64) -> FabricSpec {
    let rows = [
        (
            "SPINE-A08",
            vec!["A01", "A02", "A03", "A04", "A05-1", "A05-2", "A06", "A07"],
        ),
        (
            "SPINE-A09",
            vec!["A10", "A11-1", "A11-2", "A12", "A13", "A14", "A15", "A16"],
        ),
        (
            "SPINE-B08",
            vec!["B01", "B02", "B03", "B04", "B05", "B06-1", "B06-2_NCPL", "B07"],
        ),
        ("SPINE-B09", vec!["B10", "B14", "B15", "B16"]),
        (
            "SPINE-C09",
            vec!["C10", "C11", "C12-A", "C12-B", "C13", "C14", "C15", "C16"],
        ),
        ("SPINE-D14", vec!["D12", "D13", "D16"]),
        ("SPINE-F09", vec!["F14", "F15", "F16"]),
    ];
    let leaf_name = |rack: &str| match rack {
        "D13" | "D16" => format!("LEAF_{rack}"),
        _ => format!("LEAF-{rack}"),
    };
    let rows = rows
        .into_iter()
        .map(|(spine, racks)| (spine.to_owned(), racks.into_iter().map(leaf_name).collect()))
        .collect();
    let shape = Shape {
        rows,
        services: 740,
        three_tier: 13,
        two_tier: 17,
        ports: 40,
    };
    let mut population = Population::new(&shape, seed);
    population.families();
    population.fill(&shape);
    population.fabric.build()
}

pub(super) fn scale(seed: u64) -> FabricSpec {
    let rows = (1..=40)
        .map(|row| {
            let leaves = if row == 40 { 23 } else { 24 };
            let leaf = |number| format!("LEAF-{row:02}-{number:02}");
            (format!("SPINE-{row:02}"), (1..=leaves).map(leaf).collect())
        })
        .collect();
    let shape = Shape {
        rows,
        services: 10_000,
        three_tier: 8,
        two_tier: 28,
        ports: 64,
    };
    let mut population = Population::new(&shape, seed);
    population.fill(&shape);
    population.fabric.build()
}

impl Population {
    fn new(shape: &Shape, seed: u64) -> Self {
        let mut draw = Draw::new(seed);
        let mut vlans: Vec<u16> = (2..=4090).filter(|vlan| ![998, 999].contains(vlan)).collect();
        for index in (1..vlans.len()).rev() {
            vlans.swap(index, draw.below(index + 1));
        }
        let (fabric, superspine) = superspine(shape.rows.len());
        let mut population = Self {
            fabric,
            draw,
            names: Names::default(),
            vlans,
            rows: Vec::new(),
            superspine,
            made: 0,
        };
        for (row, (spine, leaves)) in shape.rows.iter().enumerate() {
            population.row(shape, row, spine, leaves);
        }
        for (name, vlan) in [("g_mgmt_v998", 998), ("g_mgmt_v999", 999)] {
            let name = population.names.fresh(name);
            population.fabric.everywhere(&name, vlan);
            population.made += 1;
        }
        population
            .fabric
            .instance_line(SUPERSPINE, "g_mgmt_v999", "router-interface irb999");
        population
            .fabric
            .statement(SUPERSPINE, "irb999", "ipv4-address 192.0.2.129/25");
        population
    }

    /// A spine and its leaves.
    fn row(&mut self, shape: &Shape, row: usize, spine: &str, leaves: &[String]) {
        let fabric = &mut self.fabric;
        fabric.add(
            spine,
            Role::Spine,
            DnosVersion::new("25.4.13", "146_prod"),
            "SA-40C",
        );
        fabric.ports(spine, "ge100-0/0/", shape.ports, 100);
        let near = [shape.ports - 2, shape.ports - 1].map(|port| format!("ge100-0/0/{port}"));
        let far = [2 * row, 2 * row + 1].map(|port| format!("ge100-4/0/{port}"));
        let members = [
            (near[0].as_str(), far[0].as_str()),
            (near[1].as_str(), far[1].as_str()),
        ];
        fabric.join(
            (spine, "bundle-60000"),
            (SUPERSPINE, &format!("bundle-{}", 60001 + row)),
            &members,
            None,
        );
        let announced = row
            .is_multiple_of(3)
            .then(|| spine.replace("SPINE-", "SPINE-NCP1-"));
        let mut accesses = Vec::new();
        for (number, leaf) in leaves.iter().enumerate() {
            fabric.add(leaf, Role::Leaf, leaf_version(&mut self.draw), "SA-40C");
            fabric.ports(leaf, "ge100-0/0/", 40, 100);
            let far = [2 * number, 2 * number + 1].map(|port| format!("ge100-0/0/{port}"));
            let members = [
                ("ge100-0/0/36", far[0].as_str()),
                ("ge100-0/0/37", far[1].as_str()),
            ];
            let to_leaf = format!("bundle-{}", 60001 + number);
            fabric.join(
                (leaf, "bundle-60000"),
                (spine, &to_leaf),
                &members,
                announced.as_deref(),
            );
            accesses.push(leaf_access(fabric, &mut self.draw, leaf));
        }
        self.rows.push(accesses);
    }

    fn fill(&mut self, shape: &Shape) {
        while self.made < shape.services {
            self.one(shape);
            self.made += 1;
        }
    }

    /// One service of a random reach, form and owner.
    fn one(&mut self, shape: &Shape) {
        let reach = self.draw.below(100);
        let oddity = self.draw.below(200);
        match (reach, oddity) {
            (_, 0) => return self.bare(),
            (_, 1) => self.orphan(),
            _ => {}
        }
        if reach < shape.three_tier {
            self.carried(true);
        } else if reach < shape.three_tier + shape.two_tier {
            self.carried(false);
        } else {
            self.local();
        }
    }

    /// A service between devices.
    fn carried(&mut self, three_tier: bool) {
        let Some(vlan) = self.vlans.pop() else {
            return self.local();
        };
        let ends = 2 + self.draw.below(10) / 7;
        let first_row = self.draw.below(self.rows.len());
        let name = match self.draw.below(10) {
            0 | 1 => self.names.free(&mut self.draw, vlan),
            2 => self.names.local(&mut self.draw, Some(vlan)),
            _ => self.names.global(&mut self.draw, vlan),
        };
        let kind = self.draw.below(100);
        let unit = if self.draw.chance(8) {
            10_000 + u32::from(vlan)
        } else {
            u32::from(vlan)
        };
        let inner = 1 + vlan % 4000;
        let mut service = Service::new(&name).over_unit(
            unit,
            if kind >= 95 {
                Form::Double(vlan, inner)
            } else {
                Form::Single(vlan)
            },
        );
        if self.draw.chance(2) {
            service = service.disabled();
        }
        for end in 0..ends {
            let row = if three_tier {
                (first_row + end) % self.rows.len()
            } else {
                first_row
            };
            let access = if three_tier && end == 2 {
                &mut self.superspine
            } else {
                let leaves = self.rows[row].len();
                &mut self.rows[row][(end + self.draw.below(leaves).min(self.draw.below(leaves))) % leaves]
            };
            service = carried_end(service, access, &mut self.draw, kind, vlan, unit, inner);
        }
        self.fabric.service(&service);
        if self.draw.chance(2) {
            self.break_path(&service, unit);
        }
    }

    /// Takes the sub-interface of one hop away, as an unfinished edit does.
    fn break_path(&mut self, service: &Service, unit: u32) {
        if let Some(end) = service.ends.first().filter(|end| end.device != SUPERSPINE) {
            let device = end.device.clone();
            self.fabric.forget(&device, &format!("bundle-60000.{unit}"));
        }
    }

    /// A service between ports of one leaf.
    fn local(&mut self) {
        let row = self.draw.below(self.rows.len());
        let leaves = self.rows[row].len();
        let leaf = self.draw.below(leaves).min(self.draw.below(leaves));
        let access = &mut self.rows[row][leaf];
        let draw = &mut self.draw;
        let device = access.device.clone();
        let kind = if access.whole_left() < 2 {
            0
        } else {
            draw.below(100)
        };
        let service = match kind {
            72..90 => {
                let vlan = draw.between(2, 4090) as u16;
                let name = self.names.local(draw, Some(vlan));
                whole_pair(&name, access, &Form::PortPush(vlan))
            }
            90..93 => {
                let name = self.names.local(draw, None);
                whole_pair(&name, access, &Form::Port)
            }
            93..96 => {
                let low = draw.between(100, 3800);
                let name = self.names.local(draw, None);
                listed_pair(&name, access, &Form::List(format!("{low}-{}", low + 50)))
            }
            96..98 => {
                let low = draw.between(100, 3800);
                let name = self.names.local(draw, None);
                listed_pair(&name, access, &Form::Preserve(format!("{low}-{}", low + 4)))
            }
            _ => {
                let (vlan, parents) = access.local_vlan(draw, 2);
                let name = if draw.chance(25) {
                    self.names.free(draw, vlan)
                } else if draw.chance(15) {
                    self.names.global(draw, vlan)
                } else {
                    self.names.local(draw, Some(vlan))
                };
                let unit = if draw.chance(8) {
                    20_000 + u32::from(vlan)
                } else {
                    u32::from(vlan)
                };
                let form = if draw.chance(3) {
                    Form::List(vlan.to_string())
                } else {
                    Form::Single(vlan)
                };
                parents.iter().fold(Service::new(&name), |service, parent| {
                    service.end(&device, parent, unit, form.clone())
                })
            }
        };
        self.fabric.service(&service);
    }

    /// An instance that nobody finished.
    fn bare(&mut self) {
        let row = self.draw.below(self.rows.len());
        let device = self.rows[row][0].device.clone();
        let vlan = self.draw.between(2, 4090) as u16;
        let name = self.names.free(&mut self.draw, vlan);
        self.fabric.bare_instance(&device, &name);
    }

    /// A sub-interface that no bridge domain has.
    fn orphan(&mut self) {
        let row = self.draw.below(self.rows.len());
        let access = &mut self.rows[row][0];
        let (vlan, parents) = access.local_vlan(&mut self.draw, 1);
        let interface = format!("{}.{vlan}", parents[0]);
        let device = access.device.clone();
        self.fabric.statement(&device, &interface, "l2-service enabled");
        self.fabric
            .statement(&device, &interface, &format!("vlan-id {vlan}"));
    }

    /// Families of services that differ in one number: 89 double-tagged ones of one outer tag on one
    /// leaf, and six that share an outer tag on another.
    fn families(&mut self) {
        let (first, second) = ("ge100-0/0/32", "ge100-0/0/33");
        let leaf = self.rows[0][0].device.clone();
        for number in 1..=89_u16 {
            let name = self.names.fresh(&format!("DUNLIN_double_tag_{number}"));
            let form = Form::Double(1500, number);
            let unit = 1500 + u32::from(number);
            let service = Service::new(&name)
                .end(&leaf, first, unit, form.clone())
                .end(&leaf, second, unit, form);
            self.fabric.service(&service);
            self.made += 1;
        }
        let leaf = self.rows[1][0].device.clone();
        for number in 1..=6_u16 {
            let name = self.names.fresh(&format!("l_rowan_dtag_{number}"));
            let range = format!("{}-{}", number * 100, number * 100 + 99);
            let unit = 400 + u32::from(number);
            let service = Service::new(&name)
                .end(&leaf, first, unit, Form::ListPush(range.clone(), 1428))
                .end(&leaf, second, unit, Form::DoubleList(1428, range));
            self.fabric.service(&service);
            self.made += 1;
        }
    }
}

/// An end of a carried service, on a port of its own where the form wants one and one is left.
fn carried_end(
    service: Service,
    access: &mut Access,
    draw: &mut Draw,
    kind: usize,
    vlan: u16,
    unit: u32,
    inner: u16,
) -> Service {
    let device = access.device.clone();
    if (75..95).contains(&kind) && access.whole_left() > 0 {
        let parent = access.whole().expect("one is left");
        return service
            .whole(&device, &parent, Form::PortPush(vlan))
            .customer(100);
    }
    let Some(parent) = access.tagged(draw, vlan) else {
        return service;
    };
    match kind {
        95.. => service.end(&device, &parent, unit, Form::Double(vlan, inner)),
        _ => service.end(&device, &parent, unit, Form::Single(vlan)),
    }
}

/// Two whole ports of one leaf.
fn whole_pair(name: &str, access: &mut Access, form: &Form) -> Service {
    let device = access.device.clone();
    (0..2)
        .filter_map(|_| access.whole())
        .fold(Service::new(name), |service, parent| {
            service.whole(&device, &parent, form.clone())
        })
}

/// Two ports of one leaf with a list each.
fn listed_pair(name: &str, access: &mut Access, form: &Form) -> Service {
    let device = access.device.clone();
    (0..2)
        .filter_map(|_| access.whole())
        .fold(Service::new(name), |service, parent| {
            service.end(&device, &parent, 100, form.clone())
        })
}
