//! Speaking to a DNOS device: transport, channel, driver, platform; and the engine's device port on top.
//!
//! ```text
//! transport   bytes: a shell over SSH, or a script      knows no prompt
//! channel     prompts, echoes, pagers, time             knows no command
//! driver      modes, commands, replies to questions     knows no deployment
//! platforms   what DNOS says, as tables and readers     opens nothing
//! port        the engine's steps with typed outcomes    decides nothing
//! ```
//!
//! What a device does not say in a known form stops the step with its words. Facts about the command line come
//! from the CLI behaviour reference (REF).

pub mod channel;
pub mod connection_test;
pub mod driver;
pub mod platforms;
pub mod port;
pub mod transport;

pub use connection_test::{ConnectionReport, ConnectionStep, StepResult, test_connection};
pub use port::{DnosPort, PortSettings};
pub use transport::{
    ConnectionLimits,
    host_key::{Endpoint, Fingerprint, HostKeyVerdict, HostKeys, KnownHostKeys, PresentedHostKey},
    ssh::{
        AgentError, AgentKey, ConnectError, Credential, HeldKey, JumpHost, KeyFileError, SigningKey, Target,
        held_keys,
    },
};
