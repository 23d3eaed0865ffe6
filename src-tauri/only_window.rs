//! One window per data folder: who starts Bridgekeeper again gets the window that is there already.
//!
//! Whoever holds the lock file has the window. It listens on the loopback interface, at an address that stands with a
//! secret in a file of the data folder, so that only who may read the folder can ask for the window. The operating system
//! frees the lock however its holder ends.

use std::fs::{File, TryLockError};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};
use uuid::Uuid;

/// Held by whoever has the window.
const LOCK: &str = "window.lock";
/// Where that one listens, and what is to be said there.
const ADDRESS: &str = "window.address";
/// What is answered once the window was shown.
const SHOWN: &[u8] = b"shown";
/// How long the one that has the window, or just ends, is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one question may take.
const ONE_QUESTION: Duration = Duration::from_secs(3);
/// How often it is looked again.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why a start led to no window.
#[derive(Debug, Error)]
pub(crate) enum NoWindow {
    /// The window of another process has the data folder, and that process does not answer.
    #[error(
        "another Bridgekeeper has the data folder {} and does not answer. End it, or choose another folder with --data.",
        .0.display()
    )]
    Silent(PathBuf),
    /// The data folder can't be used.
    #[error("the data folder {} could not be used: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// What a start leads to.
#[derive(Debug)]
pub(crate) enum Start {
    /// A window of its own.
    First(Seat),
    /// The window that was there already; it was shown.
    Again,
}

/// The right to have the window of a data folder.
#[derive(Debug)]
pub(crate) struct Seat {
    /// The right itself, held as long as this lives.
    pub(crate) lock: Lock,
    /// Where others ask for the window.
    pub(crate) door: Door,
}

/// Keeps others from having the window, as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Where others ask for the window, as long as it lives.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    secret: String,
}

/// Takes the seat in a data folder, or has the window shown of the one that has it.
///
/// One that is just ending frees the seat soon; one that is just starting answers soon.
///
/// # Errors
///
/// [`NoWindow`] when neither comes to be within ten seconds.
pub(crate) async fn start(folder: &Path) -> Result<Start, NoWindow> {
    start_within(folder, PATIENCE).await
}

async fn start_within(folder: &Path, patience: Duration) -> Result<Start, NoWindow> {
    let failed = |source| NoWindow::Folder {
        folder: folder.to_owned(),
        source,
    };
    let deadline = Instant::now() + patience;
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Some(seat) = Seat::take(folder).await.map_err(failed)? {
            return Ok(Start::First(seat));
        }
        let question = deadline.min(Instant::now() + ONE_QUESTION);
        match timeout_at(question, ask(folder)).await {
            Ok(Ok(())) => return Ok(Start::Again),
            Ok(Err(error)) => tracing::debug!(%error, "who has the window does not answer yet"),
            Err(_) => {}
        }
        if Instant::now() >= deadline {
            return Err(NoWindow::Silent(folder.to_owned()));
        }
    }
}

impl Seat {
    /// None while another has it.
    async fn take(folder: &Path) -> io::Result<Option<Self>> {
        std::fs::create_dir_all(folder)?;
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(LOCK))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(source)) => return Err(source),
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let secret = Uuid::new_v4().simple().to_string();
        write_private(
            &folder.join(ADDRESS),
            &format!("{} {secret}", listener.local_addr()?),
        )?;
        Ok(Some(Self {
            lock: Lock { _file: file },
            door: Door { listener, secret },
        }))
    }
}

impl Door {
    /// Shows the window to whoever starts again, until this is dropped. `show` tells whether there is a window.
    pub(crate) async fn serve(self, show: impl Fn() -> bool) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => match timeout(ONE_QUESTION, self.answer(stream, &show)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::debug!(%error, "a question for the window was not answered"),
                    Err(_) => tracing::debug!("who asked for the window said nothing"),
                },
                Err(error) => {
                    tracing::warn!(%error, "starting again no longer brings the window back");
                    return std::future::pending().await;
                }
            }
        }
    }

    async fn answer(&self, mut stream: TcpStream, show: &impl Fn() -> bool) -> io::Result<()> {
        let mut said = vec![0; self.secret.len()];
        stream.read_exact(&mut said).await?;
        if said == self.secret.as_bytes() && show() {
            stream.write_all(SHOWN).await?;
        }
        Ok(())
    }
}

/// Asks the one that has the window to show it.
async fn ask(folder: &Path) -> io::Result<()> {
    let text = tokio::fs::read_to_string(folder.join(ADDRESS)).await?;
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, "the address is not readable");
    let (address, secret) = text.split_once(' ').ok_or_else(unreadable)?;
    let address: SocketAddr = address.parse().map_err(|_| unreadable())?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(secret.as_bytes()).await?;
    let mut answer = [0; SHOWN.len()];
    stream.read_exact(&mut answer).await?;
    if answer == SHOWN {
        Ok(())
    } else {
        Err(unreadable())
    }
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Long enough for what does come, short for what does not.
    const SHORT: Duration = Duration::from_millis(300);

    async fn first(folder: &Path) -> Seat {
        match start(folder).await.unwrap() {
            Start::First(seat) => seat,
            Start::Again => panic!("another has the window"),
        }
    }

    #[tokio::test]
    async fn who_starts_again_gets_the_window_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let seat = first(folder.path()).await;
        let shown = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&shown);
        let serving = tokio::spawn(seat.door.serve(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            true
        }));
        for times in 1..=2 {
            let again = start(folder.path()).await.unwrap();
            assert!(matches!(again, Start::Again), "{again:?}");
            assert_eq!(shown.load(Ordering::Relaxed), times);
        }
        let elsewhere = tempfile::tempdir().unwrap();
        first(elsewhere.path()).await;
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
        drop(seat.lock);
        // The address of the one that ended misleads nobody.
        first(folder.path()).await;
    }

    #[tokio::test]
    async fn one_that_has_no_window_any_more_is_not_taken_for_one_that_has() {
        let folder = tempfile::tempdir().unwrap();
        let seat = first(folder.path()).await;
        let serving = tokio::spawn(seat.door.serve(|| false));
        let refused = start_within(folder.path(), SHORT).await.unwrap_err();
        assert!(matches!(refused, NoWindow::Silent(_)), "{refused}");
        serving.abort();
        let closed = start_within(folder.path(), SHORT).await.unwrap_err();
        assert!(matches!(closed, NoWindow::Silent(_)), "{closed}");
        drop(seat.lock);
        first(folder.path()).await;
    }

    #[tokio::test]
    async fn only_who_reads_the_folder_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let seat = first(folder.path()).await;
        let address = folder.path().join(ADDRESS);
        let text = std::fs::read_to_string(&address).unwrap();
        let wrong = text.replace(&seat.door.secret, &Uuid::nil().simple().to_string());
        std::fs::write(&address, wrong).unwrap();
        let serving = tokio::spawn(seat.door.serve(|| panic!("it was shown")));
        start_within(folder.path(), SHORT).await.unwrap_err();
        assert!(!serving.is_finished());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&address).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
