//! Reminders that a credential should be replaced: one two weeks before, one when it is due.

use super::{
    Error, SendReminder,
    provider::{self, Credential},
};
use crate::{SourceKind, identity::account};
use chrono::{DateTime, TimeDelta, Utc};
use entity::admin::provider_credential::{Column, Entity, Reminder};
use platform::{Platform, clock::Clock, mail::Mail};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _, sea_query::Expr};

/// How long before a credential is due administrators are reminded first.
const AHEAD: TimeDelta = TimeDelta::days(14);

/// Enqueues what is to be said and was not yet, and notes in the rows that it is.
pub async fn remind(txn: &DatabaseTransaction, clock: &Clock) -> Result<usize, Error> {
    let administrators = account::administrators(txn).await?;
    // What nobody is there to hear is not said yet.
    if administrators.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    for row in Entity::find().all(txn).await? {
        let reminder = wanted(&row, clock.now()).filter(|wanted| row.reminder != Some(*wanted));
        let Some(reminder) = reminder else { continue };
        if !note(txn, &row, reminder).await? {
            continue;
        }
        for administrator in &administrators {
            let letter = SendReminder { administrator: *administrator, provider: row.provider, reminder };
            jobs::enqueue(txn, clock, &letter).await?;
            count += 1;
        }
    }
    Ok(count)
}

fn wanted(row: &Credential, now: DateTime<Utc>) -> Option<Reminder> {
    let due = provider::rotate_by(row);
    match now {
        now if now >= due => Some(Reminder::Due),
        now if now >= due - AHEAD => Some(Reminder::Soon),
        _ => None,
    }
}

/// Notes it in the very credential that it is about; false if another has taken its place.
async fn note(txn: &DatabaseTransaction, row: &Credential, reminder: Reminder) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::Reminder, Expr::val(reminder))
        .filter(Column::Provider.eq(row.provider))
        .filter(Column::KnownAt.eq(row.known_at));
    Ok(update.exec(txn).await?.rows_affected == 1)
}

/// The mail; `None` when it has become pointless: the credential was replaced, or the reader is no administrator any more.
pub async fn compose(platform: &Platform, job: &SendReminder) -> Result<Option<Mail>, Error> {
    let db = platform.db.connection();
    let reader = account::administrator(db, job.administrator).await?;
    let row = Entity::find_by_id(job.provider).one(db).await?;
    let row = row.filter(|row| row.reminder == Some(job.reminder));
    let (Some(reader), Some(row)) = (reader, row) else { return Ok(None) };
    let (vendor, day) = (name(row.provider), provider::rotate_by(&row).format("%Y-%m-%d"));
    let (subject, text) = match job.reminder {
        Reminder::Soon => (
            format!("Replace the credential of {vendor} by {day}"),
            format!("the credential of {vendor} should be replaced by {day}."),
        ),
        Reminder::Due => (
            format!("The credential of {vendor} is due"),
            format!("the credential of {vendor} should have been replaced by {day}."),
        ),
    };
    let body = format!(
        "Hello,\n\n{text} Ask {vendor} for another one, and send it with the mutation `updateProviderCredential`; then \
         withdraw the one before at {vendor}.\n\nBellwether\n"
    );
    Ok(Some(Mail { to: reader.email, subject, body }))
}

/// As the vendor writes it.
const fn name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Reddit => "Reddit",
        SourceKind::Finnhub => "Finnhub",
        SourceKind::NewsApi => "NewsAPI",
        SourceKind::Marketaux => "Marketaux",
        SourceKind::AlphaVantage => "Alpha Vantage",
        SourceKind::Yahoo => "Yahoo Finance",
        SourceKind::Gdelt => "GDELT",
        SourceKind::File => "a file",
        SourceKind::Simulated => "the simulated market",
    }
}
