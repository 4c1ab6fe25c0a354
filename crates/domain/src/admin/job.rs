//! The queue, for reading.

use super::Error;
use crate::{
    page::{Page, PageRequest},
    window::any_of,
};
pub use ::jobs::TOPIC;
use chrono::{DateTime, Utc};
use entity::job::job::{Column, Entity, JobState, Model};
pub use entity::job::job::{JobState as State, Model as Row};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, Select,
};
use uuid::Uuid;

/// Which jobs are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kinds: Vec<String>,
    pub states: Vec<JobState>,
}

pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, Error> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The jobs with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// One page of jobs, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(Uuid,)>,
) -> Result<Page<Model>, Error> {
    let select = page.apply(filtered(filter), &[Column::Id], &Order::Desc);
    Ok(page.finish(select.all(db).await?))
}

/// How many jobs pass `filter`.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let kinds =
        (!filter.kinds.is_empty()).then(|| Column::Kind.is_in(filter.kinds.iter().map(String::as_str)));
    Entity::find().filter(Condition::all().add_option(kinds).add(any_of(Column::State, &filter.states)))
}

/// Deletes jobs that ended before `time`.
pub async fn delete_ended(db: &impl ConnectionTrait, time: DateTime<Utc>) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::FinishedAt.lt(time)).exec(db).await?.rows_affected)
}
