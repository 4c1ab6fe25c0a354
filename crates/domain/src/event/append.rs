//! Writes events in the transaction that makes them true.

use super::{ANNOUNCEMENT, Event};
use crate::insert::insert_all;
use chrono::{DateTime, Utc};
use entity::event::event;
use platform::{bus::Bus, clock::Clock};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    Statement, Value,
};

/// Events of one topic that wait for the commit.
#[must_use = "announce them after the commit"]
#[derive(Debug)]
pub struct Appended {
    topic: &'static str,
    count: usize,
}

impl Appended {
    /// Tells all processes; call it after the commit.
    pub async fn announce(self, bus: &dyn Bus) {
        if self.count > 0 {
            bus.publish(ANNOUNCEMENT, self.topic.to_owned()).await;
        }
    }
}

/// Appends `events`, in order.
///
/// The topic's row stays locked until the commit, so call it last in the transaction, and for one topic only.
pub async fn append<E: Event>(
    txn: &DatabaseTransaction,
    clock: &Clock,
    events: &[E],
) -> Result<Appended, DbErr> {
    let appended = Appended { topic: E::TOPIC, count: events.len() };
    if events.is_empty() {
        return Ok(appended);
    }
    let count = i64::try_from(events.len()).expect("there are fewer than 2^63 events");
    let first = reserve(txn, E::TOPIC, count).await? - count + 1;
    let now = clock.now();
    let rows = events.iter().zip(first..).map(|(event, sequence)| {
        let payload = serde_json::to_value(event).map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(event::ActiveModel {
            topic: Set(E::TOPIC.to_owned()),
            sequence: Set(sequence),
            payload: Set(payload),
            known_at: Set(now),
        })
    });
    let rows: Vec<_> = rows.collect::<Result<_, DbErr>>()?;
    insert_all(txn, rows, None).await?;
    Ok(appended)
}

/// Takes the next `count` numbers of `topic`; returns the last of them.
async fn reserve(txn: &DatabaseTransaction, topic: &str, count: i64) -> Result<i64, DbErr> {
    let sql = "INSERT INTO topic (name, last_sequence) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET last_sequence = topic.last_sequence + excluded.last_sequence \
               RETURNING last_sequence";
    let values: [Value; 2] = [topic.into(), count.into()];
    let row =
        txn.query_one_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, values)).await?;
    row.ok_or_else(|| DbErr::RecordNotInserted)?.try_get("", "last_sequence")
}

/// Deletes events from before `time`; cursors before them expire.
pub async fn delete_before(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, DbErr> {
    Ok(event::Entity::delete_many().filter(event::Column::KnownAt.lt(time)).exec(db).await?.rows_affected)
}
