//! A Redis of the test's own, that it may stop.

use crate::port;
use platform::config::RedisConfig;
use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Runs as a child process; killed when dropped.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    child: Option<Child>,
}

impl RedisServer {
    /// Starts one on a free port; `None`, with a word on it, where `redis-server` is not installed.
    pub fn start() -> Option<Self> {
        let mut server = Self { port: port::free(), child: None };
        if server.restart() {
            return Some(server);
        }
        println!("redis-server is not installed: no check over a Redis that restarts");
        None
    }

    /// Starts it, empty, on the same port; tells whether there is such a program.
    pub fn restart(&mut self) -> bool {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = child else { return false };
        self.child = Some(child);
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "redis-server does not start");
            sleep(Duration::from_millis(10));
        }
        true
    }

    /// Kills it, as `kill -9` does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn config(&self) -> RedisConfig {
        let url = format!("redis://127.0.0.1:{}", self.port);
        RedisConfig { url: url.parse().unwrap(), prefix: "test".to_owned() }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}
