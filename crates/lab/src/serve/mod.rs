//! Starting a fabric, and everything that may be done to it from outside its terminals.

mod host;
mod options;
mod sign_ins;

pub use host::Host;
pub use options::{InventoryEntry, Latency, NoSuchDevice, Reach, ReceivedLine, ServeOptions, StartError};
pub(crate) use sign_ins::SignIns;
pub use sign_ins::{SignIn, SignInWay};

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use russh::keys::PublicKey;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::clock::{Clock, lock};
use crate::control;
use crate::device::{Device, DeviceDump, SessionId};
use crate::fault::{Fault, Gates};
use crate::forwarding::FabricView;
use crate::spec::{DeviceSpec, FabricSpec};
use crate::tree::Tree;
use host::{Access, accept};

/// Received lines that a fabric remembers.
const RECEIVED: usize = 20_000;

/// A running fabric: its devices, its clock, what was done to it.
pub struct Fabric {
    hosts: Vec<Arc<Host>>,
    by_name: HashMap<String, usize>,
    clock: Arc<Clock>,
    gates: Gates,
    options: ServeOptions,
    keys: Vec<PublicKey>,
    received: Mutex<Received>,
    pub(crate) sign_ins: SignIns,
    /// Sessions of other engineers, made by faults and the control socket.
    strangers: Mutex<HashMap<(usize, String), SessionId>>,
}

#[derive(Default)]
struct Received {
    next: u64,
    lines: VecDeque<ReceivedLine>,
}

impl FabricView for Fabric {
    fn running(&self, device: &str) -> Option<Arc<Tree>> {
        self.device(device).ok().map(|device| device.running())
    }

    fn spec(&self, device: &str) -> Option<Arc<DeviceSpec>> {
        self.device(device).ok().map(|device| Arc::clone(device.spec()))
    }
}

impl Fabric {
    /// Starts a fabric: every device listens when this returns.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(spec: FabricSpec, options: ServeOptions) -> Result<FabricHandle, StartError> {
        let keys = options.authorized_keys.iter().map(|line| {
            PublicKey::from_openssh(line).map_err(|source| StartError::AuthorizedKey {
                line: line.clone(),
                source,
            })
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let clock = Arc::new(Clock::new(options.clock));
        let mut hosts = Vec::with_capacity(spec.devices.len());
        let mut listeners = Vec::with_capacity(spec.devices.len());
        let mut by_name = HashMap::new();
        for (index, device) in spec.devices.into_iter().enumerate() {
            for name in std::iter::once(&device.name).chain(&device.aliases) {
                if by_name.insert(name.clone(), index).is_some() {
                    return Err(StartError::DuplicateName { name: name.clone() });
                }
            }
            let port = options.first_port.map_or(0, |first| {
                first.saturating_add(u16::try_from(index).unwrap_or(u16::MAX))
            });
            let wanted = SocketAddr::new(options.bind, port);
            let refused = |source| StartError::Listen {
                device: device.name.clone(),
                address: wanted,
                source,
            };
            let listener = TcpListener::bind(wanted).await.map_err(refused)?;
            let address = listener.local_addr().map_err(refused)?;
            let access = Mutex::new(Access::new(options.seed, &device.name, 0));
            let device = Arc::new(Device::new(device, options.dialect, Arc::clone(&clock)));
            hosts.push(Arc::new(Host {
                device,
                address,
                access,
            }));
            listeners.push(listener);
        }
        let with_control = options.control;
        let fabric = Arc::new(Self {
            hosts,
            by_name,
            clock,
            gates: Gates::default(),
            options,
            keys,
            received: Mutex::default(),
            sign_ins: SignIns::default(),
            strangers: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        for (host, listener) in fabric.hosts.iter().zip(listeners) {
            tasks.spawn(accept(Arc::clone(&fabric), Arc::clone(host), listener));
        }
        tasks.spawn(fire_timers(Arc::clone(&fabric)));
        let control = if with_control {
            let (address, server) = control::open(Arc::clone(&fabric))
                .await
                .map_err(StartError::Control)?;
            tasks.spawn(server);
            Some(address)
        } else {
            None
        };
        Ok(FabricHandle {
            fabric,
            notes: spec.notes,
            control,
            tasks,
        })
    }

    /// The devices' names, in the order of the spec.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|host| host.device.spec().name.as_str())
    }

    /// A device by name or alias.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn device(&self, name: &str) -> Result<&Arc<Device>, NoSuchDevice> {
        self.host(name).map(|(_, host)| &host.device)
    }

    fn host(&self, name: &str) -> Result<(usize, &Arc<Host>), NoSuchDevice> {
        let index = self.by_name.get(name).ok_or_else(|| NoSuchDevice {
            name: name.to_owned(),
        })?;
        Ok((*index, &self.hosts[*index]))
    }

    /// Where each device is reached.
    #[must_use]
    pub fn inventory(&self) -> Vec<InventoryEntry> {
        let entry = |host: &Arc<Host>| {
            let access = lock(&host.access);
            InventoryEntry {
                name: host.device.spec().name.clone(),
                address: host.address.ip(),
                port: host.address.port(),
                user: self.options.user.clone(),
                password: self.options.password.clone(),
                host_key: access.public_key.clone(),
                host_key_fingerprint: access.fingerprint.clone(),
            }
        };
        self.hosts.iter().map(entry).collect()
    }

    /// The truth about every device.
    #[must_use]
    pub fn dump(&self) -> Vec<DeviceDump> {
        self.hosts.iter().map(|host| host.device.dump()).collect()
    }

    /// The fabric's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Moves the clock; timers that are due have fired when this returns.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.tick();
    }

    /// Sets the clock; timers that are due have fired when this returns.
    pub fn set_clock(&self, to: DateTime<Utc>) {
        self.clock.set(to);
        self.tick();
    }

    fn tick(&self) {
        for host in &self.hosts {
            host.device.tick();
        }
    }

    /// The gates of this fabric.
    #[must_use]
    pub fn gates(&self) -> &Gates {
        &self.gates
    }

    /// How long things take.
    #[must_use]
    pub fn latency(&self) -> Latency {
        self.options.latency
    }

    /// Adds a fault to a device.
    ///
    /// # Errors
    /// There is no such device.
    pub fn inject(&self, device: &str, fault: Fault) -> Result<(), NoSuchDevice> {
        self.device(device)?.inject(fault);
        Ok(())
    }

    /// Makes a device reachable or not. Connections that are open break unless it stays up.
    pub fn set_reach(&self, device: &str, reach: Reach) {
        let Ok((_, host)) = self.host(device) else { return };
        let mut access = lock(&host.access);
        access.reach = reach;
        if reach != Reach::Up {
            std::mem::take(&mut access.cut).cancel();
        }
    }

    /// Gives a device another host key; returns its fingerprint.
    ///
    /// # Errors
    /// There is no such device.
    pub fn change_host_key(&self, device: &str) -> Result<String, NoSuchDevice> {
        let (_, host) = self.host(device)?;
        let mut access = lock(&host.access);
        let next = Access::new(
            self.options.seed,
            &host.device.spec().name,
            access.key_generation + 1,
        );
        let Access {
            key_generation,
            config,
            public_key,
            fingerprint,
            ..
        } = next;
        (access.key_generation, access.config) = (key_generation, config);
        (access.public_key, access.fingerprint) = (public_key, fingerprint);
        Ok(access.fingerprint.clone())
    }

    pub(crate) fn renew_host_key(&self, device: &str) {
        // Only a device that is there is asked to.
        let _ = self.change_host_key(device);
    }

    /// Every device as it was when it was switched on, reachable, with its first host key and the first time;
    /// faults, gates and other engineers are gone, connections break.
    pub fn reset(&self) {
        self.clock.restart();
        lock(&self.strangers).clear();
        self.gates.forget();
        for host in &self.hosts {
            {
                let mut access = lock(&host.access);
                std::mem::take(&mut access.cut).cancel();
                *access = Access::new(self.options.seed, &host.device.spec().name, 0);
            }
            host.device.set_dialect(self.options.dialect);
            host.device.reset();
        }
    }

    /// Every session of a login on a device ends.
    ///
    /// # Errors
    /// There is no such device.
    pub fn leave(&self, device: &str, user: &str) -> Result<(), NoSuchDevice> {
        self.device(device)?.leave(user);
        Ok(())
    }

    /// Another engineer types lines on a device, in configuration mode, on a session that stays open
    /// (`exit` at its root closes it). Returns the answers; none if there is no such device or no room.
    pub fn foreign(&self, device: &str, user: &str, lines: &[String]) -> Vec<String> {
        let Ok((index, host)) = self.host(device) else {
            return Vec::new();
        };
        let device = &host.device;
        let place = (index, user.to_owned());
        let known = lock(&self.strangers).get(&place).copied();
        let alive = known.filter(|id| device.settings(*id).is_some());
        let Some(id) = alive.or_else(|| device.open_session(user, "192.0.2.77:50022")) else {
            return Vec::new();
        };
        lock(&self.strangers).insert(place, id);
        let mut answers = Vec::new();
        for line in lines {
            if !device.prompt(id, false).contains("(cfg") {
                device.execute(id, "configure", self);
            }
            let answer = device.execute_to_end(id, line, self);
            answers.push(answer.text);
            if matches!(answer.next, crate::device::Next::Close) || !device.prompt(id, false).contains("(cfg")
            {
                device.close_session(id, None);
            }
        }
        answers
    }

    /// Runs, or forgets, the lines of lost sessions that are still on their way; returns how many.
    ///
    /// # Errors
    /// There is no such device.
    pub fn late_lines(&self, device: &str, run: bool) -> Result<usize, NoSuchDevice> {
        Ok(self.device(device)?.late_lines(run, self))
    }

    /// The lines that devices received, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedLine> {
        lock(&self.received).lines.iter().cloned().collect()
    }

    /// What was tried at the logins of all devices, oldest first.
    #[must_use]
    pub fn sign_ins(&self) -> Vec<SignIn> {
        self.sign_ins.all()
    }

    pub(crate) fn note_line(&self, device: &Device, session: SessionId, line: &str) {
        let mut received = lock(&self.received);
        let number = received.next;
        received.next += 1;
        if received.lines.len() == RECEIVED {
            received.lines.pop_front();
        }
        received.lines.push_back(ReceivedLine {
            number,
            device: device.spec().name.clone(),
            session,
            line: line.to_owned(),
            at: self.clock.now(),
        });
    }

    pub(crate) fn accepts_password(&self, user: &str, password: &str) -> bool {
        let own = (self.options.user.as_str(), self.options.password.as_str());
        let others = self
            .options
            .logins
            .iter()
            .map(|(user, password)| (user.as_str(), password.as_str()));
        std::iter::once(own)
            .chain(others)
            .any(|login| login == (user, password))
    }

    pub(crate) fn accepts_key(&self, user: &str, key: &PublicKey) -> bool {
        let known = user == self.options.user || self.options.logins.iter().any(|(login, _)| login == user);
        known
            && self
                .keys
                .iter()
                .any(|trusted| trusted.key_data() == key.key_data())
    }
}

/// Lets timers fire when the clock reaches them.
async fn fire_timers(fabric: Arc<Fabric>) {
    loop {
        let moved = fabric.clock.moved();
        let next = fabric
            .hosts
            .iter()
            .filter_map(|host| host.device.deadline())
            .min();
        tokio::select! {
            () = moved => {}
            () = fabric.clock.reached(next) => {}
        }
        fabric.tick();
    }
}

/// A running fabric. Stopped by [`FabricHandle::stop`], or abruptly when it is dropped.
pub struct FabricHandle {
    fabric: Arc<Fabric>,
    notes: Vec<String>,
    control: Option<control::Address>,
    tasks: JoinSet<()>,
}

impl FabricHandle {
    /// Where the control socket listens, and its token; none if it was not asked for.
    #[must_use]
    pub fn control(&self) -> Option<&control::Address> {
        self.control.as_ref()
    }

    /// The notes of the spec: repairs made while importing.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The fabric, to keep beside the handle.
    #[must_use]
    pub fn fabric(&self) -> Arc<Fabric> {
        Arc::clone(&self.fabric)
    }

    /// Stops listening and breaks every connection.
    pub async fn stop(mut self) {
        for host in &self.fabric.hosts {
            lock(&host.access).cut.cancel();
        }
        self.tasks.shutdown().await;
    }
}

impl std::ops::Deref for FabricHandle {
    type Target = Fabric;

    fn deref(&self) -> &Fabric {
        &self.fabric
    }
}
