//! The middle of the pipeline: clean, find the stocks, score; and its end: store, announce.

use super::{Error, SentimentScored, model};
use crate::{event, insert::insert_all};
use chrono::{DateTime, Utc};
pub use entity::sentiment::post_score::Model as PostScore;
use entity::{
    news::{mention, post},
    sentiment::{post_score, sentiment_record},
};
use jobs::JobContext;
use nlp::{Mention, MentionKind, TickerExtractor, clean};
use platform::{Platform, calendar::Calendar};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    ModelTrait, QueryFilter, sea_query::Expr,
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};
use uuid::Uuid;

const SNIPPET_CHARS: usize = 500;

/// What was found in one post.
#[derive(Clone, Debug)]
pub struct Finding {
    score: post_score::Model,
    mentions: Vec<mention::Model>,
    records: Vec<sentiment_record::Model>,
}

/// Knows the stocks; pure and costly, so it belongs off the async threads.
#[derive(Debug)]
pub struct Scorer {
    extractor: TickerExtractor,
    ids: HashMap<String, Uuid>,
    calendar: Calendar,
}

impl Scorer {
    /// Knows the stocks of `ids`, by symbol.
    pub fn new(ids: HashMap<String, Uuid>) -> Self {
        Self { extractor: TickerExtractor::new(ids.keys()), ids, calendar: Calendar::new_york() }
    }

    /// Cleans a post, finds its stocks and scores it.
    pub fn score(&self, post: &post::Model, now: DateTime<Utc>) -> Finding {
        let raw = match &post.title {
            Some(title) if post.body.is_empty() => Cow::Borrowed(title.as_str()),
            Some(title) => Cow::Owned(format!(
                "{title}

{}",
                post.body
            )),
            None => Cow::Borrowed(post.body.as_str()),
        };
        let text = clean(&raw);
        let verdict = model::judge(&text);
        let mentions = self.mentions(post, &text);
        let records = mentions.iter().map(|(symbol, mention)| sentiment_record::Model {
            id: Uuid::now_v7(),
            post_id: post.id,
            stock_id: mention.stock_id,
            symbol: symbol.clone(),
            source: post.source,
            content_type: post.content_type,
            published_at: post.published_at,
            session_day: self.calendar.influenced_session(post.published_at).day,
            score: verdict.score,
            label: verdict.label,
            confidence: verdict.confidence,
            model: model::NAME.to_owned(),
            model_version: model::VERSION.to_owned(),
            snippet: snippet(&text),
            url: post.url.clone(),
            known_at: post.known_at,
            processed_at: now,
        });
        Finding {
            score: post_score::Model {
                post_id: post.id,
                model: model::NAME.to_owned(),
                model_version: model::VERSION.to_owned(),
                score: verdict.score,
                label: verdict.label,
                confidence: verdict.confidence,
                known_at: post.known_at,
            },
            records: records.collect(),
            mentions: mentions.into_iter().map(|(_, mention)| mention).collect(),
        }
    }

    /// One mention per stock: its first, and how often it comes.
    fn mentions(&self, post: &post::Model, text: &str) -> Vec<(String, mention::Model)> {
        let mut found: Vec<(String, mention::Model)> = Vec::new();
        for mention in self.extractor.extract(text) {
            match found.iter_mut().find(|(symbol, _)| symbol.as_str() == mention.symbol) {
                Some((_, first)) => first.occurrences += 1,
                None => found.extend(self.row(post, &mention).map(|row| (mention.symbol.to_owned(), row))),
            }
        }
        found
    }

    fn row(&self, post: &post::Model, mention: &Mention<'_>) -> Option<mention::Model> {
        Some(mention::Model {
            post_id: post.id,
            stock_id: *self.ids.get(mention.symbol)?,
            span_start: i32::try_from(mention.start).ok()?,
            span_end: i32::try_from(mention.end).ok()?,
            occurrences: 1,
            kind: match mention.kind {
                MentionKind::Cashtag => mention::MentionKind::Cashtag,
                MentionKind::Symbol => mention::MentionKind::Symbol,
            },
            confidence: mention.confidence,
            published_at: post.published_at,
            known_at: post.known_at,
        })
    }
}

/// The first 500 characters; `None` of an empty text.
fn snippet(text: &str) -> Option<String> {
    let end = text.char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(end, _)| end);
    (!text.is_empty()).then(|| text[..end].to_owned())
}

/// What a model made of each post as a whole.
pub async fn of_posts(
    db: &impl ConnectionTrait,
    posts: Vec<Uuid>,
) -> Result<HashMap<Uuid, post_score::Model>, Error> {
    let select = post_score::Entity::find().filter(post_score::Column::PostId.is_in(posts));
    Ok(select.all(db).await?.into_iter().map(|row| (row.post_id, row)).collect())
}

/// Stores findings, announces them and completes the job, all in one transaction.
///
/// Posts that someone else has scored meanwhile are left alone. Returns how many records were stored.
pub async fn store(platform: &Platform, findings: Vec<Finding>, ctx: &JobContext) -> Result<usize, Error> {
    let txn = platform.db.begin().await?;
    let mine = mark_scored(&txn, &findings, platform.clock.now()).await?;
    let mut scores = Vec::with_capacity(findings.len());
    let (mut mentions, mut records) = (Vec::new(), Vec::new());
    for finding in findings.into_iter().filter(|finding| mine.contains(&finding.score.post_id)) {
        scores.push(finding.score);
        mentions.extend(finding.mentions);
        records.extend(finding.records);
    }
    let events: Vec<_> = records
        .iter()
        .map(|record| SentimentScored { record: record.id, symbol: record.symbol.clone() })
        .collect();
    insert_all(&txn, fresh(scores), None).await?;
    insert_all(&txn, fresh(mentions), None).await?;
    insert_all(&txn, fresh(records), None).await?;
    ctx.complete(&txn).await?;
    let appended = event::append(&txn, &platform.clock, &events).await?;
    txn.commit().await?;
    appended.announce(platform.bus.as_ref()).await;
    Ok(events.len())
}

/// Marks the posts as scored; returns those that were not before.
async fn mark_scored(
    txn: &DatabaseTransaction,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Error> {
    let ids = findings.iter().map(|finding| finding.score.post_id);
    let rows = post::Entity::update_many()
        .col_expr(post::Column::ScoredAt, Expr::val(now))
        .filter(post::Column::Id.is_in(ids))
        .filter(post::Column::ScoredAt.is_null())
        .exec_with_returning(txn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn fresh<M>(rows: Vec<M>) -> Vec<<M::Entity as EntityTrait>::ActiveModel>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
{
    rows.into_iter().map(|row| row.into_active_model().reset_all()).collect()
}
