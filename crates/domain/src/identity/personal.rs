//! What accounts, sessions, keys and the audit log tell about someone.

use super::Error;
use crate::personal::Section;
use entity::identity::{account, api_key, audit_entry, one_time_token, session};
use platform::database::DatabaseConnection;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use serde_json::{Value, json};
use std::iter;
use uuid::Uuid;

/// `account`, `sessions`, `apiKeys`, `oneTimeTokens` and `auditEntries` of the account.
pub async fn sections(db: &DatabaseConnection, account: Uuid) -> Result<Vec<Section<'_>>, Error> {
    let sessions = session::Entity::find()
        .filter(session::Column::AccountId.eq(account))
        .order_by_asc(session::Column::KnownAt);
    let keys = api_key::Entity::find()
        .filter(api_key::Column::AccountId.eq(account))
        .order_by_asc(api_key::Column::KnownAt);
    let tokens = one_time_token::Entity::find()
        .filter(one_time_token::Column::AccountId.eq(account))
        .order_by_asc(one_time_token::Column::KnownAt);
    let own = Own {
        account,
        sessions: sessions.clone().select_only().column(session::Column::Id).into_tuple().all(db).await?,
        keys: keys.clone().select_only().column(api_key::Column::Id).into_tuple().all(db).await?,
    };
    Ok(vec![
        Section::new(db, "account", account::Entity::find_by_id(account), of_account),
        Section::new(db, "sessions", sessions, of_session),
        Section::new(db, "apiKeys", keys, of_key),
        Section::new(db, "oneTimeTokens", tokens, of_token),
        Section::new(db, "auditEntries", own.entries(), move |row| own.show(row)),
    ])
}

fn of_account(row: &account::Model) -> Value {
    json!({
        "id": row.id,
        "email": row.email,
        "emailVerifiedAt": row.email_verified_at,
        "hasPassword": row.password_hash.is_some(),
        "googleSubject": row.google_subject,
        "displayName": row.display_name,
        "timeZone": row.time_zone,
        "role": row.role.to_value(),
        "totpConfirmedAt": row.totp_confirmed_at,
        "createdAt": row.known_at,
        "updatedAt": row.updated_at,
    })
}

fn of_session(row: &session::Model) -> Value {
    json!({
        "id": row.id,
        "createdAt": row.known_at,
        "lastUsedAt": row.last_used_at,
        "expiresAt": row.expires_at,
        "address": row.address,
        "userAgent": row.user_agent,
        "totpVerifiedAt": row.totp_verified_at,
        "revokedAt": row.revoked_at,
    })
}

fn of_key(row: &api_key::Model) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "scopes": row.scopes.split(' ').collect::<Vec<_>>(),
        "requestsPerHour": row.requests_per_hour,
        "createdAt": row.known_at,
        "expiresAt": row.expires_at,
        "lastUsedAt": row.last_used_at,
        "revokedAt": row.revoked_at,
    })
}

fn of_token(row: &one_time_token::Model) -> Value {
    json!({
        "purpose": row.purpose.to_value(),
        "createdAt": row.known_at,
        "expiresAt": row.expires_at,
        "usedAt": row.used_at,
    })
}

/// Under which ids someone acts, and is acted upon.
struct Own {
    account: Uuid,
    sessions: Vec<Uuid>,
    keys: Vec<Uuid>,
}

impl Own {
    /// What the account or one of its keys did, and what was done to it, its sessions and its keys.
    fn entries(&self) -> Select<audit_entry::Entity> {
        let subjects = iter::once(format!("account:{}", self.account))
            .chain(self.sessions.iter().map(|id| format!("session:{id}")))
            .chain(self.keys.iter().map(|id| format!("api_key:{id}")));
        let condition = Condition::any()
            .add(audit_entry::Column::ActorId.is_in(self.actors()))
            .add(audit_entry::Column::Subject.is_in(subjects));
        audit_entry::Entity::find().filter(condition).order_by_asc(audit_entry::Column::Sequence)
    }

    fn actors(&self) -> impl Iterator<Item = Uuid> {
        self.keys.iter().copied().chain([self.account])
    }

    /// Of what someone else did, neither who nor from where: that is theirs.
    fn show(&self, row: &audit_entry::Model) -> Value {
        let is_own = row.actor_id.is_none_or(|actor| self.actors().any(|own| own == actor));
        json!({
            "sequence": row.sequence,
            "time": row.known_at,
            "action": row.action,
            "actorKind": row.actor_kind,
            "actorId": row.actor_id.filter(|_| is_own),
            "sessionId": row.session_id.filter(|_| is_own),
            "address": row.address.as_ref().filter(|_| is_own),
            "traceId": row.trace_id.as_ref().filter(|_| is_own),
            "subject": row.subject,
            "before": parsed(row.before.as_deref()),
            "after": parsed(row.after.as_deref()),
        })
    }
}

/// The entry keeps JSON as text.
fn parsed(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_else(|_| text.into()))
}
