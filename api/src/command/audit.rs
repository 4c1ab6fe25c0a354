//! `bellwether audit`.

use anyhow::bail;
use clap::{Args, Subcommand};
use domain::identity::audit::{self, Verdict};
use platform::config::Config;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Check that no entry of the audit log was altered, removed or moved.
    Verify,
}

pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    let Act::Verify = arguments.act;
    match audit::verify(&platform.db).await? {
        Verdict::Intact(count) => println!("The audit log is intact: {count} entries."),
        Verdict::Broken { sequence, how } => bail!("the audit log is broken at entry {sequence}: {how}"),
    }
    Ok(())
}
