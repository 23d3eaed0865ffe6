//! The SSH side of a device (REF 1.1): password, keyboard-interactive and public-key login, a shell on a
//! terminal, and nothing else.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, PublicKeyOffer, Response, Session,
    VerifiedPublicKey,
};
use russh::{Channel, ChannelId, Disconnect, Pty};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::serve::{Fabric, Host, SignInWay};
use crate::shell::{Input, Output, Shell};

/// Chunks of input that may wait for a busy shell.
const INPUT: usize = 1024;
/// Chunks of output that may wait for a slow client.
const OUTPUT: usize = 64;
/// Asked of everyone who has no terminal (REF 1.1). Only ever answered by leaving.
const BASE_OS: &str = "Warning: CLI is not running, do you wish to enter BaseOS shell? ";
const YES_NO: &str = "(yes/no) [no]? ";

/// The host key of a device: always the same for a seed, a name and how often it was changed.
pub(crate) fn host_key(seed: u64, name: &str, generation: u32) -> PrivateKey {
    use rand::{Rng, SeedableRng};
    let mut key_seed = [0_u8; 32];
    let text = format!("{seed}/{name}/{generation}");
    for (index, byte) in text.bytes().enumerate() {
        let slot = &mut key_seed[index % 32];
        *slot = slot.wrapping_mul(31).wrapping_add(byte);
    }
    let mut bytes = [0_u8; 32];
    rand_chacha::ChaCha20Rng::from_seed(key_seed).fill_bytes(&mut bytes);
    PrivateKey::from(Ed25519Keypair::from_seed(&bytes))
}

/// The SSH settings of a device with this host key.
pub(crate) fn config(key: PrivateKey) -> Config {
    Config {
        keys: vec![key],
        auth_rejection_time: Duration::from_millis(10),
        auth_rejection_time_initial: Some(Duration::ZERO),
        // The device's own idle limit runs on the fabric's clock.
        inactivity_timeout: None,
        nodelay: true,
        event_buffer_size: 1,
        ..Config::default()
    }
}

/// Serves one connection until it ends or the device is cut off.
pub(crate) async fn serve(
    fabric: Arc<Fabric>,
    host: Arc<Host>,
    stream: TcpStream,
    peer: SocketAddr,
    cut: CancellationToken,
) {
    let config = host.ssh_config();
    let wire = cut.child_token();
    let handler = Connection {
        fabric,
        host,
        peer,
        wire: wire.clone(),
        user: String::new(),
        terminal: None,
        shell: None,
        asked: None,
    };
    let stream = CutStream {
        cut: Box::pin(wire.cancelled_owned()),
        stream,
    };
    match russh::server::run_stream(config, stream, handler).await {
        Ok(running) => {
            if let Err(error) = running.await {
                tracing::debug!(%peer, %error, "connection ended");
            }
        }
        Err(error) => tracing::debug!(%peer, %error, "no SSH connection"),
    }
}

/// A TCP stream that breaks when its device is cut off.
struct CutStream {
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    stream: TcpStream,
}

impl CutStream {
    fn broken(&mut self, context: &mut Context<'_>) -> std::io::Result<()> {
        match self.cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(std::io::ErrorKind::ConnectionReset.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for CutStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for CutStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.broken(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// One client.
struct Connection {
    fabric: Arc<Fabric>,
    host: Arc<Host>,
    peer: SocketAddr,
    /// Breaks this connection.
    wire: CancellationToken,
    user: String,
    /// Rows of the terminal that it asked for.
    terminal: Option<u16>,
    shell: Option<mpsc::Sender<Input>>,
    /// The line typed so far at the BaseOS question.
    asked: Option<String>,
}

impl Connection {
    fn verdict(&mut self, user: &str, way: SignInWay, good: bool) -> Auth {
        let name = &self.host.device.spec().name;
        self.fabric.sign_ins.note(name, user, way, good);
        if good {
            user.clone_into(&mut self.user);
            Auth::Accept
        } else {
            Auth::reject()
        }
    }

    /// The question for those without a terminal; true when they are to be shown out.
    fn answer_base_os(
        &mut self,
        data: &[u8],
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<bool, russh::Error> {
        let Some(typed) = &mut self.asked else {
            return Ok(false);
        };
        typed.push_str(&String::from_utf8_lossy(data));
        while let Some((line, rest)) = typed.split_once('\n') {
            let leave = matches!(line.trim(), "" | "no" | "n" | "yes" | "y");
            let rest = rest.to_owned();
            *typed = rest;
            if leave {
                return Ok(true);
            }
            session.data(channel, Bytes::from_static(YES_NO.as_bytes()))?;
        }
        Ok(false)
    }
}

fn rows(height: u32) -> u16 {
    match u16::try_from(height) {
        Ok(0) => 24,
        Ok(rows) => rows,
        Err(_) => u16::MAX,
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        let good = self.fabric.accepts_password(user, password);
        Ok(self.verdict(user, SignInWay::Password, good))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(mut response) = response else {
            return Ok(Auth::Partial {
                name: Cow::Borrowed(""),
                instructions: Cow::Borrowed(""),
                prompts: Cow::Borrowed(&[(Cow::Borrowed("Password: "), false)]),
            });
        };
        let given = response.next().unwrap_or_default();
        let good = self
            .fabric
            .accepts_password(user, &String::from_utf8_lossy(&given));
        Ok(self.verdict(user, SignInWay::KeyboardInteractive, good))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        let good = self.fabric.accepts_key(user, offer.public_key);
        Ok(self.verdict(user, SignInWay::offer(offer.public_key), good))
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        let good = self.fabric.accepts_key(user, key.public_key);
        Ok(self.verdict(user, SignInWay::signature(key.public_key), good))
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _term: &str,
        _col_width: u32,
        row_height: u32,
        _pix_width: u32,
        _pix_height: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.terminal = Some(rows(row_height));
        session.channel_success(channel)
    }

    async fn window_change_request(
        &mut self,
        _channel: ChannelId,
        _col_width: u32,
        row_height: u32,
        _pix_width: u32,
        _pix_height: u32,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some(shell) = &self.shell {
            // A shell that is gone needs no new size.
            let _ = shell.send(Input::Rows(rows(row_height))).await;
        }
        Ok(())
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let Some(rows) = self.terminal else {
            let complaint = "stty: 'standard input': Inappropriate ioctl for device\n";
            session.extended_data(channel, 1, Bytes::from_static(complaint.as_bytes()))?;
            session.data(channel, Bytes::from(format!("{BASE_OS}{YES_NO}")))?;
            self.asked = Some(String::new());
            return Ok(());
        };
        let Some(id) = self.host.device.open_session(&self.user, &self.peer.to_string()) else {
            // REF 1.1: no text is documented for the refusal.
            return session.disconnect(Disconnect::TooManyConnections, "", "");
        };
        self.host
            .device
            .change_settings(id, |settings| settings.rows = rows);
        let (input, from_client) = mpsc::channel(INPUT);
        let (to_client, output) = mpsc::channel(OUTPUT);
        self.shell = Some(input);
        let shell = Shell::new(
            Arc::clone(&self.fabric),
            Arc::clone(&self.host.device),
            id,
            from_client,
            to_client,
        );
        tokio::spawn(shell.run());
        tokio::spawn(pump(output, session.handle(), channel, self.wire.clone()));
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        session.data(channel, Bytes::from_static(b"Invalid command\n"))?;
        session.exit_status_request(channel, 1)?;
        session.eof(channel)?;
        session.close(channel)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.answer_base_os(data, channel, session)? {
            self.asked = None;
            session.exit_status_request(channel, 0)?;
            session.eof(channel)?;
            return session.close(channel);
        }
        if let Some(shell) = &self.shell {
            // A shell that is gone reads nothing more; its end is told by the pump.
            let _ = shell.send(Input::Bytes(Bytes::copy_from_slice(data))).await;
        }
        Ok(())
    }

    async fn channel_eof(&mut self, _channel: ChannelId, _session: &mut Session) -> Result<(), Self::Error> {
        self.shell = None;
        Ok(())
    }

    async fn channel_close(
        &mut self,
        _channel: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.shell = None;
        Ok(())
    }
}

/// Carries a shell's output to its client.
async fn pump(
    mut output: mpsc::Receiver<Output>,
    handle: Handle,
    channel: ChannelId,
    wire: CancellationToken,
) {
    while let Some(next) = output.recv().await {
        match next {
            Output::Bytes(bytes) => {
                if handle.data(channel, bytes).await.is_err() {
                    break;
                }
            }
            Output::Exit => {
                // Each fails only if the client is gone already.
                let _ = handle.exit_status_request(channel, 0).await;
                let _ = handle.eof(channel).await;
                let _ = handle.close(channel).await;
                return;
            }
            Output::Drop => {
                drain(&handle, channel).await;
                break;
            }
        }
    }
    wire.cancel();
}

/// Returns when everything sent before has been handed to the network: an SSH disconnect message, or a
/// cut that overtakes the text, would make a client throw it away.
///
/// The connection takes its messages one at a time ([`config`]) and writes each out before the next, so
/// once it has room for the third of these requests, which ask for nothing, the text is out.
async fn drain(handle: &Handle, channel: ChannelId) {
    for _ in 0..3 {
        if handle.xon_xoff_request(channel, false).await.is_err() {
            return;
        }
    }
}
