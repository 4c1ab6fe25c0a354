//! People, their credentials, and what they did.

use crate::{context::ContextExt as _, error::Result, scalar::Long};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::identity::{self, Member, Proof as _, SignedIn, access, account, api_key, audit, session};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

/// What an account may do; each role may also what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::Role")]
pub enum Role {
    /// Reads, and has settings of its own.
    User,
    /// Also works with models and experiments.
    Analyst,
    /// Also runs the product; needs a second factor.
    Admin,
}

/// What an API key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::Scope")]
pub enum ApiKeyScope {
    /// Reading what is the owner's.
    Read,
    /// Changing what is the owner's.
    Write,
    /// Asking models for predictions.
    Predict,
    /// Whatever the owner may as an administrator; what needs a TOTP code still does.
    Admin,
}

/// A person with an account.
#[derive(Clone, Debug)]
pub struct User(pub account::Row);

/// A person with an account.
#[Object]
impl User {
    /// Identifies the account.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The e-mail address, in lower case.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// When the address was verified; null until then.
    async fn email_verified_at(&self) -> Option<DateTime<Utc>> {
        self.0.email_verified_at
    }

    /// The name to show; null if none was given.
    async fn display_name(&self) -> Option<&str> {
        self.0.display_name.as_deref()
    }

    /// The time zone, as an IANA name such as `Europe/Berlin`.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// What the account may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// Whether a second factor is set up.
    async fn has_totp(&self) -> bool {
        self.0.totp_confirmed_at.is_some()
    }

    /// When the account was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// The sign-ins that are open, newest first; empty to all but the user.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let Some(member) = self.own(ctx) else { return Ok(Vec::new()) };
        let rows = session::list(ctx.platform(), member.account()).await?;
        Ok(rows.into_iter().map(|row| Session { is_current: row.id == member.session(), row }).collect())
    }

    /// The API keys that are not revoked, newest first; empty to all but the user.
    async fn api_keys(&self, ctx: &Context<'_>) -> Result<Vec<ApiKey>> {
        let Some(member) = self.own(ctx) else { return Ok(Vec::new()) };
        let rows = api_key::list(ctx.platform(), member.account()).await?;
        Ok(rows.into_iter().map(ApiKey).collect())
    }
}

impl User {
    /// Whoever asks, if that is the user.
    fn own(&self, ctx: &Context<'_>) -> Option<Member> {
        ctx.access().member().ok().filter(|member| member.account() == self.0.id)
    }
}

/// A sign-in on one device.
#[derive(Clone, Debug)]
pub struct Session {
    row: session::Row,
    is_current: bool,
}

/// A sign-in on one device.
#[Object]
impl Session {
    /// Identifies the session: pass it to `logout` to end it.
    async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.known_at
    }

    /// When its tokens were last refreshed.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.row.last_used_at
    }

    /// When it ends without a refresh.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// The address it was opened from; null if unknown.
    async fn address(&self) -> Option<&str> {
        self.row.address.as_deref()
    }

    /// The program it was opened with; null if it did not say.
    async fn user_agent(&self) -> Option<&str> {
        self.row.user_agent.as_deref()
    }

    /// Whether it is the one that asks.
    async fn is_current(&self) -> bool {
        self.is_current
    }
}

/// The credential of a program.
#[derive(Clone, Debug)]
pub struct ApiKey(pub api_key::Row);

/// The credential of a program.
#[Object]
impl ApiKey {
    /// Identifies the key: pass it to `revokeApiKey`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The start of the key, to know it by; the rest is not kept.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it is good for.
    async fn scopes(&self) -> Vec<ApiKeyScope> {
        api_key::scopes(&self.0).into_iter().map(Into::into).collect()
    }

    /// How many requests it may send in an hour.
    async fn requests_per_hour(&self) -> i32 {
        self.0.requests_per_hour
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// When it ends; null if it does not.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was last used, to the minute; null if never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}

/// An administrator's standing in this session.
#[derive(Clone, Debug, SimpleObject)]
pub struct AdminSession {
    /// Who is signed in.
    pub user: User,
    /// When a TOTP code was last given; null if none was yet.
    pub totp_verified_at: Option<DateTime<Utc>>,
    /// Until when mutations that need a fresh code go without another; null if one is needed now.
    pub totp_fresh_until: Option<DateTime<Utc>>,
    /// When the session ends without a refresh.
    pub expires_at: DateTime<Utc>,
}

impl AdminSession {
    pub fn new(account: account::Row, session: &session::Row, now: DateTime<Utc>) -> Self {
        let until = session.totp_verified_at.map(|given| given + access::FRESH);
        Self {
            user: User(account),
            totp_verified_at: session.totp_verified_at,
            totp_fresh_until: until.filter(|until| *until > now),
            expires_at: session.expires_at,
        }
    }
}

/// The tokens of a session.
#[derive(Clone, Debug, SimpleObject)]
pub struct SessionPayload {
    /// Send it as `Authorization: Bearer …`; good for 15 minutes.
    access_token: String,
    /// When the access token expires.
    access_token_expires_at: DateTime<Utc>,
    /// Trade it for fresh tokens with `refreshToken`; works once.
    refresh_token: String,
    /// When the refresh token expires.
    refresh_token_expires_at: DateTime<Utc>,
    /// Who is signed in.
    user: User,
}

impl From<SignedIn> for SessionPayload {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: signed_in.access.token.expose_secret().to_owned(),
            access_token_expires_at: signed_in.access.expires_at,
            refresh_token: signed_in.refresh_token.expose_secret().to_owned(),
            refresh_token_expires_at: signed_in.session.expires_at,
            user: User(signed_in.account),
        }
    }
}

/// Which entries of the audit log are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuditFilter {
    /// Only this action, such as `identity.login`, or this feature, such as `identity`.
    pub action: Option<String>,
    /// Only what this account or API key did.
    pub actor_id: Option<ID>,
    /// Only what was done to this, such as `session:…`.
    pub subject: Option<String>,
    /// Only after this time.
    pub after: Option<DateTime<Utc>>,
    /// Only before this time.
    pub before: Option<DateTime<Utc>>,
}

impl AuditFilter {
    pub fn parse(self) -> Result<audit::Filter> {
        let actor = self.actor_id.map(|id| uuid("actorId", &id)).transpose()?;
        let Self { action, subject, after, before, .. } = self;
        Ok(audit::Filter { action, actor, subject, after, before })
    }
}

/// Who did what, when, and from where; the log can only grow.
#[derive(Clone, Debug)]
pub struct AuditEntry(pub audit::Row);

/// Who did what, when, and from where; the log can only grow.
#[Object]
impl AuditEntry {
    /// Its place in the log, from 1 without gaps.
    async fn sequence(&self) -> Long {
        Long(self.0.sequence)
    }

    /// When it was done.
    async fn time(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// What was done, such as `identity.create_api_key`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// Who did it: USER, API_KEY, COMMAND (at the machine), SYSTEM (a job) or ANONYMOUS.
    async fn actor_kind(&self) -> &str {
        &self.0.actor_kind
    }

    /// The account or API key that did it; null for others.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_id.map(|id| id.to_string().into())
    }

    /// The session in which it was done; null outside sessions.
    async fn session_id(&self) -> Option<ID> {
        self.0.session_id.map(|id| id.to_string().into())
    }

    /// The address it was done from; null if unknown.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The id of the request; null outside requests.
    async fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// What it was done to, such as `account:…`; null if nothing in particular.
    async fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What was there before, as JSON without secrets; null if nothing was.
    async fn before(&self) -> Option<&str> {
        self.0.before.as_deref()
    }

    /// What is there now, as JSON without secrets; null if that is nothing, or said by the action.
    async fn after(&self) -> Option<&str> {
        self.0.after.as_deref()
    }

    /// The hash over this entry and the one before it.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}

/// The UUID given as `field`.
pub fn uuid(field: &str, id: &ID) -> Result<Uuid> {
    let wrong =
        || crate::error::ApiError::input(field, "this is not an id: use the one that a query returned");
    id.parse().map_err(|_| wrong())
}
