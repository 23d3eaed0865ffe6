//! The lock of the data folder. Whoever runs a deployment holds it alone, window or command; recovery acts only when it is
//! free. Whoever only looks shares it for a moment, so that a look is never taken for a deployment.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use thiserror::Error;

/// Attempts to take the lock while others look at it. A look lasts a few microseconds.
const ATTEMPTS: usize = 10_000;

/// Why the lock could not be taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("{holder} runs a deployment from this data folder")]
    Held {
        /// Who, as far as it said so ("bk, process 4711").
        holder: String,
    },
    /// The lock file can't be used.
    #[error("{path} could not be locked")]
    File {
        /// The lock file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// The lock file of one data folder.
#[derive(Debug)]
pub(crate) struct FolderLock {
    path: PathBuf,
    held: Mutex<Weak<HeldLock>>,
}

/// The lock, as long as this lives. The operating system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct HeldLock {
    _file: File,
}

impl FolderLock {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("deployment.lock"),
            held: Mutex::new(Weak::new()),
        }
    }

    /// Takes the lock, or shares it with the deployments that this process runs already.
    pub(crate) fn acquire(&self) -> Result<Arc<HeldLock>, LockError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = held.upgrade() {
            return Ok(mine);
        }
        let failed = |source| LockError::File {
            path: self.path.clone(),
            source,
        };
        let mut file = self.open().map_err(failed)?;
        take(&mut file, failed)?;
        sign(&mut file).map_err(failed)?;
        let mine = Arc::new(HeldLock { _file: file });
        *held = Arc::downgrade(&mine);
        Ok(mine)
    }

    /// Tells whether another process holds the lock now.
    pub(crate) fn is_held_by_another(&self) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.strong_count() > 0 {
            return false;
        }
        // The look ends with the file.
        let look = self.open().map(|file| file.try_lock_shared());
        matches!(look, Ok(Err(TryLockError::WouldBlock)))
    }

    fn open(&self) -> std::io::Result<File> {
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)
    }
}

/// Takes the lock alone. Where that fails, a look of our own tells who stands in the way: one who deploys lets nobody look;
/// those who look are gone in a moment, and it is tried again.
fn take(file: &mut File, failed: impl Fn(std::io::Error) -> LockError) -> Result<(), LockError> {
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map_err(&failed)?,
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { holder: holder(file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        std::thread::yield_now();
    }
    Err(failed(std::io::ErrorKind::WouldBlock.into()))
}

/// Says in the file who holds it, for the message that another process shows.
fn sign(file: &mut File) -> std::io::Result<()> {
    let program = std::env::args_os().next().map(PathBuf::from);
    let name = program
        .as_deref()
        .and_then(Path::file_name)
        .map_or_else(String::new, |name| name.display().to_string());
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    write!(file, "{name}, process {}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(200).read_to_string(&mut text);
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    match read {
        Ok(_) if !clean.is_empty() => clean,
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_holders_of_one_folder_exclude_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (FolderLock::new(folder.path()), FolderLock::new(folder.path()));
        assert!(!two.is_held_by_another());
        let mine = one.acquire().unwrap();
        let shared = one.acquire().unwrap();
        assert!(!one.is_held_by_another());
        assert!(two.is_held_by_another());
        let refused = two.acquire().unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(mine);
        assert!(
            two.is_held_by_another(),
            "the second deployment of the same process still runs"
        );
        drop(shared);
        two.acquire().unwrap();
    }

    #[test]
    fn a_look_is_no_holder() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (FolderLock::new(folder.path()), FolderLock::new(folder.path()));
        let look = one.open().unwrap();
        look.lock_shared().unwrap();
        assert!(!two.is_held_by_another());
        // One that never ends is not waited for, and nobody is said to deploy.
        let refused = two.acquire().unwrap_err();
        assert!(matches!(refused, LockError::File { .. }), "{refused}");
        drop(look);
        two.acquire().unwrap();
    }

    #[test]
    fn the_lock_is_taken_while_others_look_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (FolderLock::new(folder.path()), FolderLock::new(folder.path()));
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    one.is_held_by_another();
                }
            });
            let taken: Vec<bool> = (0..200).map(|_| two.acquire().is_ok()).collect();
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(taken, [true; 200]);
        });
    }
}
