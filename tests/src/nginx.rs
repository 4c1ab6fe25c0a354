//! An nginx before two servers.

use crate::{drills, port};
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// What our file is a part of, with everything that nginx would write elsewhere.
const AROUND: &str = "\
pid nginx.pid;
events { worker_connections 2048; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include bellwether.conf;
}
";

/// Runs as a child process, set up as `ops/nginx.conf` says; killed when dropped.
#[derive(Debug)]
pub struct Nginx {
    port: u16,
    child: Child,
    folder: TempDir,
}

impl Nginx {
    /// Starts one before `servers`; `None`, with a word on it, where nginx is not installed.
    ///
    /// # Panics
    /// When it is not installed and the drills are wanted, so that CI never passes over it.
    pub fn start(servers: [SocketAddr; 2]) -> Option<Self> {
        let (port, folder) = (port::free(), TempDir::new().unwrap());
        fs::write(folder.path().join("nginx.conf"), AROUND).unwrap();
        fs::write(folder.path().join("bellwether.conf"), configuration(port, servers)).unwrap();
        // One process, so that nothing outlives it.
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf", "-e", "error.log", "-g", "daemon off; master_process off;"])
            .spawn();
        let Ok(child) = child else {
            assert!(!drills("a check that needs nginx"), "nginx is not installed");
            println!("nginx is not installed: no check behind it");
            return None;
        };
        let nginx = Self { port, child, folder };
        nginx.wait();
        Some(nginx)
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// What it complained about, besides servers that are away.
    pub fn complaints(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("error.log")).unwrap();
        log.lines().filter(|line| !line.contains("Connection refused")).collect::<Vec<_>>().join("\n")
    }

    fn wait(&self) {
        let started = Instant::now();
        while TcpStream::connect(self.address()).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "nginx does not start: {}",
                self.complaints()
            );
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

/// The file that users get, with the ports of the test.
fn configuration(port: u16, [first, second]: [SocketAddr; 2]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/nginx.conf");
    let mut text = fs::read_to_string(file).unwrap();
    let ours = [
        ("listen 80;", format!("listen 127.0.0.1:{port};")),
        ("127.0.0.1:8001", first.to_string()),
        ("127.0.0.1:8002", second.to_string()),
    ];
    for (theirs, ours) in ours {
        assert!(text.contains(theirs), "ops/nginx.conf has no {theirs}");
        text = text.replace(theirs, &ours);
    }
    text
}
