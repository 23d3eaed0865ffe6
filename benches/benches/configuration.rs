//! Single operations on a configuration of 100,000 lines, followed over time.

use bk_benches::generate::pair;
use bk_config::{CliLine, ConfigText, Tree, apply, canonical, diff, inverse, read_model, transition};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn operations(criterion: &mut Criterion) {
    let (before, after) = pair(100_000, 1.0);
    let text = ConfigText::new(before).expect("generated texts are within the limit");
    let goal = ConfigText::new(after).expect("generated texts are within the limit");
    let (tree, goal) = (Tree::read(&text).0, Tree::read(&goal).0);
    let edit: Vec<CliLine> = [
        "interfaces ge100-0/0/1.4095 l2-service enabled",
        "interfaces ge100-0/0/1.4095 vlan-id 4094",
        "network-services bridge-domain instance g_heron_v4094 interface ge100-0/0/1.4095",
    ]
    .iter()
    .map(|line| CliLine::parse(line).expect("the line is within the grammar"))
    .collect();

    let mut group = criterion.benchmark_group("100,000 lines");
    group.sample_size(20);
    group.bench_function("read", |bencher| bencher.iter(|| Tree::read(&text)));
    group.bench_function("print", |bencher| bencher.iter(|| tree.print()));
    group.bench_function("diff, 1 % changed", |bencher| bencher.iter(|| diff(&tree, &goal)));
    group.bench_function("transition, 1 % changed", |bencher| {
        bencher.iter(|| transition(&tree, &goal));
    });
    group.bench_function("apply 3 lines", |bencher| {
        bencher.iter_batched(|| edit.clone(), |edit| apply(&tree, &edit), BatchSize::SmallInput);
    });
    group.bench_function("inverse of 3 lines, proven", |bencher| {
        bencher.iter(|| inverse(&tree, &edit));
    });
    group.bench_function("canonical form", |bencher| bencher.iter(|| canonical(&tree)));
    group.bench_function("read model", |bencher| bencher.iter(|| read_model(&tree)));
    group.finish();
}

criterion_group!(benches, operations);
criterion_main!(benches);
