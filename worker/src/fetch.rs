//! Files of others, from a folder or from an address, into a folder of ours.

use anyhow::{Context as _, bail, ensure};
use platform::hex;
use reqwest::{Client, StatusCode, Url};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// Without a byte for so long, the other side is gone.
const PATIENCE: Duration = Duration::from_mins(1);
/// The largest file there can be; the largest model of its kind has a third of it.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// Where files come from.
#[derive(Clone, Debug)]
pub enum Origin {
    Path(PathBuf),
    Address(Url),
}

impl Origin {
    /// What people write: an address, or else a path.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self::Address(url)),
            // A drive's letter is no scheme.
            Ok(url) if url.scheme().len() > 1 => bail!("{}: an address begins with https://", url.scheme()),
            _ => Ok(Self::Path(PathBuf::from(text))),
        }
    }

    /// The file `name` within the folder that this is.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        match self {
            Self::Path(path) => Self::Path(path.join(name)),
            Self::Address(url) => {
                let mut url = url.clone();
                let path = format!("{}/{name}", url.path().trim_end_matches('/'));
                url.set_path(&path);
                Self::Address(url)
            }
        }
    }

    /// Copies this file to `target`; whether there is one.
    pub async fn fetch(&self, target: &Path) -> anyhow::Result<bool> {
        match self {
            Self::Path(path) if !path.is_file() => Ok(false),
            Self::Path(path) => {
                tokio::fs::copy(path, target).await.with_context(|| format!("cannot copy {self}"))?;
                Ok(true)
            }
            Self::Address(url) => download(url, target).await.with_context(|| format!("cannot fetch {self}")),
        }
    }
}

/// Without what an address may have of secrets.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Address(url) => {
                let mut url = url.clone();
                // Refused only by addresses that can't have them.
                let _ = (url.set_username(""), url.set_password(None));
                url.set_query(None);
                url.set_fragment(None);
                url.fmt(f)
            }
        }
    }
}

async fn download(url: &Url, target: &Path) -> anyhow::Result<bool> {
    // Hubs send on to where files lie.
    let client = Client::builder().connect_timeout(PATIENCE).read_timeout(PATIENCE).build()?;
    let mut answer = client.get(url.clone()).send().await.map_err(reqwest::Error::without_url)?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(false);
    }
    ensure!(answer.status().is_success(), "it answers {}", answer.status());
    let (promised, mut found) = (answer.content_length(), 0);
    let mut file = File::create(target)?;
    while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        found += part.len() as u64;
        ensure!(found <= LARGEST, "it has more than {LARGEST} bytes");
        file.write_all(&part)?;
    }
    ensure!(promised.is_none_or(|promised| promised == found), "it ended after {found} bytes");
    Ok(true)
}

/// The SHA-256 checksum of a file, in hexadecimal digits.
pub fn checksum(file: &Path) -> io::Result<String> {
    let mut hasher = Hasher(Sha256::new());
    io::copy(&mut File::open(file)?, &mut hasher)?;
    Ok(hex(&hasher.0.finalize()))
}

struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a file in one step: who reads it at that moment has the old one or the new.
pub fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).with_context(failed)?;
    std::fs::rename(&beside, path).with_context(failed)
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_address_is_told_from_a_path_and_shown_without_its_secrets() {
        let address = Origin::parse("https://me:secret@models.example/finbert/?token=secret").unwrap();
        assert_eq!(
            address.join("onnx/model.onnx").to_string(),
            "https://models.example/finbert/onnx/model.onnx"
        );
        assert_eq!(Origin::parse("models/finbert").unwrap().join("a").to_string(), "models/finbert/a");
        assert!(matches!(Origin::parse("C:\\models").unwrap(), Origin::Path(_)));
        assert_eq!(
            Origin::parse("ftp://models.example/").unwrap_err().to_string(),
            "ftp: an address begins with https://"
        );
    }
}
