//! The windows on the screen, as a window manager sees them.

use std::error::Error;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window,
};
use x11rb::rust_connection::RustConnection;

/// The screen of this session.
pub(crate) struct Screen {
    server: RustConnection,
    root: Window,
}

impl Screen {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let (server, number) = x11rb::connect(None)?;
        let root = server.setup().roots.get(number).ok_or("there is no screen")?.root;
        Ok(Self { server, root })
    }

    /// Whether a window of this title can be seen.
    pub(crate) fn shows(&self, title: &str) -> Result<bool, Box<dyn Error>> {
        let Some(window) = self.window(title)? else {
            return Ok(false);
        };
        let attributes = self.server.get_window_attributes(window)?.reply()?;
        Ok(attributes.map_state == MapState::VIEWABLE)
    }

    /// Asks the window of this title to close, as the button in its title bar does.
    pub(crate) fn close(&self, title: &str) -> Result<(), Box<dyn Error>> {
        let window = self.window(title)?;
        let window = window.ok_or_else(|| format!("no window has the title {title}"))?;
        let protocols = self.atom("WM_PROTOCOLS")?;
        let delete = self.atom("WM_DELETE_WINDOW")?;
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        self.server
            .send_event(false, window, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// The window of this title that takes the wish to be closed: some others only carry the title.
    fn window(&self, title: &str) -> Result<Option<Window>, Box<dyn Error>> {
        let protocols = self.atom("WM_PROTOCOLS")?;
        for window in self.server.query_tree(self.root)?.reply()?.children {
            let told = |property: Atom, kind: AtomEnum| {
                let asked = self.server.get_property(false, window, property, kind, 0, 64);
                asked.ok().and_then(|asked| asked.reply().ok())
            };
            let name = told(AtomEnum::WM_NAME.into(), AtomEnum::ANY);
            let closes = told(protocols, AtomEnum::ATOM).is_some_and(|list| list.value_len > 0);
            if closes && name.is_some_and(|name| name.value == title.as_bytes()) {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    fn atom(&self, name: &str) -> Result<Atom, Box<dyn Error>> {
        Ok(self.server.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}
