//! Whether this desktop shows tray icons, followed for as long as the window's process lives.

/// What is known of the desktop's tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// It was not looked yet.
    Unknown,
    /// It shows icons.
    Here,
    /// It has none, or one that does not answer.
    Absent,
    /// Nobody can be asked: there is no session bus.
    NoBus,
}

/// Tells what is found, now and whenever it changes. Windows and macOS always have a tray.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) async fn follow(found: tokio::sync::watch::Sender<Host>) {
    found.send_replace(Host::Here);
    found.closed().await;
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use bus::follow;

/// Everywhere else a tray is whoever owns a name on the session bus.
#[cfg(all(unix, not(target_os = "macos")))]
mod bus {
    use std::time::Duration;

    use futures::{StreamExt, stream};
    use tokio::sync::watch;
    use tokio::time::timeout;
    use zbus::message::Type;
    use zbus::zvariant::Value;
    use zbus::{Connection, MatchRule, MessageStream};

    use super::Host;

    /// The name, and the interface behind it, of whoever collects tray icons.
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const WATCHER_PATH: &str = "/StatusNotifierWatcher";
    /// How long whoever is asked may take.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// News that may wait to be looked at; one look answers for all that came before it.
    const NEWS: Option<usize> = Some(16);

    /// Tells what is found, now and whenever it changes.
    pub(in super::super) async fn follow(found: watch::Sender<Host>) {
        if let Err(error) = follow_bus(&found).await {
            tracing::info!(%error, "no session bus: there is no tray");
        }
        // A session whose bus ended shows nothing any more.
        found.send_replace(Host::NoBus);
        found.closed().await;
    }

    /// Looks whenever the collector of icons comes, goes or tells something; returns when the bus ends.
    async fn follow_bus(found: &watch::Sender<Host>) -> zbus::Result<()> {
        let bus = match timeout(PATIENCE, Connection::session()).await {
            Ok(connected) => connected?,
            Err(_) => return Err(zbus::Error::Failure("the session bus does not answer".to_owned())),
        };
        let owners = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender("org.freedesktop.DBus")?
            .member("NameOwnerChanged")?
            .arg(0, WATCHER)?
            .build();
        let told = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(WATCHER)?
            .path(WATCHER_PATH)?
            .build();
        let mut news = stream::select(
            MessageStream::for_match_rule(owners, &bus, NEWS).await?,
            MessageStream::for_match_rule(told, &bus, NEWS).await?,
        );
        loop {
            let now = look(&bus).await;
            found.send_if_modified(|before| std::mem::replace(before, now) != now);
            if news.next().await.is_none() {
                return Ok(());
            }
        }
    }

    async fn look(bus: &Connection) -> Host {
        match timeout(PATIENCE, shows_icons(bus)).await {
            Ok(Ok(true)) => Host::Here,
            Ok(Ok(false)) | Err(_) => Host::Absent,
            Ok(Err(error)) => {
                tracing::debug!(%error, "nobody collects tray icons");
                Host::Absent
            }
        }
    }

    /// Whether somebody shows the icons that the collector was told of.
    async fn shows_icons(bus: &Connection) -> zbus::Result<bool> {
        let asked = (WATCHER, "IsStatusNotifierHostRegistered");
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = bus
            .call_method(Some(WATCHER), WATCHER_PATH, properties, "Get", &asked)
            .await?;
        let body = answer.body();
        let value: Value<'_> = body.deserialize()?;
        Ok(bool::try_from(value)?)
    }
}
