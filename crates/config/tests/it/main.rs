//! Behaviour of the configuration tree, on invented texts and on every sample of real ones.

#[cfg(test)]
mod apply;
#[cfg(test)]
mod cli_line;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod lossless;
#[cfg(test)]
mod model;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod text;
