//! `bellwether admin rotate-master-key`.

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use domain::identity::{self, Actor};
use platform::{
    Platform,
    config::Config,
    vault::{MasterKey, MasterKeySource},
};
use std::{fs, path::PathBuf};
use zeroize::Zeroizing;

const STEPS: &str = "the master key is in BELLWETHER_MASTER_KEY, which this command cannot change for you:\n\n  \
    1. make a key:     (umask 077; openssl rand -base64 32 > new.key)\n  \
    2. back it up where the present one is\n  \
    3. rotate:         bellwether admin rotate-master-key --new-key-file new.key\n  \
    4. set BELLWETHER_MASTER_KEY to it for all processes, and restart them";
const BACKUPS: &str = "Back it up. Backups of the database from before open only with the key from before.";

#[derive(Debug, Args)]
pub struct Rotation {
    /// A file that holds the new key in base64; without one a new key is made, where the master key is kept in a file.
    #[arg(long)]
    new_key_file: Option<PathBuf>,
}

/// Wraps all secrets by a new master key, which is in a file before and after.
pub async fn rotate(rotation: Rotation, platform: &Platform, config: &Config) -> anyhow::Result<()> {
    let new = match (&rotation.new_key_file, &config.master_key) {
        (Some(file), _) => read(file)?,
        (None, MasterKeySource::File(_)) => MasterKey::generate(),
        (None, MasterKeySource::Value(_)) => bail!(STEPS),
    };
    let fingerprint = new.fingerprint();
    identity::rotate_master_key(platform, &Actor::command(), new).await?;
    match &config.master_key {
        MasterKeySource::File(file) => {
            println!("{} holds the new master key now, {fingerprint}. {BACKUPS}", file.display());
        }
        MasterKeySource::Value(_) => println!(
            "The secrets need the new master key now, {fingerprint}. Set BELLWETHER_MASTER_KEY to it for all processes, and \
             restart them: those that run on know the old one only. {BACKUPS}"
        ),
    }
    Ok(())
}

fn read(file: &PathBuf) -> anyhow::Result<MasterKey> {
    let place = file.display();
    let text = Zeroizing::new(fs::read_to_string(file).with_context(|| format!("cannot read {place}"))?);
    text.trim().parse().map_err(|problem| anyhow!("{place} holds no master key: {problem}"))
}
