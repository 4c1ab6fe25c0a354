//! A rolling restart: two servers behind nginx, one after the other.

use super::{follower::Crowd, query::Queries};
use crate::event::history::{Growth, wait_for_more};
use rand::RngExt as _;
use std::{net::SocketAddr, time::Duration};
use tests::{Nginx, Process, Program, RedisServer, TestApp, build, drills, open_files, port};

const PATIENCE: Duration = Duration::from_secs(20);
const GOING_AWAY: u16 = 1001;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_servers_restart_in_turn_and_neither_clients_nor_queries_miss_anything() {
    let Some(stage) = Stage::set().await else { return };
    stage.play(20, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_servers_restart_ten_times_and_neither_200_clients_nor_queries_miss_anything() {
    if !drills("ten rolling restarts under 200 clients") {
        return;
    }
    open_files(4096);
    let stage = Stage::set().await.expect("the drill needs nginx and Redis");
    stage.play(200, 10).await;
}

/// Two servers behind nginx, and a worker.
struct Stage {
    app: TestApp,
    _redis: RedisServer,
    nginx: Nginx,
    worker: Process,
    bellwether: Program,
    addresses: [SocketAddr; 2],
    servers: [Process; 2],
}

impl Stage {
    async fn set() -> Option<Self> {
        let (bellwether, worker) = (Program::find("bellwether")?, Program::find("bellwether-worker")?);
        let addresses = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], port::free())));
        let (nginx, redis) = (Nginx::start(addresses)?, RedisServer::start()?);
        let app = TestApp::start_over(redis.config()).await;
        build::stocks(&app.platform, &["ACME"]).await;
        let worker = worker.start(&app, &[], &[]);
        let mut servers = addresses.map(|address| start_server(&bellwether, &app, address));
        for server in &mut servers {
            wait_for(server).await;
        }
        Some(Self { app, _redis: redis, nginx, worker, bellwether, addresses, servers })
    }

    /// Restarts both servers so many times while events flow to so many clients and queries are answered.
    async fn play(mut self, clients: usize, rounds: usize) {
        let growth = Growth::start(&self.app);
        let crowd = Crowd::start(self.nginx.address(), clients, rand::rng().random());
        let queries = Queries::start(self.nginx.address());
        for which in [0, 1].repeat(rounds) {
            wait_for_more(&self.app, 10).await;
            self.restart(which).await;
        }
        let history = growth.end(&self.app).await;
        let (answered, failures) = queries.end().await;
        let ends = crowd.assert_got(&history).await;
        println!("{clients} clients, {} events, {ends:?}, {answered} queries", history.len());
        assert!(failures.is_empty(), "{failures:?}\n{}", self.nginx.complaints());
        // Nobody found the door shut either, nor was cut off.
        let goodbyes = ends.get(&GOING_AWAY).copied().unwrap_or_default();
        assert_eq!(ends.len(), 1, "{ends:?}\n{}", self.nginx.complaints());
        let is_much = 2 * goodbyes > clients * rounds && answered > 50 * rounds;
        assert!(is_much, "the drill proves little: {goodbyes} goodbyes, {answered} answers");
        self.finish().await;
    }

    async fn restart(&mut self, which: usize) {
        let server = &mut self.servers[which];
        server.terminate();
        assert_eq!(server.wait(PATIENCE).await, Some(0), "{}", server.log());
        *server = start_server(&self.bellwether, &self.app, self.addresses[which]);
        wait_for(server).await;
    }

    async fn finish(mut self) {
        self.worker.terminate();
        assert_eq!(self.worker.wait(PATIENCE).await, Some(0), "{}", self.worker.log());
        self.app.finish().await;
    }
}

fn start_server(bellwether: &Program, app: &TestApp, address: SocketAddr) -> Process {
    bellwether.start(app, &["serve"], &[("BELLWETHER_LISTEN", &address.to_string())])
}

async fn wait_for(server: &mut Process) {
    server.logged("Serving on http://", "/graphql").await;
}
