//! Secrets at rest: what opens, what does not, and what happens to keys.

use platform::{
    Platform,
    vault::{MasterKey, MasterKeySource, Vault, VaultError, VaultState},
};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, Statement};
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use tests::TestApp;

/// The vault of another process with a master key of its own.
fn vault(platform: &Platform, master: &MasterKey) -> Vault {
    over(platform, MasterKeySource::Value(master.clone()))
}

fn over(platform: &Platform, master: MasterKeySource) -> Vault {
    Vault::new(platform.db.clone(), platform.clock.clone(), master)
}

async fn unrecorded(_: &DatabaseTransaction) -> Result<(), VaultError> {
    Ok(())
}

async fn opened(vault: &Vault, sealed: &str) -> String {
    String::from_utf8(vault.open("totp", sealed).await.unwrap().to_vec()).unwrap()
}

/// The data keys, each with whether it is retired.
async fn data_keys(platform: &Platform) -> Vec<bool> {
    let sql = "SELECT retired_at IS NOT NULL AS retired FROM data_key ORDER BY id";
    let db = platform.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "retired").unwrap()).collect()
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("data/master.key")
}

#[tokio::test]
async fn a_secret_opens_for_its_purpose_only_and_is_not_in_the_sealed_text() {
    let app = TestApp::start().await;
    let vault = &app.platform.vault;
    let sealed = vault.seal("totp", b"JBSWY3DPEHPK3PXP").await.unwrap();
    assert!(sealed.starts_with("v1.") && !sealed.contains("JBSWY3DPEHPK3PXP"), "{sealed}");
    assert_eq!(opened(vault, &sealed).await, "JBSWY3DPEHPK3PXP");
    assert_ne!(vault.seal("totp", b"JBSWY3DPEHPK3PXP").await.unwrap(), sealed);
    for (purpose, text) in [("webhook", sealed.as_str()), ("totp", &sealed[..40]), ("totp", "v1.x.y")] {
        let error = vault.open(purpose, text).await.unwrap_err();
        assert!(matches!(error, VaultError::Tampered), "{purpose} {text}: {error}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_known_data_key_costs_no_statement() {
    let app = TestApp::start().await;
    let vault = &app.platform.vault;
    let sealed = vault.seal("totp", b"secret").await.unwrap();
    let before = app.platform.db.statements();
    vault.seal("totp", b"another").await.unwrap();
    opened(vault, &sealed).await;
    assert_eq!(app.platform.db.statements(), before);
    app.finish().await;
}

#[tokio::test]
async fn processes_that_seal_the_first_secret_at_once_share_one_key() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let vaults: Vec<_> = (0..6).map(|_| over(&app.platform, MasterKeySource::File(file(&folder)))).collect();
    let sealing = vaults.iter().map(|vault| vault.seal("totp", b"secret"));
    for sealed in futures_util::future::try_join_all(sealing).await.unwrap() {
        for vault in &vaults {
            assert_eq!(opened(vault, &sealed).await, "secret");
        }
    }
    assert_eq!(data_keys(&app.platform).await, [false]);
    app.finish().await;
}

#[tokio::test]
async fn another_master_key_neither_opens_nor_seals_and_says_why() {
    let app = TestApp::start().await;
    let sealed = app.platform.vault.seal("totp", b"secret").await.unwrap();
    let other = vault(&app.platform, &MasterKey::generate());
    for error in [
        other.open("totp", &sealed).await.unwrap_err(),
        other.seal("totp", b"x").await.unwrap_err(),
        other.check().await.unwrap_err(),
    ] {
        assert!(matches!(error, VaultError::WrongMasterKey { .. }), "{error}");
        assert!(error.to_string().contains("BELLWETHER_MASTER_KEY holds"), "{error}");
    }
    assert_eq!(data_keys(&app.platform).await, [false]);
    app.finish().await;
}

#[tokio::test]
async fn a_lost_key_file_is_explained_and_never_made_anew() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let source = || MasterKeySource::File(file(&folder));
    let first = over(&app.platform, source());
    assert_eq!(first.check().await.unwrap(), VaultState::Unused);
    assert!(!file(&folder).exists(), "looking makes no key");
    let sealed = first.seal("totp", b"secret").await.unwrap();
    let kept = fs::read(file(&folder)).unwrap();
    fs::remove_file(file(&folder)).unwrap();
    let later = over(&app.platform, source());
    for error in [
        later.check().await.unwrap_err(),
        later.seal("totp", b"x").await.unwrap_err(),
        later.open("totp", &sealed).await.unwrap_err(),
    ] {
        assert!(matches!(error, VaultError::MissingMasterKey { .. }), "{error}");
    }
    assert!(!file(&folder).exists());
    // Put back, it works without a restart.
    fs::write(file(&folder), kept).unwrap();
    assert_eq!(opened(&later, &sealed).await, "secret");
    app.finish().await;
}

#[tokio::test]
async fn a_new_master_key_opens_what_was_sealed_under_the_old_one() {
    let app = TestApp::start().await;
    let platform = &app.platform;
    let (old, new) = (MasterKey::generate(), MasterKey::generate());
    let rotating = vault(platform, &old);
    let first = rotating.seal("totp", b"first").await.unwrap();
    rotating.rotate_data_key().await.unwrap();
    let second = rotating.seal("totp", b"second").await.unwrap();
    rotating.rotate_master_key(new.clone(), unrecorded).await.unwrap();
    for vault in [&rotating, &vault(platform, &new)] {
        let fits = VaultState::Fits { fingerprint: new.fingerprint(), data_keys: 2 };
        assert_eq!(vault.check().await.unwrap(), fits);
        assert_eq!(opened(vault, &first).await, "first");
        assert_eq!(opened(vault, &second).await, "second");
    }
    assert!(matches!(vault(platform, &old).check().await, Err(VaultError::WrongMasterKey { .. })));
    app.finish().await;
}

#[tokio::test]
async fn a_rotation_replaces_the_key_s_file_for_all_processes() {
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let rotating = over(&app.platform, MasterKeySource::File(file(&folder)));
    let running = over(&app.platform, MasterKeySource::File(file(&folder)));
    let sealed = rotating.seal("totp", b"secret").await.unwrap();
    let new = MasterKey::generate();
    rotating.rotate_master_key(new.clone(), unrecorded).await.unwrap();
    assert_eq!(fs::read_to_string(file(&folder)).unwrap().trim(), *new.to_base64());
    assert_eq!(opened(&running, &sealed).await, "secret");
    app.finish().await;
}

#[tokio::test]
async fn a_rotation_under_the_wrong_key_changes_nothing() {
    let app = TestApp::start().await;
    let sealed = app.platform.vault.seal("totp", b"secret").await.unwrap();
    let wrong = vault(&app.platform, &MasterKey::generate());
    assert!(wrong.rotate_master_key(MasterKey::generate(), unrecorded).await.is_err());
    assert!(wrong.rotate_data_key().await.is_err());
    assert!(matches!(app.platform.vault.check().await.unwrap(), VaultState::Fits { data_keys: 1, .. }));
    assert_eq!(opened(&app.platform.vault, &sealed).await, "secret");
    app.finish().await;
}

#[tokio::test]
async fn a_new_data_key_seals_from_now_on() {
    let app = TestApp::start().await;
    let vault = &app.platform.vault;
    let key = |sealed: &str| sealed.split('.').nth(1).unwrap().to_owned();
    let old = vault.seal("totp", b"old").await.unwrap();
    vault.rotate_data_key().await.unwrap();
    let new = vault.seal("totp", b"new").await.unwrap();
    assert_ne!(key(&old), key(&new));
    assert_eq!(data_keys(&app.platform).await, [true, false]);
    assert_eq!(opened(vault, &old).await, "old");
    app.finish().await;
}

#[tokio::test]
async fn data_keys_that_changed_places_are_noticed() {
    let app = TestApp::start().await;
    let vault = &app.platform.vault;
    vault.seal("totp", b"secret").await.unwrap();
    vault.rotate_data_key().await.unwrap();
    let db = app.platform.db.connection();
    db.execute_unprepared("UPDATE data_key SET wrapped = (SELECT MIN(wrapped) FROM data_key)").await.unwrap();
    assert!(matches!(vault.check().await, Err(VaultError::Tampered)));
    db.execute_unprepared("DELETE FROM data_key").await.unwrap();
    assert_eq!(vault.check().await.unwrap(), VaultState::Unused);
    app.finish().await;
}
