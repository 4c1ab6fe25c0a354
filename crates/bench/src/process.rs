//! Child processes, and what they use.

use anyhow::Context as _;
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// The unit in which Linux counts the time of processes.
const TICK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_mins(10);

/// This program with other arguments; it takes orders by lines and answers in lines of JSON, and ends with its owner.
#[derive(Debug)]
pub struct Process {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

/// What a process has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub cpu: Duration,
    /// In bytes.
    pub resident: u64,
}

impl Usage {
    pub fn cpu_since(self, before: Self) -> Duration {
        self.cpu.saturating_sub(before.cpu)
    }
}

impl Process {
    pub fn start(arguments: &[String], settings: &[(String, String)]) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .envs(settings.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().context("the process has no output")?;
        Ok(Self { child, orders, answers: BufReader::new(answers).lines() })
    }

    pub async fn order(&mut self, order: &impl Serialize) -> anyhow::Result<()> {
        let orders = self.orders.as_mut().context("the process takes no orders any more")?;
        let line = serde_json::to_string(order)? + "\n";
        Ok(orders.write_all(line.as_bytes()).await?)
    }

    /// Its next answer.
    pub async fn answer<T: DeserializeOwned>(&mut self) -> anyhow::Result<T> {
        let line = timeout(PATIENCE, self.answers.next_line()).await.context("a process says nothing")??;
        Ok(serde_json::from_str(&line.context("a process ended early")?)?)
    }

    pub fn usage(&self) -> anyhow::Result<Usage> {
        let id = self.child.id().context("a process ended early")?;
        usage(id)
    }

    /// Tells it that nothing more will come.
    pub fn close(&mut self) {
        self.orders = None;
    }

    /// Tells it that nothing more will come, and waits for its end.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.close();
        if let Ok(status) = timeout(Duration::from_secs(20), self.child.wait()).await {
            anyhow::ensure!(status?.success(), "a process failed");
        }
        Ok(())
    }
}

fn usage(id: u32) -> anyhow::Result<Usage> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name before may have blanks; user and system time are the 14th and 15th of the line, in ticks.
    let fields = stat.rsplit_once(')').context("no process has such a line")?.1;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    let ticks: u32 = ticks.sum::<Result<u32, _>>()?;
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|text| text.trim().strip_suffix(" kB")).context("no memory is told")?;
    Ok(Usage { cpu: TICK * ticks, resident: resident.trim().parse::<u64>()? * 1024 })
}

/// Says something to the process that started this one.
pub fn tell(answer: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(answer)?);
    Ok(())
}
