//! What checking a request's credential costs. `cargo bench -p tests --bench gatekeeper`.

#![expect(clippy::unwrap_used, reason = "a bench that fails shall stop")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::identity::{Gatekeeper, Role};
use secrecy::SecretString;
use std::hint::black_box;
use tests::TestApp;
use tokio::runtime::Runtime;

fn bench(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let bearer = |name| -> SecretString {
        runtime.block_on(app.person(name, Role::User)).access_token.as_str().into()
    };
    let (bearer, other) = (bearer("anna"), bearer("ben"));
    criterion.bench_function("a bearer that was checked just now", |bencher| {
        bencher.iter(|| runtime.block_on(app.gatekeeper.check(black_box(&bearer))).unwrap());
    });
    criterion.bench_function("a bearer that nobody checked before", |bencher| {
        // With the signing keys read, but no answer remembered.
        let fresh = || {
            runtime.block_on(async {
                let gatekeeper = Gatekeeper::start(&app.platform);
                gatekeeper.check(&other).await.unwrap();
                gatekeeper
            })
        };
        let check = |gatekeeper: Gatekeeper| runtime.block_on(gatekeeper.check(&bearer)).unwrap();
        bencher.iter_batched(fresh, check, BatchSize::PerIteration);
    });
    runtime.block_on(app.finish());
}

criterion_group!(benches, bench);
criterion_main!(benches);
