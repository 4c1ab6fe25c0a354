//! Proofs of who asks: types that only this feature can make.

use super::{Error, gatekeeper::Credential, totp};
use chrono::{DateTime, TimeDelta, Utc};
use entity::identity::account::Role;
use platform::Platform;
use secrecy::SecretString;
use std::net::{IpAddr, Ipv6Addr};
use uuid::Uuid;

/// How long a TOTP code that was given in a session counts as fresh.
pub const FRESH: TimeDelta = TimeDelta::minutes(5);

const SITE: u128 = u128::MAX << 64;

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub trace_id: Option<String>,
}

impl Origin {
    /// Whom limits count where nobody signed in: the address, or the /64 that one site has in IPv6.
    pub fn counted(&self) -> String {
        match self.address {
            Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() & SITE).to_string(),
            Some(address) => address.to_string(),
            None => "local".to_owned(),
        }
    }

    pub(super) fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }
}

/// What a credential of a program is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Reading what is the owner's.
    Read,
    /// Changing what is the owner's.
    Write,
    /// Asking models for predictions.
    Predict,
    /// Whatever the owner may as an administrator; what needs a TOTP code still does.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Predict, Self::Admin];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Predict => "PREDICT",
            Self::Admin => "ADMIN",
        }
    }
}

/// What the gatekeeper makes of a request's credential.
#[derive(Clone, Debug, Default)]
pub enum Standing {
    #[default]
    Anonymous,
    Known(Credential),
    /// It was no good. What everyone may, its sender may too, such as refreshing a token that has expired.
    Refused(Refusal),
}

/// Why a credential was no good.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    Token(&'static str),
    Key,
}

/// Everything a request shows about who sent it.
#[derive(Clone, Debug, Default)]
pub struct Access {
    pub origin: Origin,
    /// As the gatekeeper found it.
    pub standing: Standing,
    /// The code of the header `X-TOTP`.
    pub code: Option<SecretString>,
}

impl Access {
    /// Whether the request has no credential at all.
    pub fn is_anonymous(&self) -> bool {
        matches!(self.standing, Standing::Anonymous)
    }

    fn credential(&self) -> Result<&Credential, Error> {
        match &self.standing {
            Standing::Known(credential) => Ok(credential),
            Standing::Anonymous => Err(Error::SignInNeeded),
            Standing::Refused(Refusal::Token(why)) => Err(Error::BadToken(why)),
            Standing::Refused(Refusal::Key) => Err(Error::BadKey),
        }
    }

    fn actor(&self, credential: &Credential) -> Actor {
        Actor {
            kind: if credential.session.is_some() { ActorKind::User } else { ActorKind::ApiKey },
            id: Some(credential.key.unwrap_or(credential.account)),
            session: credential.session,
            origin: self.origin.clone(),
        }
    }

    /// The session or API key, if there is a good one.
    pub fn caller(&self) -> Option<Uuid> {
        let credential = self.credential().ok()?;
        credential.session.or(credential.key)
    }

    /// Anyone with an account, by a session or by a key with `scope`.
    pub fn user(&self, scope: Scope) -> Result<User, Error> {
        let credential = self.credential()?;
        if credential.key.is_some() && !credential.scopes.contains(&scope) {
            return Err(Error::ScopeNeeded(scope.name()));
        }
        Ok(User { account: credential.account, role: credential.role, actor: self.actor(credential) })
    }

    /// Someone who is present in person: by a session.
    pub fn member(&self) -> Result<Member, Error> {
        let credential = self.credential()?;
        let session = credential.session.ok_or(Error::SessionNeeded)?;
        let user = User { account: credential.account, role: credential.role, actor: self.actor(credential) };
        Ok(Member { user, session })
    }

    pub fn analyst(&self, scope: Scope) -> Result<Analyst, Error> {
        let user = self.user(scope)?;
        if user.role < Role::Analyst { Err(Error::RoleNeeded("ANALYST")) } else { Ok(Analyst(user)) }
    }

    /// An administrator who has given a second factor in this session, or whose key has the scope `ADMIN`.
    pub fn admin(&self) -> Result<Admin, Error> {
        let user = self.administrator()?;
        let credential = self.credential()?;
        if credential.session.is_some() && credential.totp_verified_at.is_none() {
            return Err(Error::TotpRequired(credential.totp_hint()));
        }
        Ok(Admin(user))
    }

    fn administrator(&self) -> Result<User, Error> {
        let user = self.user(Scope::Admin)?;
        if user.role < Role::Admin { Err(Error::RoleNeeded("ADMIN")) } else { Ok(user) }
    }

    /// Whether a code was given in this session, and not longer than [`FRESH`] ago.
    fn has_fresh_totp(&self, now: DateTime<Utc>) -> bool {
        let Standing::Known(credential) = &self.standing else { return false };
        credential.totp_verified_at.is_some_and(|given| now - given <= FRESH)
    }

    /// An administrator with a TOTP code that is given now, or not longer than [`FRESH`] ago in this session.
    pub async fn fresh_totp(&self, platform: &Platform) -> Result<FreshTotp, Error> {
        let user = self.administrator()?;
        self.prove_totp(platform, &user).await?;
        Ok(FreshTotp(Admin(user)))
    }

    /// Succeeds with a TOTP code that is given now, or not longer than [`FRESH`] ago in this session.
    pub(super) async fn prove_totp(&self, platform: &Platform, user: &User) -> Result<(), Error> {
        if let Some(code) = &self.code {
            return totp::spend(platform, user, code).await;
        }
        if self.has_fresh_totp(platform.clock.now()) {
            return Ok(());
        }
        Err(Error::TotpRequired(self.credential()?.totp_hint()))
    }
}

/// Who is answerable for an act.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(super) kind: ActorKind,
    pub(super) id: Option<Uuid>,
    pub(super) session: Option<Uuid>,
    pub(super) origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActorKind {
    User,
    ApiKey,
    /// Someone at the machine.
    Command,
    /// Nobody signed in.
    Anonymous,
    /// A job.
    System,
}

impl ActorKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::ApiKey => "API_KEY",
            Self::Command => "COMMAND",
            Self::Anonymous => "ANONYMOUS",
            Self::System => "SYSTEM",
        }
    }
}

impl Actor {
    /// Someone with access to the machine and its database.
    pub fn command() -> Self {
        Self { kind: ActorKind::Command, id: None, session: None, origin: Origin::default() }
    }

    /// A job of the product itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: None, session: None, origin: Origin::default() }
    }

    pub(super) fn anonymous(origin: &Origin) -> Self {
        Self { kind: ActorKind::Anonymous, id: None, session: None, origin: origin.clone() }
    }

    pub(super) fn session(account: Uuid, session: Uuid, origin: &Origin) -> Self {
        Self { kind: ActorKind::User, id: Some(account), session: Some(session), origin: origin.clone() }
    }
}

/// What all proofs have: someone who answers for what is done with them.
pub trait Proof {
    fn actor(&self) -> &Actor;
    /// The account.
    fn account(&self) -> Uuid;
}

/// Someone with an account.
#[derive(Clone, Debug)]
pub struct User {
    account: Uuid,
    role: Role,
    actor: Actor,
}

/// Someone with an account, in a session of their own.
#[derive(Clone, Debug)]
pub struct Member {
    user: User,
    session: Uuid,
}

impl Member {
    pub fn session(&self) -> Uuid {
        self.session
    }

    pub fn user(&self) -> &User {
        &self.user
    }
}

/// Someone with the role `ANALYST` or above.
#[derive(Clone, Debug)]
pub struct Analyst(User);

/// Someone with the role `ADMIN`, past a second factor.
#[derive(Clone, Debug)]
pub struct Admin(User);

/// An administrator who has just given a TOTP code.
#[derive(Clone, Debug)]
pub struct FreshTotp(Admin);

impl FreshTotp {
    pub fn admin(&self) -> &Admin {
        &self.0
    }
}

macro_rules! proof {
    ($($proof:ty: $($path:tt).+;)+) => {
        $(impl Proof for $proof {
            fn actor(&self) -> &Actor {
                &self.$($path).+.actor
            }

            fn account(&self) -> Uuid {
                self.$($path).+.account
            }
        })+
    };
}

impl Proof for User {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn account(&self) -> Uuid {
        self.account
    }
}
proof!(Member: user; Analyst: 0; Admin: 0; FreshTotp: 0.0;);

#[cfg(test)]
mod tests {
    use super::Origin;

    fn check(address: &str, expected: &str) {
        let origin = Origin { address: Some(address.parse().unwrap()), ..Origin::default() };
        assert_eq!(origin.counted(), expected);
    }

    #[test]
    fn a_site_counts_once_however_many_addresses_it_has() {
        check("203.0.113.7", "203.0.113.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
        check("2001:db8:1:2::1", "2001:db8:1:2::");
    }
}
