//! A tray: whoever owns the name of the watcher is told of icons, and asks each for its menu.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::fdo::PropertiesProxy;
use zbus::names::InterfaceName;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, interface};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// One line of a menu: its number, what is said of it, and the lines below it.
type Line = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The icons that were announced, the newest last.
#[derive(Clone, Default)]
struct Icons(Arc<Mutex<Vec<String>>>);

struct Watcher {
    icons: Icons,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        let mut icons = self.icons.0.lock().unwrap_or_else(PoisonError::into_inner);
        icons.push(service);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.icons
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// The tray of the session.
pub(crate) struct Tray {
    bus: Connection,
    icons: Icons,
}

impl Tray {
    pub(crate) async fn open() -> Result<Self, Box<dyn Error>> {
        let bus = Connection::session().await?;
        let icons = Icons::default();
        let watcher = Watcher { icons: icons.clone() };
        bus.object_server().at(WATCHER_PATH, watcher).await?;
        Ok(Self { bus, icons })
    }

    /// From now on icons are shown.
    pub(crate) async fn show(&self) -> Result<(), Box<dyn Error>> {
        Ok(self.bus.request_name(WATCHER).await?)
    }

    /// From now on none is.
    pub(crate) async fn hide(&mut self) -> Result<(), Box<dyn Error>> {
        self.bus.release_name(WATCHER).await?;
        self.icons
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        Ok(())
    }

    /// What the newest icon says when it is pointed at.
    pub(crate) async fn tooltip(&self) -> Result<String, Box<dyn Error>> {
        type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let told = self.told("ToolTip").await?;
        let (_, _, _, text) = ToolTip::try_from(told)?;
        Ok(text)
    }

    /// The lines of its menu.
    pub(crate) async fn menu(&self) -> Result<Vec<String>, Box<dyn Error>> {
        let lines = self.lines().await?;
        Ok(lines.into_iter().map(|(_, label)| label).collect())
    }

    /// Chooses a line of its menu.
    pub(crate) async fn choose(&self, label: &str) -> Result<(), Box<dyn Error>> {
        let lines = self.lines().await?;
        let line = lines.iter().find(|(_, own)| own == label);
        let (id, _) = line.ok_or_else(|| format!("the menu has no line {label}"))?;
        let event = (*id, "clicked", Value::from(0), 0_u32);
        let menu = self.menu_path().await?;
        self.bus
            .call_method(
                Some(self.newest()?.as_str()),
                menu.as_str(),
                Some(MENU),
                "Event",
                &event,
            )
            .await?;
        Ok(())
    }

    /// Clicks on it.
    pub(crate) async fn click(&self) -> Result<(), Box<dyn Error>> {
        let icon = self.newest()?;
        self.bus
            .call_method(Some(icon.as_str()), ITEM_PATH, Some(ITEM), "Activate", &(0, 0))
            .await?;
        Ok(())
    }

    /// Number and text of each line that has one.
    async fn lines(&self) -> Result<Vec<(i32, String)>, Box<dyn Error>> {
        let menu = self.menu_path().await?;
        let everything = (0, -1, Vec::<String>::new());
        let answer = self
            .bus
            .call_method(
                Some(self.newest()?.as_str()),
                menu.as_str(),
                Some(MENU),
                "GetLayout",
                &everything,
            )
            .await?;
        let (_, (_, _, children)): (u32, Line) = answer.body().deserialize()?;
        let mut lines = Vec::new();
        for child in children {
            let (id, mut properties, _) = Line::try_from(child)?;
            if let Some(label) = properties.remove("label") {
                lines.push((id, String::try_from(label)?));
            }
        }
        Ok(lines)
    }

    async fn menu_path(&self) -> Result<String, Box<dyn Error>> {
        let path = zbus::zvariant::OwnedObjectPath::try_from(self.told("Menu").await?)?;
        Ok(path.to_string())
    }

    async fn told(&self, property: &str) -> Result<OwnedValue, Box<dyn Error>> {
        let properties = PropertiesProxy::builder(&self.bus)
            .destination(self.newest()?)?
            .path(ITEM_PATH)?
            .build()
            .await?;
        Ok(properties.get(InterfaceName::try_from(ITEM)?, property).await?)
    }

    fn newest(&self) -> Result<String, Box<dyn Error>> {
        let icons = self.icons.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(icons.last().ok_or("there is no icon")?.clone())
    }
}
