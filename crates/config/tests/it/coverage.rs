//! How much of the real lines is understood.

use bk_config::{Capture, Coverage, Tree, read_model};

use crate::support::{files, text};

#[test]
fn every_bridge_domain_and_l2_line_of_the_lab_is_understood() {
    let mut all = Coverage::default();
    let mut instances = 0;
    for (_, raw) in files("lab/derived/flat") {
        let parsed = read_model(&Tree::read(&text(&raw)).0);
        instances += parsed.value.bridge_domains.len();
        all.add(&parsed.coverage);
    }
    println!(
        "lab: {} instances, {} of {} lines, {} of {} L2 lines",
        instances, all.understood, all.lines, all.l2_understood, all.l2_lines
    );
    print_shapes(&all);
    assert_eq!(all.l2_understood, all.l2_lines, "{:#?}", all.shapes);
    assert!(all.l2_lines > 5_000 && instances > 1_000);
}

#[test]
fn every_l2_line_of_the_configuration_samples_is_understood() {
    let mut all = Coverage::default();
    for (name, raw) in files("dnos/samples") {
        let is_configuration = name.starts_with("config_")
            || name.starts_with("running-config")
            || name.starts_with("show_config_flatten");
        if !is_configuration {
            continue;
        }
        let parsed = read_model(&Tree::read(&Capture::read(&raw).unwrap().text).0);
        println!(
            "{name}: {} of {} lines, {} of {} L2 lines",
            parsed.coverage.understood,
            parsed.coverage.lines,
            parsed.coverage.l2_understood,
            parsed.coverage.l2_lines
        );
        let missed: Vec<_> = parsed
            .unread
            .iter()
            .filter(|line| line.is_l2)
            .map(|line| line.path.as_str())
            .collect();
        assert_eq!(missed, Vec::<&str>::new(), "{name}");
        all.add(&parsed.coverage);
    }
    print_shapes(&all);
    assert!(all.l2_lines > 700);
}

fn print_shapes(coverage: &Coverage) {
    let mut shapes: Vec<_> = coverage.shapes.iter().collect();
    shapes.sort_by_key(|(shape, count)| (std::cmp::Reverse(**count), shape.as_str()));
    for (shape, count) in shapes {
        println!("{count:>7}  {shape}");
    }
}
