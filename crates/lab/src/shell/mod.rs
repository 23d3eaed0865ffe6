//! The terminal side of a device: echo, redraw, questions, paging, broadcasts, faults (REF 1 to 3).
//!
//! A shell reads bytes from a channel and writes bytes to another; it knows nothing of SSH.

mod editor;
mod pager;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use tokio::sync::{broadcast, mpsc};

use crate::device::{Answer, Device, Next, Notice, SessionId};
use crate::dialect::{Broadcast, ErrorReset};
use crate::fault::{Action, Fault, Moment};
use crate::serve::{Fabric, Reach};
use editor::{Editor, Key};
use pager::Pager;

/// What a terminal sends.
#[derive(Debug)]
pub enum Input {
    /// Typed bytes.
    Bytes(Bytes),
    /// The window has so many rows.
    Rows(u16),
}

/// What a terminal gets.
#[derive(Debug)]
pub enum Output {
    /// Bytes to show.
    Bytes(Bytes),
    /// The session ended in order.
    Exit,
    /// The connection breaks.
    Drop,
}

/// The end of a session, whatever the reason.
#[derive(Debug)]
struct Gone;

type Flow<T> = Result<T, Gone>;

/// One session at its terminal.
pub struct Shell {
    fabric: Arc<Fabric>,
    device: Arc<Device>,
    id: SessionId,
    input: mpsc::Receiver<Input>,
    output: mpsc::Sender<Output>,
    notices: broadcast::Receiver<Notice>,
    editor: Editor,
    /// Set when the connection is lost with a line on its way.
    late: Option<String>,
}

impl Shell {
    /// A shell for a session that was opened on the device.
    #[must_use]
    pub fn new(
        fabric: Arc<Fabric>,
        device: Arc<Device>,
        id: SessionId,
        input: mpsc::Receiver<Input>,
        output: mpsc::Sender<Output>,
    ) -> Self {
        let notices = device.subscribe();
        Self {
            fabric,
            device,
            id,
            input,
            output,
            notices,
            editor: Editor::default(),
            late: None,
        }
    }

    /// Runs until the session is over, and closes it on the device.
    pub async fn run(mut self) {
        let Gone = match self.serve().await {
            Ok(never) => match never {},
            Err(gone) => gone,
        };
        self.device.close_session(self.id, self.late.take());
    }

    async fn serve(&mut self) -> Flow<std::convert::Infallible> {
        let blank = " ".repeat(24);
        self.raw(&format!("DRIVENETS CLI Loading...\r{blank}\r")).await?;
        loop {
            let prompt = self.device.prompt(self.id, false);
            self.raw(&prompt).await?;
            let line = self.read_line(&prompt, true).await?;
            if let Some(line) = line {
                self.stamp(&line).await?;
                self.take(&line).await?;
            }
        }
    }

    /// Redraws the line with the time in the prompt (REF 1.3).
    async fn stamp(&mut self, line: &str) -> Flow<()> {
        let stamped = self.device.prompt(self.id, true);
        if stamped == self.device.prompt(self.id, false) {
            return Ok(());
        }
        self.raw(&format!("\x1b[F{stamped}{line}\r\n")).await
    }

    /// Runs one line with the faults that wait for it, and the questions that it leads to.
    async fn take(&mut self, line: &str) -> Flow<()> {
        let faults = self.device.faults_on(line);
        let at = |moment: Moment| faults.iter().filter(move |fault| fault.moment == moment);
        self.fabric.note_line(&self.device, self.id, line);
        let mut refusal = None;
        for fault in at(Moment::BeforeLine) {
            match &fault.action {
                Action::Refuse(text) => refusal = Some(text.clone()),
                Action::Lose => {
                    self.late = Some(line.to_owned());
                    return self.drop_connection().await;
                }
                action => self.suffer(action).await?,
            }
        }
        let mut answer = match refusal {
            Some(text) => Answer {
                text: with_line_end(&text),
                failed: true,
                paged: false,
                next: Next::Prompt,
            },
            None => self.execute(line).await,
        };
        for fault in at(Moment::BeforeAnswer) {
            match &fault.action {
                Action::Answer(text) => {
                    answer = Answer {
                        text: with_line_end(text),
                        failed: false,
                        paged: false,
                        next: answer.next,
                    };
                }
                action => self.suffer(action).await?,
            }
        }
        let middle: Vec<&Fault> = at(Moment::MidAnswer).collect();
        self.show(&answer, &middle, &faults).await?;
        match answer.next {
            Next::Prompt | Next::Commit(_) => Ok(()),
            Next::Close => {
                self.send(Output::Exit).await?;
                Err(Gone)
            }
            Next::Monitor => self.until_interrupt().await,
            Next::Ask(question) => {
                self.raw(&question).await?;
                let reply = self.read_line(&question, false).await?;
                Box::pin(self.take(&reply.unwrap_or_default())).await
            }
        }
    }

    /// Runs a line to its end. A commit goes on even if the terminal goes away meanwhile (REF 1.1).
    async fn execute(&mut self, line: &str) -> Answer {
        let answer = self.device.execute(self.id, line, self.fabric.as_ref());
        let latency = self.fabric.latency();
        let Next::Commit(job) = &answer.next else {
            pause(latency.line).await;
            return answer;
        };
        pause(latency.commit).await;
        self.device.finish_commit(self.id, job)
    }

    /// What a fault does that has nothing to do with the answer.
    async fn suffer(&mut self, action: &Action) -> Flow<()> {
        match action {
            Action::Drop | Action::Lose => self.drop_connection().await,
            Action::Hang => self.hang().await,
            Action::Unreachable => {
                self.fabric.set_reach(&self.device.spec().name, Reach::Refuses);
                Err(Gone)
            }
            Action::Gate(name) => {
                let fabric = Arc::clone(&self.fabric);
                fabric.gates().pass(name).await;
                Ok(())
            }
            Action::Delay(millis) => {
                pause(Duration::from_millis(*millis)).await;
                Ok(())
            }
            Action::Insert(text) => self.raw(&text.replace('\n', "\r\n")).await,
            Action::Reboot => {
                self.device.reboot();
                Err(Gone)
            }
            Action::Foreign { user, lines } => {
                self.fabric.foreign(&self.device.spec().name, user, lines);
                Ok(())
            }
            Action::Advance(seconds) => {
                self.fabric.advance(TimeDelta::seconds(*seconds));
                Ok(())
            }
            Action::TimerEnds => {
                self.device.end_timer();
                Ok(())
            }
            Action::CommitRuns(user) => {
                self.device.run_foreign_commit(user.as_deref());
                Ok(())
            }
            Action::ChangeHostKey => {
                self.fabric.renew_host_key(&self.device.spec().name);
                Ok(())
            }
            Action::Crowd(user) => {
                self.device.crowd(user);
                Ok(())
            }
            // These shape the answer itself.
            Action::Slow(_) | Action::Garble | Action::Truncate | Action::Refuse(_) | Action::Answer(_) => {
                Ok(())
            }
        }
    }

    /// Prints an answer, in pages if it is long, with what goes wrong in its middle.
    async fn show(&mut self, answer: &Answer, middle: &[&Fault], all: &[Fault]) -> Flow<()> {
        let settings = self.device.settings(self.id).ok_or(Gone)?;
        let reset = match self.device.dialect().error_reset {
            ErrorReset::Always => true,
            ErrorReset::Coloured => settings.colour,
        };
        let end = if answer.failed && reset { "\x1b[0m" } else { "" };
        let slow = all.iter().find_map(|fault| {
            if let Action::Slow(millis) = fault.action {
                Some(millis)
            } else {
                None
            }
        });
        if !middle.is_empty() || slow.is_some() {
            return self.show_broken(&answer.text, end, middle, slow).await;
        }
        let length = settings.length.unwrap_or(settings.rows);
        if answer.paged && length > 0 && answer.text.lines().count() > usize::from(length) {
            return self.page(Pager::new(&answer.text, usize::from(length))).await;
        }
        self.raw(&(answer.text.replace('\n', "\r\n") + end)).await
    }

    async fn show_broken(&mut self, text: &str, end: &str, middle: &[&Fault], slow: Option<u64>) -> Flow<()> {
        let text = text.replace('\n', "\r\n") + end;
        let mut half = text.len() / 2;
        while !text.is_char_boundary(half) {
            half -= 1;
        }
        let (first, second) = text.split_at(half);
        self.trickle(first, slow).await?;
        let mut second = second.to_owned();
        for fault in middle {
            match &fault.action {
                Action::Garble => second = garbled(&second),
                Action::Truncate => second.clear(),
                action => self.suffer(action).await?,
            }
        }
        self.trickle(&second, slow).await
    }

    async fn trickle(&mut self, text: &str, slow: Option<u64>) -> Flow<()> {
        let Some(millis) = slow else {
            return self.raw(text).await;
        };
        for c in text.chars() {
            self.raw(c.encode_utf8(&mut [0; 4])).await?;
            pause(Duration::from_millis(millis)).await;
        }
        Ok(())
    }

    async fn page(&mut self, mut pager: Pager) -> Flow<()> {
        loop {
            let page = pager.next_page();
            self.raw(&page).await?;
            loop {
                let prompt = pager.prompt();
                match self.key(prompt, false).await? {
                    Key::Char(' ') if !pager.at_end() => pager.advance_page(),
                    Key::Enter if !pager.at_end() => pager.advance_line(),
                    Key::Char('q' | 'Q') | Key::Interrupt => {
                        return self.raw(pager::ERASE).await;
                    }
                    // Anything else is swallowed (REF 2).
                    _ => continue,
                }
                break;
            }
            self.raw(pager::ERASE).await?;
        }
    }

    async fn until_interrupt(&mut self) -> Flow<()> {
        while !matches!(self.key("", false).await?, Key::Interrupt) {}
        self.raw("^C\r\n").await
    }

    /// Reads one line; none after Ctrl-C. `prompt` is what stands left of the typed text.
    async fn read_line(&mut self, prompt: &str, editing: bool) -> Flow<Option<String>> {
        self.editor.start();
        loop {
            let key = self.key(prompt, editing).await?;
            match key {
                Key::Enter => {
                    self.raw("\r\n").await?;
                    return Ok(Some(self.editor.finish()));
                }
                Key::Interrupt => {
                    self.raw("^C\r\n").await?;
                    return Ok(None);
                }
                Key::EndOfInput if self.editor.typed().is_empty() && editing => {
                    self.raw("exit\r\n").await?;
                    return Ok(Some("exit".to_owned()));
                }
                Key::Char('?') if editing && !self.editor.in_quotes() => {
                    let help = self.help();
                    let typed = self.editor.typed().to_owned();
                    self.raw(&format!("?\r\n{help}{prompt}{typed}")).await?;
                }
                Key::Tab if editing => {
                    let added = self.complete();
                    self.raw(&added).await?;
                }
                key => {
                    let echo = self.editor.take(key);
                    self.raw(&echo).await?;
                }
            }
        }
    }

    fn help(&self) -> String {
        let options = self.device.completions(self.id, self.editor.typed());
        options.iter().map(|option| format!("  {option}\r\n")).collect()
    }

    /// Completes the last word if only one word is possible; what was added.
    fn complete(&mut self) -> String {
        let options = self.device.completions(self.id, self.editor.typed());
        let [only] = options.as_slice() else {
            return String::new();
        };
        let part = self.editor.typed().rsplit(' ').next().unwrap_or_default().len();
        let added = format!("{} ", &only[part..]);
        self.editor.append(&added);
        added
    }

    /// The next key; shows notices while it waits.
    async fn key(&mut self, prompt: &str, editing: bool) -> Flow<Key> {
        loop {
            if let Some(key) = self.editor.next_key() {
                return Ok(key);
            }
            tokio::select! {
                input = self.input.recv() => match input.ok_or(Gone)? {
                    Input::Bytes(bytes) => self.editor.feed(&bytes),
                    Input::Rows(rows) => self.device.change_settings(self.id, |settings| settings.rows = rows),
                },
                notice = self.notices.recv() => match notice {
                    Ok(Notice::Broadcast { text, except }) if except != Some(self.id) => {
                        self.broadcast(&text, prompt, editing).await?;
                    }
                    Ok(Notice::Close(id)) if id == self.id => {
                        self.send(Output::Exit).await?;
                        return Err(Gone);
                    }
                    Ok(Notice::CutAll) => return self.drop_connection().await.map(|()| Key::EndOfInput),
                    // A terminal that lags misses notices, as a slow one does.
                    Ok(Notice::Broadcast { .. } | Notice::Close(_)) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(Gone),
                },
            }
        }
    }

    /// A line that nobody asked for, at a waiting terminal (REF 1.6, 13.11).
    async fn broadcast(&mut self, text: &str, prompt: &str, editing: bool) -> Flow<()> {
        let mut out = format!("\r\n{text}\r\n");
        if editing && self.device.dialect().broadcast == Broadcast::Redraw {
            out.push_str(prompt);
            out.push_str(self.editor.typed());
        }
        self.raw(&out).await
    }

    async fn drop_connection(&mut self) -> Flow<()> {
        self.send(Output::Drop).await?;
        Err(Gone)
    }

    /// Reads nothing and says nothing until the other side gives up.
    async fn hang(&mut self) -> Flow<()> {
        while self.input.recv().await.is_some() {}
        Err(Gone)
    }

    async fn raw(&mut self, text: &str) -> Flow<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.send(Output::Bytes(Bytes::copy_from_slice(text.as_bytes())))
            .await
    }

    async fn send(&mut self, output: Output) -> Flow<()> {
        self.output.send(output).await.map_err(|_| Gone)
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

fn with_line_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    }
}

/// Every third letter becomes something that no device says.
fn garbled(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| {
            if at % 3 == 0 && !c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
