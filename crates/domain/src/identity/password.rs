//! Passwords: judged by how hard they are to guess, stored as Argon2id.

use super::Error;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{LazyLock, OnceLock};
use tokio::{sync::Semaphore, task::spawn_blocking};
use zxcvbn::{Score, zxcvbn};

const SHORTEST: usize = 10;
/// Longer ones cost time to judge and gain nothing.
const LONGEST: usize = 128;
/// Who waits for a hash beyond these is sent away: each takes tens of milliseconds of a core.
const MOST_WAITING: usize = 64;

/// Hashing may take half of the cores, and 19 MiB each.
static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new((num_cpus() / 2).max(1)));
static WAITING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MOST_WAITING));

fn num_cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Refuses passwords that are easy to guess, and says how to do better. `known` are words an attacker would try first.
pub(super) fn check(password: &SecretString, known: &[&str]) -> Result<(), Error> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let message = format!("a password has {SHORTEST} to {LONGEST} characters");
        return Err(Error::WeakPassword(message));
    }
    let known: Vec<&str> = known.iter().copied().chain(["bellwether"]).collect();
    let entropy = zxcvbn(text, &known);
    if entropy.score() >= Score::Three {
        return Ok(());
    }
    let mut message = "this password is easy to guess".to_owned();
    if let Some(feedback) = entropy.feedback() {
        let warning = feedback.warning().map(|warning| warning.to_string());
        let advice = feedback.suggestions().iter().map(ToString::to_string);
        for sentence in warning.into_iter().chain(advice) {
            message.push_str(": ");
            message.push_str(sentence.trim_end_matches('.'));
        }
    }
    Err(Error::WeakPassword(message))
}

/// The Argon2id hash, in PHC format; taken off the async threads.
pub(super) async fn hash(password: SecretString) -> Result<String, Error> {
    aside(move || {
        let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|_| Error::Corrupt("password"))
    })
    .await
}

/// Whether `password` is the one behind `hash`. Without a hash it takes as long, and is not.
pub(super) async fn verify(password: SecretString, hash: Option<String>) -> Result<bool, Error> {
    aside(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| decoy().to_owned());
        let hash = PasswordHash::new(&hash).map_err(|_| Error::Corrupt("password hash"))?;
        let same = Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
        Ok(same && known)
    })
    .await
}

/// The hash of a password that nobody has.
fn decoy() -> &'static str {
    static DECOY: OnceLock<String> = OnceLock::new();
    DECOY.get_or_init(|| {
        let password = super::secret::issue("");
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes())
            .map(|hash| hash.to_string())
            .expect("the default parameters are valid")
    })
}

/// Runs `work` on a thread of its own, a few at a time.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _place = WAITING.try_acquire().map_err(|_| Error::Busy)?;
    let _slot = SLOTS.acquire().await.map_err(|_| Error::Busy)?;
    spawn_blocking(work).await.map_err(|_| Error::Busy)?
}

#[cfg(test)]
mod tests {
    use super::{check, hash, verify};

    #[test]
    fn what_is_easy_to_guess_is_refused_with_advice() {
        for password in ["short", "password1234", "aaaaaaaaaaaa", "anna@example.org", "qwertyuiop123"] {
            let error = check(&password.into(), &["anna@example.org"]).unwrap_err().to_string();
            assert!(error.len() > 20, "{password}: {error}");
        }
        check(&"plum-orbit-carbon-lantern".into(), &["anna@example.org"]).unwrap();
    }

    #[tokio::test]
    async fn only_the_right_password_fits_its_hash() {
        let stored = hash("plum-orbit-carbon-lantern".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify("plum-orbit-carbon-lantern".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("plum-orbit-carbon-lanterN".into(), Some(stored)).await.unwrap());
        assert!(!verify("plum-orbit-carbon-lantern".into(), None).await.unwrap());
    }
}
