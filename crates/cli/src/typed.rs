//! What a person types, line by line.

use std::io::BufRead;

use tokio::sync::{Mutex, MutexGuard, mpsc};

/// The lines of standard input. One thread reads them for the whole run, so that no line is lost to a question that is
/// over; it ends with the program.
#[derive(Default)]
pub(crate) struct Typed {
    lines: Mutex<Option<mpsc::Receiver<String>>>,
}

impl Typed {
    /// Begins a question. What was typed before it was asked answers nothing.
    pub(crate) async fn ask(&self) -> Question<'_> {
        let lines = self.lines.lock().await;
        let mut lines = MutexGuard::map(lines, |lines| lines.get_or_insert_with(read));
        while lines.try_recv().is_ok() {}
        Question { lines }
    }
}

/// A question that is open.
pub(crate) struct Question<'a> {
    lines: tokio::sync::MappedMutexGuard<'a, mpsc::Receiver<String>>,
}

impl Question<'_> {
    /// Waits for the next line, without blanks around it; none where nothing can be typed any more. Nothing is lost when
    /// it is dropped while it waits.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.lines.recv().await
    }
}

fn read() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        let typed = std::io::stdin().lock().lines();
        for line in typed.map_while(Result::ok) {
            if sender.blocking_send(line.trim().to_owned()).is_err() {
                return;
            }
        }
    });
    lines
}
