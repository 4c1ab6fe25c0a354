//! Checks credentials, fast: an answer is remembered for a moment, and forgotten when anything is withdrawn.

use super::{
    Error, Keyring, Scope, TOPIC,
    access::{Refusal, Standing},
    api_key, session,
    watch::Watches,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::identity::{
    account::{self as account_row, Role},
    api_key as key_row, session as session_row,
};
use moka::sync::Cache;
use platform::{Platform, bus::Signal};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::interval;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

pub use super::watch::Watch;

/// How long an answer is believed when no word of a change arrives.
const BELIEF: Duration = Duration::from_secs(3);
const MOST_REMEMBERED: u64 = 20_000;
/// How long a transaction may take from its moment to its commit, to be seen by the next look.
const OVERLAP: TimeDelta = TimeDelta::seconds(10);
/// Counts the changes that this process made or heard of: an answer from before the last one is not believed.
///
/// One for the whole process, so that whoever changes something sees it at once, without waiting for the bus.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// Who a bearer is.
#[derive(Clone, Debug)]
pub struct Credential {
    pub(super) account: Uuid,
    pub(super) role: Role,
    /// Of a person.
    pub(super) session: Option<Uuid>,
    pub(super) totp_verified_at: Option<DateTime<Utc>>,
    pub(super) has_totp: bool,
    /// Of a program.
    pub(super) key: Option<Uuid>,
    pub(super) scopes: Vec<Scope>,
    pub(super) requests_per_hour: Option<u32>,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

impl Credential {
    /// When it ends by itself.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// Whom limits count: the account, however many keys and sessions it has.
    pub fn counted(&self) -> Uuid {
        self.account
    }

    /// A key, and how many requests an hour its owner grants it.
    pub fn quota_of_key(&self) -> Option<(Uuid, u32)> {
        self.key.zip(self.requests_per_hour)
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub(super) fn totp_hint(&self) -> &'static str {
        if self.session.is_none() {
            "this needs a fresh TOTP code: send it as the header `X-TOTP`"
        } else if self.has_totp {
            "this needs a fresh TOTP code: call `verifyTotp` first, or send the code as the header `X-TOTP`"
        } else {
            "this needs a second factor: set one up with `enrollTotp` and `confirmTotp`"
        }
    }
}

/// Knows who holds which credential; one per process, clones share it.
#[derive(Clone, Debug)]
pub struct Gatekeeper {
    platform: Platform,
    keyring: Keyring,
    /// With the count of changes from before they were read.
    remembered: Cache<[u8; 32], (u64, Credential)>,
    watches: Watches,
    _listen: Arc<AbortOnDropHandle<()>>,
}

impl Gatekeeper {
    pub fn start(platform: &Platform) -> Self {
        let remembered = Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(BELIEF).build();
        let watches = Watches::default();
        let listen = listen(platform.clone(), watches.clone());
        Self {
            platform: platform.clone(),
            keyring: Keyring::default(),
            remembered,
            watches,
            _listen: Arc::new(AbortOnDropHandle::new(tokio::spawn(listen))),
        }
    }

    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What to make of the credential of a request.
    pub async fn standing(&self, bearer: Option<&SecretString>) -> Result<Standing, Error> {
        let Some(bearer) = bearer else { return Ok(Standing::Anonymous) };
        match self.check(bearer).await {
            Ok(credential) => Ok(Standing::Known(credential)),
            Err(Error::BadToken(why)) => Ok(Standing::Refused(Refusal::Token(why))),
            Err(Error::BadKey) => Ok(Standing::Refused(Refusal::Key)),
            Err(error) => Err(error),
        }
    }

    /// Tells when something changes about the credential's account, such as a withdrawal.
    pub fn watch(&self, credential: &Credential) -> Watch {
        self.watches.add(credential.account)
    }

    /// Who holds `bearer`: an access token, or an API key.
    pub async fn check(&self, bearer: &SecretString) -> Result<Credential, Error> {
        let name: [u8; 32] = Sha256::digest(bearer.expose_secret().as_bytes()).into();
        let changes = CHANGES.load(Ordering::SeqCst);
        if let Some((of, credential)) = self.remembered.get(&name)
            && of == changes
            && credential.expires_at.is_none_or(|end| end > self.platform.clock.now())
        {
            return Ok(credential);
        }
        let credential = if bearer.expose_secret().starts_with(api_key::PREFIX) {
            api_key::check_key(&self.platform, bearer).await?
        } else {
            self.session(bearer).await?
        };
        self.remembered.insert(name, (changes, credential.clone()));
        Ok(credential)
    }

    async fn session(&self, bearer: &SecretString) -> Result<Credential, Error> {
        let claims = self.keyring.verify(&self.platform, bearer).await?;
        let (db, now) = (self.platform.db.connection(), self.platform.clock.now());
        let live = session::live(db, now, claims.sid).await?.filter(|(_, account)| account.id == claims.sub);
        let (session, account) =
            live.ok_or(Error::BadToken("belongs to a session that has ended; sign in again"))?;
        Ok(Credential {
            account: account.id,
            role: account.role,
            session: Some(session.id),
            totp_verified_at: session.totp_verified_at,
            has_totp: account.totp_confirmed_at.is_some(),
            key: None,
            scopes: Vec::new(),
            requests_per_hour: None,
            expires_at: DateTime::from_timestamp(claims.exp, 0),
        })
    }
}

/// Tells all processes to look at the account's credentials again; call it after the commit.
pub(super) async fn announce(platform: &Platform, account: Uuid) {
    CHANGES.fetch_add(1, Ordering::SeqCst);
    platform.bus.publish(TOPIC, account.to_string()).await;
}

/// Believes nothing from before a word of a change: withdrawals are rare, and asking again is cheap.
async fn listen(platform: Platform, watches: Watches) {
    let mut signals = platform.bus.subscribe();
    let mut looks = interval(BELIEF);
    let mut since = platform.clock.now() - OVERLAP;
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Some(Signal::Message(message)) if message.topic == TOPIC => {
                    CHANGES.fetch_add(1, Ordering::SeqCst);
                    message.payload.parse().map_or_else(|_| watches.wake_all(), |account| watches.wake(account));
                }
                Some(Signal::Message(_)) => {}
                Some(Signal::Resync) => {
                    CHANGES.fetch_add(1, Ordering::SeqCst);
                    watches.wake_all();
                }
                None => return,
            },
            // Whoever is not on the bus, such as a command beside the embedded database, changes things all the same.
            _ = looks.tick() => {
                watches.forget();
                let now = platform.clock.now();
                match changed_since(&platform, &watches, since).await {
                    Ok(()) => since = now - OVERLAP,
                    Err(error) => tracing::warn!(%error, "Could not look for withdrawn credentials"),
                }
            }
        }
    }
}

/// Wakes those whose credentials were withdrawn or changed, by whomever; three statements, however many wait.
async fn changed_since(platform: &Platform, watches: &Watches, since: DateTime<Utc>) -> Result<(), Error> {
    if watches.is_empty() {
        return Ok(());
    }
    let db = platform.db.connection();
    let sessions = session_row::Entity::find().select_only().column(session_row::Column::AccountId);
    let sessions = sessions.filter(session_row::Column::RevokedAt.gt(since)).into_tuple::<Uuid>().all(db);
    let keys = key_row::Entity::find().select_only().column(key_row::Column::AccountId);
    let keys = keys.filter(key_row::Column::RevokedAt.gt(since)).into_tuple::<Uuid>().all(db);
    let accounts = account_row::Entity::find().select_only().column(account_row::Column::Id);
    let accounts = accounts.filter(account_row::Column::UpdatedAt.gt(since)).into_tuple::<Uuid>().all(db);
    let changed: HashSet<Uuid> =
        [sessions.await?, keys.await?, accounts.await?].into_iter().flatten().collect();
    for account in changed {
        watches.wake(account);
    }
    Ok(())
}
