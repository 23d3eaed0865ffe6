//! Starts the window.

fn main() {
    bridgekeeper_lib::run();
}
