//! Timing, and the limits that the machine sets.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Returns the median time of a call: at least 5 calls, then as many as fit in about a second, at most 200.
pub fn median<T>(mut call: impl FnMut() -> T) -> Duration {
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < 5 || (begin.elapsed() < Duration::from_secs(1) && times.len() < 200) {
        let start = Instant::now();
        black_box(call());
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Looks at every line of a text: the least that anything reading it does.
#[must_use]
pub fn line_scan(text: &str) -> usize {
    text.lines()
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .sum()
}

/// Returns `of` in units of `unit`.
#[must_use]
pub fn ratio(of: Duration, unit: Duration) -> f64 {
    of.as_secs_f64() / unit.as_secs_f64()
}
