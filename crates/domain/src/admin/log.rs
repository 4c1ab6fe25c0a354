//! The log, kept in the database.

use super::Error;
use crate::{
    insert::insert_all,
    page::{Page, PageRequest},
    text,
};
use chrono::{DateTime, Utc};
pub use entity::admin::log_entry::Model as Row;
use entity::admin::log_entry::{ActiveModel, Column, Entity};
use platform::telemetry::LogLine;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait,
    QueryFilter, Select,
};
use uuid::Uuid;

/// How grave a line is; others are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Error];

    const fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }

    /// The level of a stored line.
    pub fn of(row: &Row) -> Self {
        Self::ALL.into_iter().find(|level| level.name() == row.level).unwrap_or(Self::Info)
    }
}

/// Which lines are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This level and graver ones.
    pub level: Option<Level>,
    /// What the target starts with.
    pub target: Option<String>,
    /// What the message contains.
    pub text: Option<String>,
    pub after: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
}

/// Stores `lines`.
pub async fn store(db: &impl ConnectionTrait, lines: Vec<LogLine>) -> Result<(), Error> {
    let rows = lines.into_iter().map(|line| ActiveModel {
        id: Set(Uuid::now_v7()),
        known_at: Set(line.time),
        level: Set(line.level.to_string()),
        target: Set(line.target),
        message: Set(line.message),
        fields: Set(line.fields),
    });
    Ok(insert_all(db, rows.collect(), None).await?)
}

/// One page of lines, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(DateTime<Utc>, Uuid)>,
) -> Result<Page<Row>, Error> {
    let select = page.apply(filtered(filter), &[Column::KnownAt, Column::Id], &Order::Desc);
    Ok(page.finish(select.all(db).await?))
}

/// How many lines pass `filter`.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let levels = |least| Level::ALL.into_iter().filter(move |level| *level >= least).map(Level::name);
    let condition = Condition::all()
        .add_option(filter.level.map(|least| Column::Level.is_in(levels(least))))
        .add_option(filter.target.as_ref().map(|target| text::starts_with(Column::Target, target)))
        .add_option(filter.text.as_ref().map(|wanted| text::contains(Column::Message, wanted)))
        .add_option(filter.after.map(|time| Column::KnownAt.gt(time)))
        .add_option(filter.before.map(|time| Column::KnownAt.lt(time)));
    Entity::find().filter(condition)
}

/// Deletes lines from before `time`.
pub async fn delete_before(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::KnownAt.lt(time)).exec(db).await?.rows_affected)
}
