//! The server side of the control socket.

use std::net::Ipv4Addr;
use std::sync::Arc;

use chrono::TimeDelta;
use rand::Rng;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Address, Request, Sealed};
use crate::device::Device;
use crate::serve::{Fabric, NoSuchDevice};

/// A request longer than this ends the connection.
const MAX_REQUEST: u64 = 16 * 1024 * 1024;

/// Opens a control socket with a fresh token; the future serves it.
pub(crate) async fn open(
    fabric: Arc<Fabric>,
) -> std::io::Result<(Address, impl Future<Output = ()> + Send + 'static)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let mut secret = [0_u8; 16];
    rand::rng().fill_bytes(&mut secret);
    let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let address = Address {
        socket: listener.local_addr()?,
        token: token.clone(),
    };
    Ok((address, serve(fabric, listener, token)))
}

async fn serve(fabric: Arc<Fabric>, listener: TcpListener, token: String) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(talk(Arc::clone(&fabric), stream, token.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn talk(fabric: Arc<Fabric>, stream: TcpStream, token: String) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    loop {
        let mut line = String::new();
        let mut limited = (&mut lines).take(MAX_REQUEST);
        if !matches!(limited.read_line(&mut line).await, Ok(count) if count > 0) {
            return;
        }
        let answer = match serde_json::from_str::<Sealed>(&line) {
            Err(error) => json!({ "error": error.to_string() }),
            Ok(sealed) if sealed.token != token => json!({ "error": "wrong token" }),
            Ok(sealed) => match answer(&fabric, sealed.request).await {
                Ok(value) => json!({ "ok": value }),
                Err(error) => json!({ "error": error.to_string() }),
            },
        };
        if write.write_all(format!("{answer}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn answer(fabric: &Arc<Fabric>, request: Request) -> Result<Value, NoSuchDevice> {
    let chosen = |device: Option<String>| -> Result<Vec<Arc<Device>>, NoSuchDevice> {
        match device {
            Some(name) => Ok(vec![Arc::clone(fabric.device(&name)?)]),
            None => fabric
                .names()
                .map(|name| fabric.device(name).map(Arc::clone))
                .collect(),
        }
    };
    Ok(match request {
        Request::Inventory => json!(fabric.inventory()),
        Request::Dump { device } => json!(
            chosen(device)?
                .iter()
                .map(|device| device.dump())
                .collect::<Vec<_>>()
        ),
        Request::Received => json!(fabric.received()),
        Request::Inject { device, fault } => {
            fabric.inject(&device, fault)?;
            Value::Null
        }
        Request::ClearFaults { device } => {
            chosen(device)?.iter().for_each(|device| device.clear_faults());
            Value::Null
        }
        Request::GateArrived { gate, count } => {
            fabric.gates().arrived(&gate, count).await;
            Value::Null
        }
        Request::GateOpen { gate } => {
            fabric.gates().open(&gate);
            Value::Null
        }
        Request::Clock => json!(fabric.clock().now()),
        Request::ClockSet { to } => {
            fabric.set_clock(to);
            Value::Null
        }
        Request::ClockAdvance { seconds } => {
            fabric.advance(TimeDelta::seconds(seconds));
            Value::Null
        }
        Request::Foreign { device, user, lines } => {
            fabric.device(&device)?;
            json!(fabric.foreign(&device, &user, &lines))
        }
        Request::LateLines { device, run } => json!(fabric.late_lines(&device, run)?),
        Request::Reach { device, reach } => {
            fabric.device(&device)?;
            fabric.set_reach(&device, reach);
            Value::Null
        }
        Request::ChangeHostKey { device } => json!(fabric.change_host_key(&device)?),
        Request::ForeignCommit { device, user } => {
            fabric.device(&device)?.run_foreign_commit(user.as_deref());
            Value::Null
        }
        Request::Leave { device, user } => {
            fabric.leave(&device, &user)?;
            Value::Null
        }
        Request::Reset => {
            fabric.reset();
            Value::Null
        }
        Request::Reboot { device } => {
            fabric.device(&device)?.reboot();
            Value::Null
        }
        Request::Broadcast { device, text } => {
            fabric.device(&device)?.broadcast(&text);
            Value::Null
        }
        Request::SetDialect { device, dialect } => {
            chosen(device)?
                .iter()
                .for_each(|device| device.set_dialect(dialect));
            Value::Null
        }
    })
}
