//! Plan, deployment, discovery and verification over ports.
