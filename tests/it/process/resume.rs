//! Clients follow a history while servers are killed, Redis restarts and connections break.

use super::follower::{Crowd, TERMINATED};
use crate::event::history::Growth;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use std::{net::SocketAddr, ops::Range, time::Duration};
use tests::{LOST, Process, Program, RedisServer, TestApp, build, drills, open_files, port};
use tokio::time::sleep;

const SHARED: (&str, &str) = ("BELLWETHER_HTTP__REUSE_PORT", "true");
/// Milliseconds between two blows.
const PAUSE: Range<u64> = 500..3000;
/// For how many milliseconds Redis is away.
const ABSENCE: Range<u64> = 100..2000;
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_with_cursors_miss_nothing_when_a_server_dies_redis_restarts_and_connections_break() {
    let Some(stage) = Stage::set().await else { return };
    let told = stage.play(20, 1).await;
    assert!(told.events > 10 && told.lost > 0 && told.broken > 0, "the drill proves little: {told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_with_cursors_miss_nothing_in_a_minute_of_deaths_and_restarts() {
    if !drills("a minute of deaths and restarts under a thousand clients") {
        return;
    }
    open_files(4096);
    let stage = Stage::set().await.expect("the drill needs Redis");
    let told = stage.play(1000, 10).await;
    let is_much = told.events > 200 && told.lost > 3000 && told.broken > 1000;
    assert!(is_much, "the drill proves little: {told:?}");
}

#[derive(Clone, Copy, Debug)]
enum Blow {
    KillServer,
    RestartRedis,
    BreakConnections,
}

/// What a play came to.
#[derive(Debug)]
struct Told {
    events: usize,
    /// Connections that ended without a goodbye, or never came to be.
    lost: usize,
    /// Connections that clients broke.
    broken: usize,
}

/// Two servers on one port, a worker, and the Redis between them.
struct Stage {
    app: TestApp,
    redis: RedisServer,
    worker: Process,
    bellwether: Program,
    address: SocketAddr,
    servers: [Process; 2],
}

impl Stage {
    async fn set() -> Option<Self> {
        let (bellwether, worker) = (Program::find("bellwether")?, Program::find("bellwether-worker")?);
        let redis = RedisServer::start()?;
        let app = TestApp::start_over(redis.config()).await;
        build::stocks(&app.platform, &["ACME"]).await;
        let worker = worker.start(&app, &[], &[]);
        let address = SocketAddr::from(([127, 0, 0, 1], port::free()));
        let servers = [(); 2].map(|()| start_server(&bellwether, &app, address));
        let mut stage = Self { app, redis, worker, bellwether, address, servers };
        stage.wait_for_servers().await;
        Some(stage)
    }

    /// Strikes so many times in each way while events flow to so many clients, then sees that nobody missed any.
    async fn play(mut self, clients: usize, rounds: usize) -> Told {
        let seed = rand::rng().random();
        println!("the moments are those of seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut blows = [Blow::KillServer, Blow::RestartRedis, Blow::BreakConnections].repeat(rounds);
        blows.shuffle(&mut random);
        let growth = Growth::start(&self.app);
        let crowd = Crowd::start(self.address, clients, seed);
        for blow in blows {
            sleep(Duration::from_millis(random.random_range(PAUSE))).await;
            self.strike(blow, &crowd, &mut random).await;
        }
        self.wait_for_servers().await;
        let history = growth.end(&self.app).await;
        let ends = crowd.assert_got(&history).await;
        self.finish().await;
        let count = |code| ends.get(&code).copied().unwrap_or_default();
        let told = Told { events: history.len(), lost: count(LOST), broken: count(TERMINATED) };
        println!("each of {clients} clients got everything: {told:?}");
        told
    }

    async fn strike(&mut self, blow: Blow, crowd: &Crowd, random: &mut StdRng) {
        match blow {
            Blow::KillServer => {
                let server = &mut self.servers[random.random_range(0..2)];
                server.kill();
                *server = start_server(&self.bellwether, &self.app, self.address);
            }
            Blow::RestartRedis => {
                self.redis.stop();
                sleep(Duration::from_millis(random.random_range(ABSENCE))).await;
                assert!(self.redis.restart());
            }
            Blow::BreakConnections => crowd.break_some(),
        }
    }

    async fn wait_for_servers(&mut self) {
        for server in &mut self.servers {
            server.logged("Serving on http://", "/graphql").await;
        }
    }

    async fn finish(mut self) {
        self.worker.terminate();
        assert_eq!(self.worker.wait(PATIENCE).await, Some(0), "{}", self.worker.log());
        self.app.finish().await;
    }
}

fn start_server(bellwether: &Program, app: &TestApp, address: SocketAddr) -> Process {
    bellwether.start(app, &["serve"], &[SHARED, ("BELLWETHER_LISTEN", &address.to_string())])
}
