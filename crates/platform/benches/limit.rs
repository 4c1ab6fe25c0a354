//! What a rate-limit check in the process costs, with as many keys as it keeps.

use criterion::{Criterion, criterion_group, criterion_main};
use futures_util::FutureExt as _;
use platform::{
    clock::Clock,
    limit::{Decision, Limiter, Quota},
};
use std::{hint::black_box, time::Duration};

const KEYS: usize = 100_000;
const QUOTAS: [Quota; 2] =
    [Quota { burst: 60, per: Duration::from_mins(1) }, Quota { burst: 1000, per: Duration::from_hours(1) }];

fn take(limiter: &Limiter, key: &str) -> Decision {
    limiter.take(key, &QUOTAS, 1).now_or_never().expect("without Redis nothing is waited for")
}

fn bench(criterion: &mut Criterion) {
    let limiter = Limiter::new(Clock::system(), None).expect("there is no Redis to fail");
    let keys: Vec<String> = (0..KEYS).map(|number| format!("ip:{number}")).collect();
    for key in &keys {
        take(&limiter, key);
    }
    let mut next = keys.iter().cycle();
    criterion.bench_function("in process, many keys", |bencher| {
        bencher.iter(|| take(&limiter, black_box(next.next().expect("it goes round"))));
    });
    criterion.bench_function("in process, one key", |bencher| {
        bencher.iter(|| take(&limiter, black_box("ip:0")));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
