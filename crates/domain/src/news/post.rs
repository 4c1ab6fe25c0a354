//! Posts: store new ones, list them.

use super::{Error, NewPost, ScorePosts, author::AuthorHasher};
use crate::{
    Knowledge, Window,
    insert::insert_all,
    page::{Page, PageRequest, union_all},
    window::any_of,
};
use chrono::{DateTime, TimeDelta, Utc};
pub use entity::news::{
    mention::{MentionKind, Model as MentionRow},
    post::Model as Row,
};
use entity::{
    SourceKind,
    news::{
        mention,
        post::{ActiveModel, Column, ContentType, Entity, Model},
    },
};
use platform::Platform;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::OnConflict,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Posts scored by one job.
const BATCH: usize = 500;
const LONGEST_URL: usize = 500;

/// What became of a batch of posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub added: usize,
    pub unchanged: usize,
}

/// Stores new posts and enqueues their scoring, in one transaction; known ones stay as they are.
pub async fn store(platform: &Platform, posts: &[NewPost], knowledge: Knowledge) -> Result<Stored, Error> {
    let hasher = AuthorHasher::load(platform.db.connection(), &platform.clock).await?;
    let txn = platform.db.begin().await?;
    let known = known(&txn, posts).await?;
    let mut seen = HashSet::new();
    let now = platform.clock.now();
    let fresh = posts.iter().filter(|post| {
        let key = (post.source, post.external_id.as_str());
        !known.contains(&(post.source, post.external_id.clone())) && seen.insert(key)
    });
    let rows: Vec<ActiveModel> = fresh.map(|post| row(post, &hasher, knowledge, now)).collect();
    for chunk in rows.chunks(BATCH) {
        let posts = chunk.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        jobs::enqueue(&txn, &platform.clock, &ScorePosts { posts }).await?;
    }
    let added = rows.len();
    let taken = OnConflict::columns([Column::Source, Column::ExternalId]).do_nothing().to_owned();
    insert_all(&txn, rows, Some(taken)).await?;
    txn.commit().await?;
    metrics::counter!("bellwether_posts_total", "outcome" => "saved").increment(added as u64);
    metrics::counter!("bellwether_posts_total", "outcome" => "skipped")
        .increment((posts.len() - added) as u64);
    if added > 0 {
        platform.bus.publish(jobs::TOPIC, String::new()).await;
    }
    Ok(Stored { added, unchanged: posts.len() - added })
}

async fn known(txn: &DatabaseTransaction, posts: &[NewPost]) -> Result<HashSet<(SourceKind, String)>, Error> {
    let mut known = HashSet::new();
    for chunk in posts.chunks(500) {
        let sources: HashSet<SourceKind> = chunk.iter().map(|post| post.source).collect();
        let rows: Vec<(SourceKind, String)> = Entity::find()
            .select_only()
            .columns([Column::Source, Column::ExternalId])
            .filter(Column::Source.is_in(sources))
            .filter(Column::ExternalId.is_in(chunk.iter().map(|post| post.external_id.as_str())))
            .into_tuple()
            .all(txn)
            .await?;
        known.extend(rows);
    }
    Ok(known)
}

fn row(post: &NewPost, hasher: &AuthorHasher, knowledge: Knowledge, now: DateTime<Utc>) -> ActiveModel {
    let url = post.url.clone().filter(|url| url.len() <= LONGEST_URL);
    ActiveModel {
        id: Set(Uuid::now_v7()),
        source: Set(post.source),
        external_id: Set(post.external_id.clone()),
        content_type: Set(post.content_type),
        channel: Set(post.channel.clone()),
        url: Set(url),
        title: Set(post.title.clone()),
        body: Set(post.body.clone()),
        author_hash: Set(post.author.as_ref().map(|author| hasher.hash(post.source, author))),
        votes: Set(post.votes),
        comment_count: Set(post.comment_count),
        upvote_ratio: Set(post.upvote_ratio),
        published_at: Set(post.published_at),
        known_at: Set(knowledge.since(post.published_at, now)),
        scored_at: Set(None),
        erased_at: Set(None),
    }
}

/// Those of `ids` that are not scored yet.
pub async fn unscored(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    let select =
        Entity::find().filter(Column::Id.is_in(ids.iter().copied())).filter(Column::ScoredAt.is_null());
    Ok(select.all(db).await?)
}

/// The posts with `ids`, in any order.
pub async fn by_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>, Error> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// Which posts are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Posts that mention any of these stocks.
    pub stocks: Option<Vec<Uuid>>,
    pub sources: Vec<SourceKind>,
    pub content_types: Vec<ContentType>,
    pub published_after: Option<DateTime<Utc>>,
    pub published_before: Option<DateTime<Utc>>,
}

/// One page of posts, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &PageRequest<(DateTime<Utc>, Uuid)>,
) -> Result<Page<Model>, Error> {
    let select =
        page.apply(filtered(filter), &[(Entity, Column::PublishedAt), (Entity, Column::Id)], &Order::Desc);
    Ok(page.finish(select.all(db).await?))
}

/// How many posts pass `filter`.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, Error> {
    Ok(filtered(filter).count(db).await?)
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let mentioning = filter.stocks.as_ref().map(|stocks| {
        let mentions = mention::Entity::find()
            .select_only()
            .column(mention::Column::PostId)
            .filter(mention::Column::StockId.is_in(stocks.iter().copied()));
        Column::Id.in_subquery(mentions.into_query())
    });
    Entity::find().filter(
        Condition::all()
            .add_option(mentioning)
            .add(any_of(Column::Source, &filter.sources))
            .add(any_of(Column::ContentType, &filter.content_types))
            .add_option(filter.published_after.map(|time| Column::PublishedAt.gt(time)))
            .add_option(filter.published_before.map(|time| Column::PublishedAt.lte(time))),
    )
}

/// One page of posts per stock that mention it, newest first, in two statements.
pub async fn about(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
    page: &PageRequest<(DateTime<Utc>, Uuid)>,
) -> Result<HashMap<Uuid, Page<Model>>, Error> {
    let columns = [mention::Column::PublishedAt, mention::Column::PostId];
    let selects =
        stocks.iter().map(|stock| page.apply(mentions(&[*stock], window), &columns, &Order::Desc)).collect();
    let mentions = union_all::<mention::Entity>(db, selects).await?;
    let ids: HashSet<Uuid> = mentions.iter().map(|mention| mention.post_id).collect();
    let posts: HashMap<Uuid, Model> =
        by_ids(db, ids.into_iter().collect()).await?.into_iter().map(|post| (post.id, post)).collect();
    let mut rows: HashMap<Uuid, Vec<Model>> = HashMap::new();
    for mention in mentions {
        rows.entry(mention.stock_id).or_default().extend(posts.get(&mention.post_id).cloned());
    }
    Ok(rows.into_iter().map(|(stock, rows)| (stock, page.finish(rows))).collect())
}

/// How many posts that were known at `as_of` wait to be scored.
pub async fn count_unscored(db: &impl ConnectionTrait, as_of: DateTime<Utc>) -> Result<u64, Error> {
    let waiting = Entity::find().filter(Column::ScoredAt.is_null()).filter(Column::KnownAt.lte(as_of));
    Ok(waiting.count(db).await?)
}

/// How long a post that is known may wait for its score before nobody waits for it any more.
const PATIENCE: TimeDelta = TimeDelta::days(2);

/// The last moment by which all posts that were known then are scored; those that lie around for longer than two days are
/// not waited for.
pub async fn scored_until(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    let oldest: Option<Option<DateTime<Utc>>> = Entity::find()
        .select_only()
        .column_as(Column::KnownAt.min(), "oldest")
        .filter(Column::ScoredAt.is_null())
        .filter(Column::KnownAt.lte(now))
        .filter(Column::KnownAt.gt(now - PATIENCE))
        .into_tuple()
        .one(db)
        .await?;
    Ok(oldest.flatten().map_or(now, |oldest| oldest - TimeDelta::microseconds(1)))
}

/// How many posts mention each stock in the window.
pub async fn counts(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
) -> Result<HashMap<Uuid, i64>, Error> {
    let rows: Vec<(Uuid, i64)> = mentions(stocks, window)
        .select_only()
        .column(mention::Column::StockId)
        .column_as(mention::Column::PostId.count(), "count")
        .group_by(mention::Column::StockId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

fn mentions(stocks: &[Uuid], window: &Window) -> Select<mention::Entity> {
    mention::Entity::find()
        .filter(mention::Column::StockId.is_in(stocks.iter().copied()))
        .filter(window.contains(mention::Column::PublishedAt, mention::Column::KnownAt))
}

/// The mentions of each post, in the order of the text.
pub async fn mentions_of(
    db: &impl ConnectionTrait,
    posts: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<mention::Model>>, Error> {
    let select = mention::Entity::find()
        .filter(mention::Column::PostId.is_in(posts))
        .order_by_asc(mention::Column::SpanStart);
    let mut mentions: HashMap<Uuid, Vec<mention::Model>> = HashMap::new();
    for row in select.all(db).await? {
        mentions.entry(row.post_id).or_default().push(row);
    }
    Ok(mentions)
}

/// When the newest post of `source` was published.
pub async fn newest(db: &impl ConnectionTrait, source: SourceKind) -> Result<Option<DateTime<Utc>>, Error> {
    let select = Entity::find()
        .select_only()
        .column(Column::PublishedAt)
        .filter(Column::Source.eq(source))
        .order_by_desc(Column::PublishedAt);
    Ok(select.into_tuple().one(db).await?)
}
