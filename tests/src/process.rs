//! The product's programs, run as processes of their own.

use crate::{TestApp, secret};
use std::{
    fs::{self, File},
    io::{Write as _, stderr},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant, SystemTime},
};
use tempfile::TempDir;
use tokio::time::sleep;

/// Whether the long drills run: `BELLWETHER_TEST_DRILLS=1`. Prints a line when `what` does not.
pub fn drills(what: &str) -> bool {
    let wanted = std::env::var("BELLWETHER_TEST_DRILLS").is_ok_and(|value| value == "1");
    if !wanted {
        println!("BELLWETHER_TEST_DRILLS is not 1: {what} is not run");
    }
    wanted
}

/// Lets this process, and those that it starts, open at least so many files at a time.
pub fn open_files(most: u32) {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let so_far = limit.split_whitespace().next().and_then(|limit| limit.parse().ok());
    if so_far.is_none_or(|so_far: u32| so_far >= most) {
        return;
    }
    let process = format!("--pid={}", std::process::id());
    let allowed = Command::new("prlimit").args([process, format!("--nofile={most}:")]).status();
    assert!(allowed.unwrap().success(), "so many files may not be opened: see `ulimit -Hn`");
}

/// One of the product's programs, as cargo has built it.
#[derive(Clone, Debug)]
pub struct Program(PathBuf);

impl Program {
    /// The program called `name`; `None`, with a word on it, where it is not built or older than its sources.
    ///
    /// # Panics
    /// When it is not there and the drills are wanted, so that CI never passes over it.
    pub fn find(name: &str) -> Option<Self> {
        let test = std::env::current_exe().unwrap();
        // target/debug/deps/it-0123456789abcdef
        let path = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps").join(name);
        let problem = match fs::metadata(&path).and_then(|file| file.modified()) {
            Err(_) => "is not built",
            Ok(built) if built < newest_source() => "is older than its sources",
            Ok(_) => return Some(Self(path)),
        };
        let message = format!("{} {problem}: run `cargo build --workspace --bins`", path.display());
        assert!(!drills("a check that needs it"), "{message}");
        println!("{message}");
        None
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Finished {
        self.run_in(TempDir::new().unwrap().path(), arguments, settings)
    }

    /// Runs it to its end in `folder`, where it looks for `bellwether.toml`.
    pub fn run_in(&self, folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Finished {
        let mut command = self.command(folder, arguments);
        command.envs(settings.iter().copied());
        command.output().unwrap().into()
    }

    /// Runs it to its end over the database and the bus of `app`.
    pub fn run_over(&self, app: &TestApp, arguments: &[&str]) -> Finished {
        let settings = app.settings();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.run(arguments, &settings)
    }

    /// Runs it to its end, while nobody reads what it prints.
    pub fn run_unread(&self, app: &TestApp, arguments: &[&str]) -> Finished {
        let folder = TempDir::new().unwrap();
        let mut command = self.command(folder.path(), arguments);
        command.envs(app.settings()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap().into()
    }

    /// Starts it over the database and the bus of `app`.
    pub fn start(&self, app: &TestApp, arguments: &[&str], settings: &[(&str, &str)]) -> Process {
        let folder = TempDir::new().unwrap();
        let log = folder.path().join("log");
        let mut command = self.command(folder.path(), arguments);
        let loud = secret::file().map(|_| secret::LOUD);
        command.envs(app.settings()).envs(loud).envs(settings.iter().copied());
        let child = command.stdout(Stdio::null()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        Process { child, log, _folder: folder }
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(arguments).current_dir(folder).env_clear().env("PATH", path);
        command
    }
}

/// When the newest file of what the programs are made of was written.
fn newest_source() -> SystemTime {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let sources = ["api", "crates", "entity", "migration", "worker"].map(|folder| root.join(folder));
    sources.iter().map(|folder| newest(folder)).max().expect("there are sources")
}

fn newest(folder: &Path) -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "toml");
        // Their tests are not in the programs, nor is what measures them.
        let is_apart = ["tests", "benches", "crates/bench"].iter().any(|folder| path.ends_with(folder));
        if path.is_dir() && !is_apart {
            newest = newest.max(self::newest(&path));
        } else if is_source {
            newest = newest.max(fs::metadata(&path).unwrap().modified().unwrap());
        }
    }
    newest
}

/// What a program left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    pub code: Option<i32>,
    /// Standard output, then standard error.
    pub text: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = [output.stdout, output.stderr].concat();
        Self { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
    }
}

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
    _folder: TempDir,
}

impl Process {
    /// As `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends the signal called `name`.
    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Lets it open so many files at a time from now on.
    pub fn limit_files(&self, most: u32) {
        let process = format!("--pid={}", self.child.id());
        let limited = Command::new("prlimit").args([process, format!("--nofile={most}:{most}")]).status();
        assert!(limited.unwrap().success());
    }

    /// The exit code, if it ends within `patience`; `None` also when a signal ended it.
    pub async fn wait(&mut self, patience: Duration) -> Option<i32> {
        let started = Instant::now();
        while started.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            sleep(Duration::from_millis(10)).await;
        }
        None
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// What stands in the log between `before` and `after`, once it is there.
    pub async fn logged(&mut self, before: &str, after: &str) -> String {
        let started = Instant::now();
        loop {
            let log = self.log();
            if let Some((_, rest)) = log.split_once(before)
                && let Some((found, _)) = rest.split_once(after)
            {
                return found.to_owned();
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < Duration::from_secs(20), "{ended:?} {log}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if secret::file().is_some() {
            let _ = stderr().write_all(self.log().as_bytes());
        }
    }
}
