//! Behaviour of the configuration tree, on invented texts and on every sample of real ones.

mod apply;
mod cli_line;
mod coverage;
mod diff;
mod generate;
mod lossless;
mod model;
mod properties;
mod support;
mod text;
