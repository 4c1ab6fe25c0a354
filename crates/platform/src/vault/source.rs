//! Where the master key comes from, and how its file is written.

use super::{MasterKey, VaultError};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Where the master key is kept.
///
/// Read anew whenever a data key is unwrapped, which is seldom: so a file that is put back works without a restart.
#[derive(Clone, Debug)]
pub enum MasterKeySource {
    /// The setting `BELLWETHER_MASTER_KEY`.
    Value(MasterKey),
    /// A file, made when the database's first secret is sealed.
    File(PathBuf),
}

impl MasterKeySource {
    /// The key with the fingerprint `wanted`.
    pub(super) fn find(&self, wanted: &str) -> Result<MasterKey, VaultError> {
        let found = self.read()?;
        if let Some(key) = found.as_ref().filter(|key| key.fingerprint() == wanted) {
            return Ok(key.clone());
        }
        match (self, found) {
            (Self::File(file), _) if staged(file, wanted).exists() => {
                self.install(wanted)?;
                self.read()?.ok_or_else(|| missing(file, wanted))
            }
            (Self::File(file), None) => Err(missing(file, wanted)),
            (_, found) => Err(VaultError::WrongMasterKey {
                place: self.place(),
                found: found.map(|key| key.fingerprint()).unwrap_or_default(),
                wanted: wanted.to_owned(),
            }),
        }
    }

    /// The key that is there, whichever it is.
    pub(super) fn read(&self) -> Result<Option<MasterKey>, VaultError> {
        let file = match self {
            Self::Value(key) => return Ok(Some(key.clone())),
            Self::File(file) => file,
        };
        match fs::read_to_string(file).map(Zeroizing::new) {
            Ok(text) => text.trim().parse().map(Some).map_err(|reason| unusable(file, &reason)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(file, &error)),
        }
    }

    /// The key that is there, or else a new one, written down.
    pub(super) fn read_or_create(&self) -> Result<MasterKey, VaultError> {
        if let Some(key) = self.read()? {
            return Ok(key);
        }
        let place = PathBuf::from(self.place());
        write(&place, &MasterKey::generate()).map_err(|error| unusable(&place, &error))?;
        // Another process may have been faster: what counts is what stands in the file.
        self.read()?.ok_or_else(|| unusable(&place, &"it vanished"))
    }

    /// Writes `key` beside the present one, where `find` looks for it too.
    pub(super) fn stage(&self, key: &MasterKey) -> Result<(), VaultError> {
        let Self::File(file) = self else { return Ok(()) };
        let staged = staged(file, &key.fingerprint());
        write(&staged, key).map_err(|error| unusable(&staged, &error))
    }

    /// Makes `key`, staged before, the present one.
    pub(super) fn replace(&mut self, key: MasterKey) -> Result<(), VaultError> {
        match self {
            Self::Value(present) => *present = key,
            Self::File(_) => self.install(&key.fingerprint())?,
        }
        Ok(())
    }

    /// Puts the staged key in the place of the present one.
    fn install(&self, fingerprint: &str) -> Result<(), VaultError> {
        let Self::File(file) = self else { return Ok(()) };
        match fs::rename(staged(file, fingerprint), file) {
            // Another process that looked for the key has done it.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result.map_err(|error| unusable(file, &error)),
        }
    }

    fn place(&self) -> String {
        match self {
            Self::Value(_) => "BELLWETHER_MASTER_KEY".to_owned(),
            Self::File(file) => file.display().to_string(),
        }
    }
}

/// Where a new key waits for the commit of what it wraps; its name tells it from that of another rotation.
fn staged(file: &Path, fingerprint: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{fingerprint}"));
    name.into()
}

/// Makes `file`, readable by its owner only, whole or not at all; an existing one stays as it is.
fn write(file: &Path, key: &MasterKey) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Temporary files have the permissions 0600.
    let mut draft = NamedTempFile::new_in(folder)?;
    writeln!(draft, "{}", *key.to_base64())?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(file) {
        Err(error) if error.error.kind() != ErrorKind::AlreadyExists => return Err(error.error),
        _ => {}
    }
    // A key that seals what is committed must outlive a power cut: so must its name.
    File::open(folder)?.sync_all()
}

fn missing(file: &Path, wanted: &str) -> VaultError {
    VaultError::MissingMasterKey { file: file.display().to_string(), wanted: wanted.to_owned() }
}

fn unusable(file: &Path, reason: &dyn std::fmt::Display) -> VaultError {
    VaultError::MasterKeyFile { file: file.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use tempfile::TempDir;

    #[test]
    fn a_file_is_made_once_and_for_its_owner_only() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("below/master.key");
        let source = MasterKeySource::File(file.clone());
        assert!(source.read().unwrap().is_none());
        let key = source.read_or_create().unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(source.read_or_create().unwrap().fingerprint(), key.fingerprint());
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn many_that_make_it_at_once_agree() {
        let folder = TempDir::new().unwrap();
        let source = MasterKeySource::File(folder.path().join("master.key"));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let source = source.clone();
                std::thread::spawn(move || source.read_or_create().unwrap().fingerprint())
            })
            .collect();
        let mut fingerprints: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), 1);
    }

    #[test]
    fn a_rotation_that_died_after_its_commit_is_finished() {
        let folder = TempDir::new().unwrap();
        let source = MasterKeySource::File(folder.path().join("master.key"));
        source.read_or_create().unwrap();
        let new = MasterKey::generate();
        source.stage(&new).unwrap();
        assert_eq!(source.find(&new.fingerprint()).unwrap().fingerprint(), new.fingerprint());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_without_a_key_is_named_and_not_shown() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("master.key");
        fs::write(&file, "hunter2").unwrap();
        let error = MasterKeySource::File(file.clone()).read_or_create().unwrap_err().to_string();
        assert!(error.contains(file.to_str().unwrap()) && !error.contains("hunter2"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "hunter2");
    }
}
