//! Which posts repeat each other: campaigns of many, and what one author or publisher spreads.

use super::Error;
use crate::insert::insert_all;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
pub use entity::news::post_copy::{CopyKind, Model as Row};
use entity::{
    SourceKind,
    news::{
        post::{self, ContentType},
        post_copy::{ActiveModel, Column, Entity},
        post_quality,
    },
};
use nlp::{Fingerprint, NearIndex};
use platform::Platform;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait as _,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait, sea_query::OnConflict,
};
use std::{
    collections::{BTreeSet, HashSet},
    ops::Range,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// How far apart in time posts can be and still be one campaign.
pub const SPAN: TimeDelta = TimeDelta::days(3);
/// As many posts that are alike, by as many authors, are no chance.
const CAMPAIGN_POSTS: usize = 5;
const CAMPAIGN_AUTHORS: usize = 3;

/// What is compared of a post.
#[derive(Clone, Debug, FromQueryResult)]
struct Candidate {
    post_id: Uuid,
    content_type: ContentType,
    author_hash: Option<String>,
    published_at: DateTime<Utc>,
    known_at: DateTime<Utc>,
    fingerprint: Vec<u8>,
}

/// A post that repeats another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    post: Uuid,
    first: Uuid,
    kind: CopyKind,
    /// When the last post was known of those that are alike.
    last_known_at: DateTime<Utc>,
}

/// Compares the posts of the last three days with each other, and marks those that are alike; returns how many.
///
/// A post that was a mere repetition becomes part of a campaign when enough others join; what was known before stays
/// with its time.
pub async fn find(platform: &Platform) -> Result<usize, Error> {
    let now = platform.clock.now();
    mark(platform, now - SPAN..now, |_| now).await
}

/// The same for a week that was over when its posts were scored, such as those of a file.
///
/// What is found counts as known since the last post of those that are alike: whoever was there then could have seen it.
pub async fn find_in_week(platform: &Platform, monday: NaiveDate) -> Result<usize, Error> {
    let start = monday.and_time(NaiveTime::MIN).and_utc();
    let range = start - SPAN..start + TimeDelta::days(7) + SPAN;
    loop {
        let before = count(platform.db.connection(), &range).await?;
        let found = mark(platform, range.clone(), |last| last).await?;
        // A batch that was stored meanwhile has asked for a job that was there already: this one.
        if count(platform.db.connection(), &range).await? == before {
            return Ok(found);
        }
    }
}

async fn count(db: &impl ConnectionTrait, range: &Range<DateTime<Utc>>) -> Result<u64, Error> {
    let rows = post_quality::Entity::find()
        .filter(post_quality::Column::PublishedAt.gt(range.start))
        .filter(post_quality::Column::PublishedAt.lte(range.end));
    Ok(rows.count(db).await?)
}

/// The weeks, by their Mondays, in which `posts` are that come too late for [`find`].
pub fn late_weeks(posts: &[post::Model], now: DateTime<Utc>) -> BTreeSet<NaiveDate> {
    let is_late =
        |post: &&post::Model| post.source != SourceKind::Simulated && post.published_at < now - SPAN;
    let week = |post: &post::Model| post.published_at.date_naive().week(Weekday::Mon).first_day();
    posts.iter().filter(is_late).map(week).collect()
}

/// Compares the posts of `range`; what is alike is known since what `known_at` makes of its last post's `known_at`.
async fn mark(
    platform: &Platform,
    range: Range<DateTime<Utc>>,
    known_at: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
) -> Result<usize, Error> {
    let candidates = candidates(platform.db.connection(), range).await?;
    let found = spawn_blocking(move || compare(candidates)).await;
    let found = found.map_err(|error| DbErr::Custom(error.to_string()))?;
    let rows: Vec<ActiveModel> =
        found.iter().map(|found| row(found, known_at(found.last_known_at))).collect();
    let count = rows.len();
    let txn = platform.db.begin().await?;
    insert_all(&txn, rows, Some(campaigns_win())).await?;
    txn.commit().await?;
    Ok(count)
}

async fn candidates(db: &impl ConnectionTrait, range: Range<DateTime<Utc>>) -> Result<Vec<Candidate>, Error> {
    let select = post_quality::Entity::find()
        .select_only()
        .columns([post_quality::Column::PostId, post_quality::Column::Fingerprint])
        .columns([post::Column::ContentType, post::Column::AuthorHash])
        .columns([post::Column::PublishedAt, post::Column::KnownAt])
        .join(sea_orm::JoinType::InnerJoin, post_quality::Relation::Post.def())
        .filter(post_quality::Column::PublishedAt.gt(range.start))
        .filter(post_quality::Column::PublishedAt.lte(range.end))
        .filter(post_quality::Column::Fingerprint.is_not_null())
        // They are cut from a few patterns: all would be alike.
        .filter(post::Column::Source.ne(SourceKind::Simulated))
        .order_by_asc(post_quality::Column::PublishedAt)
        .order_by_asc(post_quality::Column::PostId);
    Ok(select.into_model().all(db).await?)
}

fn compare(candidates: Vec<Candidate>) -> Vec<Found> {
    let mut index = NearIndex::new();
    for candidate in candidates {
        if let Ok(bytes) = <[u8; Fingerprint::BYTES]>::try_from(candidate.fingerprint.as_slice()) {
            index.insert(candidate, Fingerprint::from_bytes(&bytes));
        }
    }
    let clusters = index.clusters();
    // Alike, but long after: that is a habit.
    let is_close = |one: &&Candidate, next: &&Candidate| next.published_at - one.published_at <= SPAN;
    clusters.iter().flat_map(|cluster| cluster.chunk_by(is_close)).flat_map(marked).collect()
}

/// What is to be marked of posts that are alike, the oldest first.
fn marked(cluster: &[&Candidate]) -> Vec<Found> {
    let social: Vec<&Candidate> = cluster.iter().copied().filter(|post| is_social(post)).collect();
    let authors: HashSet<&str> = social.iter().filter_map(|post| post.author_hash.as_deref()).collect();
    // Where a source names no authors, the number of posts must do.
    let is_campaign =
        social.len() >= CAMPAIGN_POSTS && (authors.is_empty() || authors.len() >= CAMPAIGN_AUTHORS);
    let first = cluster[0].post_id;
    let last_known_at = cluster.iter().map(|post| post.known_at).max().unwrap_or_default();
    let kind = |post: &Candidate| {
        if is_campaign && is_social(post) {
            Some(CopyKind::Campaign)
        } else {
            (post.post_id != first).then_some(CopyKind::CrossPost)
        }
    };
    cluster
        .iter()
        .filter_map(|post| kind(post).map(|kind| Found { post: post.post_id, first, kind, last_known_at }))
        .collect()
}

fn is_social(post: &Candidate) -> bool {
    matches!(post.content_type, ContentType::Post | ContentType::Comment)
}

fn row(found: &Found, known_at: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        post_id: Set(found.post),
        first_id: Set(found.first),
        kind: Set(found.kind),
        known_at: Set(known_at),
    }
}

/// A row changes once only: from repetition to campaign. That it repeats another was known before, and stays so.
fn campaigns_win() -> OnConflict {
    use sea_orm::sea_query::{Expr, ExprTrait as _};
    let was = Expr::col(("post_copy", Column::Kind)).eq(CopyKind::CrossPost);
    let is = Expr::col(("excluded", Column::Kind)).eq(CopyKind::Campaign);
    OnConflict::column(Column::PostId)
        .update_columns([Column::FirstId, Column::Kind])
        .action_and_where(was.and(is))
        .to_owned()
}

/// The copies among `posts`.
pub async fn of_posts(db: &impl ConnectionTrait, posts: Vec<Uuid>) -> Result<Vec<Row>, Error> {
    Ok(Entity::find().filter(Column::PostId.is_in(posts)).all(db).await?)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, CopyKind, marked};
    use entity::news::post::ContentType;
    use uuid::Uuid;

    fn cluster(authors: &[Option<&str>], content_type: ContentType) -> Vec<Candidate> {
        let candidate = |(n, author): (usize, Option<&str>)| Candidate {
            post_id: Uuid::from_u128(n as u128),
            content_type,
            author_hash: author.map(str::to_owned),
            published_at: chrono::DateTime::UNIX_EPOCH,
            known_at: chrono::DateTime::UNIX_EPOCH,
            fingerprint: Vec::new(),
        };
        authors.iter().copied().enumerate().map(candidate).collect()
    }

    fn kinds(authors: &[Option<&str>], content_type: ContentType) -> Vec<CopyKind> {
        let cluster = cluster(authors, content_type);
        marked(&cluster.iter().collect::<Vec<_>>()).into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn many_authors_make_a_campaign_of_which_the_first_is_part() {
        let authors = [Some("a"), Some("b"), Some("c"), Some("a"), Some("b")];
        assert_eq!(kinds(&authors, ContentType::Post), [CopyKind::Campaign; 5]);
        assert_eq!(kinds(&[None; 5], ContentType::Comment), [CopyKind::Campaign; 5]);
    }

    #[test]
    fn an_author_who_repeats_himself_counts_once() {
        assert_eq!(kinds(&[Some("a"); 5], ContentType::Post), [CopyKind::CrossPost; 4]);
        assert_eq!(kinds(&[Some("a"), Some("b")], ContentType::Post), [CopyKind::CrossPost]);
    }

    #[test]
    fn news_that_many_print_is_no_campaign() {
        assert_eq!(kinds(&[None; 9], ContentType::Article), [CopyKind::CrossPost; 8]);
    }
}
