//! A person's interrupts, none of which is lost while something else is awaited.

use std::io;

/// Every interrupt since it was made. From then on one no longer ends the program by itself.
pub(crate) struct Interrupts {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    #[cfg(windows)]
    signal: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system takes no listener.
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        #[cfg(windows)]
        let signal = tokio::signal::windows::ctrl_c()?;
        Ok(Self { signal })
    }

    /// Waits for the next interrupt; at once where one came while nobody waited. Several that came are one.
    pub(crate) async fn next(&mut self) {
        if self.signal.recv().await.is_none() {
            // The system tells of no more.
            std::future::pending::<()>().await;
        }
    }
}
