//! A plan as a text that can be read and pasted without the application.

use std::fmt::Write;

use super::{Constraint, Plan};

/// Writes forward and reverse lines per device, ready to paste in configuration mode, with the reasons as remarks.
///
/// Remarks begin with `#`, which the device ignores (REF 3). `top` follows each line, since a line may enter a context
/// (REF 4.3). The text ends before any commit: committing is the reader's own act.
#[must_use]
pub fn export_text(plan: &Plan) -> String {
    let mut text = String::new();
    let mut line =
        |words: std::fmt::Arguments<'_>| writeln!(text, "{words}").expect("a String takes every text");
    line(format_args!("# Plan {} of {}", plan.hash, plan.subject()));
    line(format_args!("# hash {}", plan.hash.to_hex()));
    line(format_args!(
        "# {} devices, {} lines, {} lines back",
        plan.devices.len(),
        plan.line_count(),
        plan.reverse_count()
    ));
    if !plan.unchanged.is_empty() {
        let names: Vec<&str> = plan.unchanged.iter().map(bk_model::DeviceName::as_str).collect();
        line(format_args!("# unchanged: {}", names.join(", ")));
    }
    for (title, pick) in [("forward", true), ("reverse", false)] {
        for device in &plan.devices {
            let constraint = match device.constraint {
                None => "",
                Some(Constraint::AfterItsUpper) => ", after its spine",
                Some(Constraint::AfterItsLower) => ", after its leaves",
            };
            let lines = if pick { &device.forward } else { &device.reverse };
            line(format_args!(""));
            line(format_args!(
                "# {title} {}, group {}{constraint}, base {}, {} lines",
                device.device,
                device.group,
                device.base.to_hex(),
                lines.len()
            ));
            for command in lines {
                line(format_args!("{command}"));
                line(format_args!("top"));
            }
        }
    }
    text
}
