//! The middle of the pipeline: clean, judge the quality, find the stocks, score; and its end: store, announce.

use super::{
    Error, SentimentScored,
    model::{Routing, Verdict},
};
use crate::{
    event,
    insert::insert_all,
    news::{FindCopies, copy},
};
use chrono::{DateTime, Utc};
pub use entity::sentiment::post_score::Model as PostScore;
use entity::{
    market::stock,
    news::{mention, post, post_quality},
    sentiment::{post_score, sentiment_record},
};
use jobs::JobContext;
use nlp::{Listing, Mention, MentionKind, Quality, Signals, TickerExtractor, clean, fingerprint, scopes};
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
    quality: post_quality::Model,
    /// `None` of posts that are not worth it.
    score: Option<post_score::Model>,
    mentions: Vec<mention::Model>,
    records: Vec<sentiment_record::Model>,
}

/// Knows the stocks and the models; pure and costly, so it belongs off the async threads.
#[derive(Debug)]
pub struct Scorer {
    extractor: TickerExtractor,
    ids: HashMap<String, Uuid>,
    calendar: Calendar,
    routing: Routing,
    thresholds: Thresholds,
}

/// From which quality on, 0…100, posts are scored, and marked as good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub least: f64,
    pub good: f64,
}

/// A post on its way through the pipeline.
struct Prepared<'post> {
    post: &'post post::Model,
    text: String,
    quality: post_quality::Model,
    mentions: Vec<(String, mention::Model)>,
    /// What the text says of each stock, in the order of `mentions`; empty where all of it is about one.
    parts: Vec<String>,
}

impl Scorer {
    /// Knows `stocks`, by symbol and by name.
    pub fn new(stocks: &[stock::Model], routing: Routing, thresholds: Thresholds) -> Self {
        let listings = stocks.iter().map(|stock| Listing { symbol: &stock.symbol, name: Some(&stock.name) });
        Self {
            extractor: TickerExtractor::new(listings),
            ids: stocks.iter().rev().map(|stock| (stock.symbol.clone(), stock.id)).collect(),
            calendar: Calendar::new_york(),
            routing,
            thresholds,
        }
    }

    /// Cleans posts, rates them, finds their stocks and scores them, whole and stock by stock.
    pub fn score(&self, posts: &[post::Model], now: DateTime<Utc>) -> Vec<Finding> {
        let prepared: Vec<Prepared<'_>> = posts.iter().map(|post| self.prepare(post)).collect();
        let mut texts = Vec::new();
        for item in prepared.iter().filter(|item| self.is_worth_it(item)) {
            let kind = item.post.content_type;
            texts.push((kind, item.text.as_str()));
            texts.extend(item.parts.iter().map(|part| (kind, part.as_str())));
        }
        let mut verdicts = self.routing.judge(&texts).into_iter();
        let findings = prepared.iter().map(|item| {
            let count = if self.is_worth_it(item) { 1 + item.parts.len() } else { 0 };
            let verdicts: Vec<Option<Verdict>> = verdicts.by_ref().take(count).collect();
            self.finding(item, &verdicts, now)
        });
        findings.collect()
    }

    fn is_worth_it(&self, item: &Prepared<'_>) -> bool {
        item.quality.total >= self.thresholds.least
    }

    fn prepare<'post>(&self, post: &'post post::Model) -> Prepared<'post> {
        let text = clean(&raw(post)).into_owned();
        let quality = self.quality(post, &text);
        let found = self.extractor.extract(&text);
        let mentions = self.mentions(post, &found);
        let parts = if mentions.len() > 1 { parts(&text, &found, &mentions) } else { Vec::new() };
        Prepared { post, text, quality, mentions, parts }
    }

    fn quality(&self, post: &post::Model, text: &str) -> post_quality::Model {
        let (votes, comment_count, upvote_ratio) = (post.votes, post.comment_count, post.upvote_ratio);
        let found = Quality::of(&Signals { text, votes, comment_count, upvote_ratio });
        post_quality::Model {
            post_id: post.id,
            total: found.total,
            engagement: found.engagement,
            length: found.length,
            upvotes: found.upvotes,
            spam: found.spam,
            is_brigaded: found.is_brigaded,
            is_quality: found.total >= self.thresholds.good,
            fingerprint: fingerprint(text).map(|print| print.to_bytes().to_vec()),
            published_at: post.published_at,
            known_at: post.known_at,
        }
    }

    fn finding(&self, item: &Prepared<'_>, verdicts: &[Option<Verdict>], now: DateTime<Utc>) -> Finding {
        let whole = verdicts.first().and_then(Option::as_ref);
        let of_stock = |index: usize| verdicts.get(index + 1).map_or(whole, Option::as_ref);
        let records = item.mentions.iter().enumerate().filter_map(|(index, (symbol, mention))| {
            Some(self.record(item, (symbol, mention), of_stock(index)?, now))
        });
        Finding {
            quality: item.quality.clone(),
            score: whole.map(|verdict| post_score::Model {
                post_id: item.post.id,
                model: verdict.model.name().to_owned(),
                model_version: verdict.model.version().to_owned(),
                score: verdict.judgement.score,
                label: verdict.label(),
                confidence: verdict.judgement.confidence(),
                known_at: item.post.known_at,
            }),
            records: records.collect(),
            mentions: item.mentions.iter().map(|(_, mention)| mention.clone()).collect(),
        }
    }

    fn record(
        &self,
        item: &Prepared<'_>,
        (symbol, mention): (&str, &mention::Model),
        verdict: &Verdict,
        now: DateTime<Utc>,
    ) -> sentiment_record::Model {
        let post = item.post;
        sentiment_record::Model {
            id: Uuid::now_v7(),
            post_id: post.id,
            stock_id: mention.stock_id,
            symbol: symbol.to_owned(),
            source: post.source,
            content_type: post.content_type,
            published_at: post.published_at,
            session_day: self.calendar.influenced_session(post.published_at).day,
            score: verdict.judgement.score,
            label: verdict.label(),
            confidence: verdict.judgement.confidence(),
            weight: item.quality.total / 100.0 * mention.confidence,
            author_hash: post.author_hash.clone(),
            model: verdict.model.name().to_owned(),
            model_version: verdict.model.version().to_owned(),
            snippet: snippet(&item.text),
            url: post.url.clone(),
            known_at: post.known_at,
            processed_at: now,
        }
    }

    /// One mention per stock: its first, and how often it comes.
    fn mentions(&self, post: &post::Model, all: &[Mention<'_>]) -> Vec<(String, mention::Model)> {
        let mut found: Vec<(String, mention::Model)> = Vec::new();
        for mention in all {
            match found.iter_mut().find(|(symbol, _)| symbol.as_str() == mention.symbol) {
                Some((_, first)) => {
                    first.occurrences += 1;
                    // Named twice, it is meant as surely as its clearest mention says.
                    first.confidence = first.confidence.max(mention.confidence);
                }
                None => found.extend(self.row(post, mention).map(|row| (mention.symbol.to_owned(), row))),
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
                MentionKind::Name => mention::MentionKind::Name,
            },
            confidence: mention.confidence,
            published_at: post.published_at,
            known_at: post.known_at,
        })
    }
}

/// What `text` says of each of `mentions`; all of it where no part is about a stock alone.
fn parts(text: &str, found: &[Mention<'_>], mentions: &[(String, mention::Model)]) -> Vec<String> {
    let scopes: HashMap<&str, String> =
        scopes(text, found).iter().map(|scope| (scope.symbol, scope.read(text).into_owned())).collect();
    let part = |(symbol, _): &(String, mention::Model)| scopes.get(symbol.as_str()).cloned();
    mentions.iter().map(|mention| part(mention).unwrap_or_else(|| text.to_owned())).collect()
}

/// Title and text.
fn raw(post: &post::Model) -> Cow<'_, str> {
    match &post.title {
        Some(title) if post.body.is_empty() => Cow::Borrowed(title.as_str()),
        Some(title) => Cow::Owned(format!("{title}\n\n{}", post.body)),
        None => Cow::Borrowed(post.body.as_str()),
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
    let now = platform.clock.now();
    let posts = mark_scored(&txn, &findings, now).await?;
    let mine: HashSet<Uuid> = posts.iter().map(|post| post.id).collect();
    let mut scores = Vec::with_capacity(findings.len());
    let (mut mentions, mut records, mut qualities) = (Vec::new(), Vec::new(), Vec::new());
    for finding in findings.into_iter().filter(|finding| mine.contains(&finding.quality.post_id)) {
        scores.extend(finding.score);
        qualities.push(finding.quality);
        mentions.extend(finding.mentions);
        records.extend(finding.records);
    }
    let events: Vec<_> = records
        .iter()
        .map(|record| SentimentScored { record: record.id, symbol: record.symbol.clone() })
        .collect();
    insert_all(&txn, fresh(qualities), None).await?;
    insert_all(&txn, fresh(scores), None).await?;
    insert_all(&txn, fresh(mentions), None).await?;
    insert_all(&txn, fresh(records), None).await?;
    for monday in copy::late_weeks(&posts, now) {
        jobs::enqueue(&txn, &platform.clock, &FindCopies { week: Some(monday) }).await?;
    }
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
) -> Result<Vec<post::Model>, Error> {
    let ids = findings.iter().map(|finding| finding.quality.post_id);
    Ok(post::Entity::update_many()
        .col_expr(post::Column::ScoredAt, Expr::val(now))
        .filter(post::Column::Id.is_in(ids))
        .filter(post::Column::ScoredAt.is_null())
        .exec_with_returning(txn)
        .await?)
}

fn fresh<M>(rows: Vec<M>) -> Vec<<M::Entity as EntityTrait>::ActiveModel>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
{
    rows.into_iter().map(|row| row.into_active_model().reset_all()).collect()
}
