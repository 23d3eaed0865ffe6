//! A small SSH server that can be odd in every way a device can.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bk_device::{Endpoint, Fingerprint};
use russh::{
    Channel, ChannelId, MethodKind, MethodSet, Pty,
    keys::{Algorithm, HashAlg, PrivateKey},
    server::{self, Auth, ChannelOpenHandle, Msg, Response, Session},
};
use tokio::net::TcpListener;

pub(crate) const USER: &str = "kestrel";
pub(crate) const PASSWORD: &str = "only-for-this-test";

/// What the server does once the login is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    /// Speaks enough DNOS for a connection test.
    Dnos(&'static str),
    /// Refuses the shell request.
    Refused,
    /// Says a text and closes.
    SaysAndCloses(&'static str),
    /// Says a text and stays.
    Says(&'static str),
}

#[derive(Clone)]
struct Device {
    shell: Shell,
    /// Passwords seen, by the way they came.
    tried: Arc<Mutex<Vec<&'static str>>>,
    typed: Vec<u8>,
    peer: SocketAddr,
}

impl Device {
    fn try_password(&mut self, how: &'static str, password: &str) -> Auth {
        self.tried.lock().unwrap().push(how);
        if password == PASSWORD {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }

    fn answer(&self, line: &str, version: &str) -> String {
        let framed = |text: &str| {
            format!(
                "\r\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC]\r\n\r\n{text}\r\n# LEAF-A01 config-end\r\n\r\n"
            )
        };
        match line {
            "show system version | no-more" => {
                format!("System Name: LEAF-A01\r\nVersion: DNOS [{version}] build [1]\r\n")
            }
            "show system ssh sessions | no-more" => format!(
                "SSH Server Sessions:\r\n\r\n| Session-ID | User | Remote Address | Session Uptime |\r\n|----+---+---+---|\r\n| 7 | {USER} | {} | 0 days |\r\n",
                self.peer
            ),
            "show network-services bridge-domain | no-more" => {
                "| Name   |\r\n|--------|\r\n| g_v251 |\r\n".to_owned()
            }
            line if line.starts_with("show config network-services bridge-domain") => {
                framed("network-services bridge-domain instance g_v251 ^\r\n")
            }
            _ => String::new(),
        }
    }
}

impl server::Handler for Device {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(self.try_password("password", password))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        match response {
            None => Ok(Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            }),
            Some(mut given) => {
                let given = given
                    .next()
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    .unwrap_or_default();
                Ok(self.try_password("keyboard-interactive", &given))
            }
        }
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "the signature is the library's")]
    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        assert_eq!((columns, rows), (512, 1000));
        session.channel_success(channel)
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        match self.shell {
            Shell::Refused => return session.channel_failure(channel),
            Shell::Dnos(_) => {
                session.channel_success(channel)?;
                session.data(
                    channel,
                    "DRIVENETS CLI Loading...\r                        \rLEAF-A01# ",
                )?;
            }
            Shell::Says(text) => {
                session.channel_success(channel)?;
                session.data(channel, text)?;
            }
            Shell::SaysAndCloses(text) => {
                session.channel_success(channel)?;
                session.data(channel, text)?;
                session.close(channel)?;
            }
        }
        Ok(())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Shell::Dnos(version) = self.shell else {
            return Ok(());
        };
        self.typed.extend_from_slice(data);
        while let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.typed.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            let prompt = if line == "configure" {
                "LEAF-A01(cfg)# "
            } else {
                "LEAF-A01# "
            };
            session.data(
                channel,
                format!("{line}\r\n{}{prompt}", self.answer(&line, version)),
            )?;
        }
        Ok(())
    }
}

pub(crate) struct Server {
    pub(crate) endpoint: Endpoint,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) tried: Arc<Mutex<Vec<&'static str>>>,
}

pub(crate) async fn serve(shell: Shell, offers: &'static [MethodKind]) -> Server {
    let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519).unwrap();
    let fingerprint = Fingerprint::parse(&key.fingerprint(HashAlg::Sha256).to_string()).unwrap();
    let config = Arc::new(server::Config {
        methods: MethodSet::from(offers),
        auth_rejection_time: Duration::from_millis(1),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![key],
        nodelay: true,
        ..server::Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint {
        host: "127.0.0.1".into(),
        port: listener.local_addr().unwrap().port(),
    };
    let tried = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&tried);
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let device = Device {
                shell,
                tried: Arc::clone(&log),
                typed: Vec::new(),
                peer,
            };
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                if let Ok(session) = server::run_stream(config, stream, device).await {
                    let _ = session.await;
                }
            });
        }
    });
    Server {
        endpoint,
        fingerprint,
        tried,
    }
}
