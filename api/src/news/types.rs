//! Posts and their mentions.

use super::{
    loader::{CopyKey, MentionsKey, QualityKey},
    quality::{PostCopy, PostQuality},
};
use crate::{
    SourceKind,
    context::ContextExt,
    error::{ApiError, Result},
    forecast::{Influence, InfluencesOf},
    market::{Stock, StockKey},
    relay::{GlobalId, NodeKind},
    scalar::Url,
    sentiment::{PostSentiment, PostSentimentKey},
};
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::news::{self, post};
use uuid::Uuid;

/// What kind of text a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "news::ContentType")]
pub enum ContentType {
    /// A post in a forum or a message.
    Post,
    /// A comment on a post.
    Comment,
    /// An article.
    Article,
    /// A headline with at most a summary.
    Headline,
}

/// How a stock was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "post::MentionKind")]
pub enum MentionKind {
    /// With a dollar sign: $AAPL.
    Cashtag,
    /// By its bare symbol: AAPL.
    Symbol,
    /// By the name of its company: Apple.
    Name,
}

/// Which posts are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PostFilter {
    /// Only posts that mention any of these stocks, at most 100.
    pub symbols: Option<Vec<crate::scalar::Symbol>>,
    /// Only these sources.
    pub sources: Option<Vec<SourceKind>>,
    /// Only these kinds of text.
    pub content_types: Option<Vec<ContentType>>,
    /// Only posts published after this time.
    pub published_after: Option<DateTime<Utc>>,
    /// Only posts published up to this time.
    pub published_before: Option<DateTime<Utc>>,
}

/// A post or an article, as its source gave it.
#[derive(Clone, Debug)]
pub struct Post(post::Row);

impl From<post::Row> for Post {
    fn from(row: post::Row) -> Self {
        Self(row)
    }
}

/// A post or an article, as its source gave it.
#[Object]
impl Post {
    /// Identifies the post among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::Post, self.0.id).encode()
    }

    /// Where it came from.
    async fn source(&self) -> SourceKind {
        self.0.source.into()
    }

    /// What kind of text it is.
    async fn content_type(&self) -> ContentType {
        self.0.content_type.into()
    }

    /// Where within the source: a subreddit, a publisher; null if the source does not tell.
    async fn channel(&self) -> Option<&str> {
        self.0.channel.as_deref()
    }

    /// The title; null if it has none.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The raw text; empty if there is only a title, or if it was erased.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Where to read it; null if it has no address, or one of more than 500 characters.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// Up-votes minus down-votes, likes, or what the source counts; null if it does not.
    async fn votes(&self) -> Option<i32> {
        self.0.votes
    }

    /// How many comments it has; null if the source does not tell.
    async fn comment_count(&self) -> Option<i32> {
        self.0.comment_count
    }

    /// The share of up-votes, 0 to 1; null if the source does not tell.
    async fn upvote_ratio(&self) -> Option<f64> {
        self.0.upvote_ratio
    }

    /// When title, text and address were erased, which happens 90 days after a vendor's post was published; null until then.
    /// Its scores stay.
    async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.0.erased_at
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime<Utc> {
        self.0.published_at
    }

    /// From when on it influences answers.
    async fn known_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// The stocks that it mentions, in the order of the text; empty until it is scored.
    async fn mentions(&self, ctx: &Context<'_>) -> Result<Vec<Mention>> {
        let rows = ctx.loader().load_one(MentionsKey(self.0.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(Mention::from).collect())
    }

    /// How much it is worth; null until it is rated.
    async fn quality(&self, ctx: &Context<'_>) -> Result<Option<PostQuality>> {
        let row = ctx.loader().load_one(QualityKey(self.0.id)).await?;
        Ok(row.map(PostQuality::from))
    }

    /// The post that it repeats; null unless it was found to repeat one.
    async fn copy(&self, ctx: &Context<'_>) -> Result<Option<PostCopy>> {
        let row = ctx.loader().load_one(CopyKey(self.0.id)).await?;
        Ok(row.map(PostCopy::from))
    }

    /// The newest predictions whose features it is in, and how much of all posts behind them it is; those of the last five
    /// sessions before each count.
    async fn influenced_predictions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many; at most 100.")] first: i32,
    ) -> Result<Vec<Influence>> {
        InfluencesOf::post(ctx, self.0.id, first).await
    }

    /// What the model makes of the whole text; null until it is scored, and of posts that are not worth it.
    async fn sentiment(&self, ctx: &Context<'_>) -> Option<Result<PostSentiment>> {
        let score = ctx.loader().load_one(PostSentimentKey(self.0.id)).await;
        score.map(|score| score.map(PostSentiment::from)).map_err(ApiError::from).transpose()
    }
}

/// A stock in a post.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Mention {
    #[graphql(skip)]
    stock_id: Uuid,
    /// How the stock was named the first time.
    pub kind: MentionKind,
    /// Where the first mention starts in the cleaned text, in bytes.
    pub start: i32,
    /// Where the first mention ends in the cleaned text, in bytes.
    pub end: i32,
    /// How often the stock is mentioned.
    pub occurrences: i32,
    /// How sure it is that the stock is meant, 0 to 1; a rank, not a calibrated probability.
    pub confidence: f64,
}

impl From<post::MentionRow> for Mention {
    fn from(row: post::MentionRow) -> Self {
        Self {
            stock_id: row.stock_id,
            kind: row.kind.into(),
            start: row.span_start,
            end: row.span_end,
            occurrences: row.occurrences,
            confidence: row.confidence,
        }
    }
}

#[ComplexObject]
impl Mention {
    /// The stock that is meant; null if it was removed since.
    async fn stock(&self, ctx: &Context<'_>) -> Option<Result<Stock>> {
        let row = ctx.loader().load_one(StockKey(self.stock_id)).await;
        row.map(|row| row.map(|row| Stock::new(row, ctx.now()))).map_err(ApiError::from).transpose()
    }
}
