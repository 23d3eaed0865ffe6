//! The headless command `bk`.

fn main() {}
