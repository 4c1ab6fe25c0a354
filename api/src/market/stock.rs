//! A stock and everything that hangs on it.

use super::{
    loader::{Bars, Closes, QuoteKey},
    types::{Adjustment, BarInterval, PriceBar, Quote, StockKind, Timeframe, window},
};
use crate::{
    SourceKind,
    context::ContextExt,
    error::{ApiError, Result},
    forecast::{Prediction, PredictionsOf},
    loader::Asked,
    news::{NewsOf, Post},
    relay::{Connection, GlobalId, NodeKind, PageArguments, wants_total},
    scalar::{Cursor, Symbol},
    sentiment::{
        Bucket, Correlation, RecordsOf, SentimentPoint, SentimentRecord, SentimentSummary, Summaries, points,
        sources,
    },
};
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::{
    PageRequest,
    forecast::prediction,
    market::{
        overview::Member,
        price::{self, Quarantine},
        quote, stock,
    },
    sentiment::summary::Summary,
};

/// A stock, as it was read at a moment.
#[derive(Clone, Debug)]
pub struct Stock {
    row: stock::Row,
    /// What `asOf` means when it is not given: one moment for the whole answer.
    now: DateTime<Utc>,
    quote: Option<quote::Quote>,
}

impl Stock {
    pub fn new(row: stock::Row, now: DateTime<Utc>) -> Self {
        Self { row, now, quote: None }
    }

    /// A stock whose quote is at hand.
    pub fn quoted(member: Member, now: DateTime<Utc>) -> Self {
        Self { row: member.stock, now, quote: Some(member.quote) }
    }

    async fn summary(&self, ctx: &Context<'_>, what: Summaries) -> Result<Summary> {
        Ok(ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default())
    }

    async fn closes(&self, ctx: &Context<'_>, what: Closes) -> Result<Vec<price::Close>> {
        Ok(ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default())
    }
}

/// Something that trades on an exchange.
#[Object]
#[expect(clippy::too_many_arguments, reason = "four of them are Relay's")]
impl Stock {
    /// Identifies the stock among all objects.
    pub async fn id(&self) -> ID {
        GlobalId::new(NodeKind::Stock, self.row.id).encode()
    }

    /// The name under which it trades.
    async fn symbol(&self) -> Result<Symbol> {
        Ok(Symbol(self.row.symbol.parse::<domain::market::Symbol>()?))
    }

    /// The company's name; the symbol until a source names it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Where it trades; `UNKNOWN` until a source names it.
    async fn exchange(&self) -> &str {
        &self.row.exchange
    }

    /// Whether it is a company or stands for an index.
    async fn kind(&self) -> StockKind {
        self.row.kind.into()
    }

    /// The sector of the company; null if no source names it.
    async fn sector(&self) -> Option<&str> {
        self.row.sector.as_deref()
    }

    /// The industry of the company; null if no source names it.
    async fn industry(&self) -> Option<&str> {
        self.row.industry.as_deref()
    }

    /// Whether it still trades.
    async fn is_active(&self) -> bool {
        self.row.is_active
    }

    /// When the product first knew of it.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.known_at
    }

    /// When its description last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// The newest quote; null if there was never one.
    async fn quote(&self, ctx: &Context<'_>) -> Option<Result<Quote>> {
        if let Some(quote) = &self.quote {
            return Some(Ok(Quote::new(quote, self.now)));
        }
        let quote = ctx.loader().load_one(QuoteKey(self.row.id)).await;
        quote.map(|quote| quote.map(|quote| Quote::new(&quote, self.now))).map_err(ApiError::from).transpose()
    }

    /// Price bars, oldest first; use `last` for the newest.
    async fn price_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D30)", desc = "How far back.")] timeframe: Option<
            Timeframe,
        >,
        #[graphql(default_with = "Some(BarInterval::Day)", desc = "The time that a bar spans.")]
        interval: Option<BarInterval>,
        #[graphql(
            default_with = "Some(true)",
            desc = "Whether open, high, low and close are multiplied by adjusted close / close, as far as it is known."
        )]
        adjusted: Option<bool>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
        #[graphql(
            default_with = "Some(false)",
            desc = "Whether bars that are under quarantine, as `dataQuality` tells, are there too."
        )]
        include_quarantined: Option<bool>,
        #[graphql(desc = "How many, from the oldest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only bars after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the newest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only bars before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<PriceBar>> {
        let BarInterval::Day = interval.unwrap_or(BarInterval::Day);
        let adjustment = if adjusted.unwrap_or(true) { Adjustment::Adjusted } else { Adjustment::Traded };
        let page = PageArguments { first, after, last, before }.request()?;
        let what = Bars {
            window: window(timeframe.unwrap_or(Timeframe::D30), as_of, self.now),
            page,
            total: wants_total(ctx),
            quarantine: if include_quarantined.unwrap_or(false) {
                Quarantine::Included
            } else {
                Quarantine::LeftOut
            },
        };
        let (page, total) =
            ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default();
        Ok(Connection::new(page, total, |row| (row.time,), |row| PriceBar::new(&row, adjustment)))
    }

    /// The scores of a window together. A post counts for the first session that closes after it.
    async fn sentiment(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D7)", desc = "How far back.")] timeframe: Option<Timeframe>,
        #[graphql(name = "sources", desc = "Only these sources.")] only: Option<Vec<SourceKind>>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
    ) -> Result<SentimentSummary> {
        let what = Summaries {
            window: window(timeframe.unwrap_or(Timeframe::D7), as_of, self.now),
            sources: sources(only),
        };
        let summary = self.summary(ctx, what.clone()).await?;
        let of = Some(Asked { stock: self.row.id, what });
        Ok(SentimentSummary { of, ..summary.into() })
    }

    /// The scores of a window one by one, newest first.
    async fn sentiment_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D7)", desc = "How far back.")] timeframe: Option<Timeframe>,
        #[graphql(name = "sources", desc = "Only these sources.")] only: Option<Vec<SourceKind>>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only records after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only records before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<SentimentRecord>> {
        let what = RecordsOf {
            window: window(timeframe.unwrap_or(Timeframe::D7), as_of, self.now),
            sources: sources(only),
            page: PageArguments { first, after, last, before }.request()?,
            total: wants_total(ctx),
        };
        let (page, total) =
            ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default();
        Ok(Connection::new(page, total, |row| (row.published_at, row.id), SentimentRecord::from))
    }

    /// Sentiment and close side by side, oldest first: one axis each.
    async fn sentiment_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D7)", desc = "How far back.")] timeframe: Option<Timeframe>,
        #[graphql(default_with = "Some(Bucket::Day)", desc = "The width of a point.")] bucket: Option<Bucket>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
    ) -> Result<Vec<SentimentPoint>> {
        let window = window(timeframe.unwrap_or(Timeframe::D7), as_of, self.now);
        let summary = self.summary(ctx, Summaries { window, sources: Vec::new() }).await?;
        let closes = self.closes(ctx, Closes(window)).await?;
        Ok(points(&summary, &closes, bucket.unwrap_or(Bucket::Day)))
    }

    /// Pearson's r between the mean sentiment of a trading day and the return of the session `lagDays` sessions later.
    /// The return is adjusted close over the adjusted close of the session before within the window, minus one.
    async fn correlation(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::D30)", desc = "How far back.")] timeframe: Option<
            Timeframe,
        >,
        #[graphql(
            default_with = "Some(0)",
            desc = "Sessions by which sentiment leads (or, negative, lags); -60 to 60."
        )]
        lag_days: Option<i32>,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
    ) -> Result<Correlation> {
        let lag_days = lag_days.unwrap_or(0);
        let window = window(timeframe.unwrap_or(Timeframe::D30), as_of, self.now);
        let summary = self.summary(ctx, Summaries { window, sources: Vec::new() }).await?;
        let closes = self.closes(ctx, Closes(window)).await?;
        Correlation::new(&summary, &closes, lag_days)
    }

    /// What the model in production said last of the next trading day; null if it said nothing yet. Asking for a new one is
    /// the mutation `predict`.
    async fn latest_prediction(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 1, desc = "How many trading days ahead it looks: 1 or 5.")] horizon: i32,
    ) -> Result<Option<Prediction>> {
        let filter = prediction::Filter { horizon: Some(horizon), ..prediction::Filter::default() };
        let what = PredictionsOf { filter, page: PageRequest::first(1), total: false };
        let (page, _) = ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default();
        Ok(page.rows.into_iter().next().map(Prediction::from))
    }

    /// What models said of the stock, newest first; what came stands beside it as soon as it is known.
    async fn predictions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that look so many trading days ahead.")] horizon: Option<i32>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only predictions after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only predictions before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Prediction>> {
        let filter = prediction::Filter { horizon, ..prediction::Filter::default() };
        let page = PageArguments { first, after, last, before }.request()?;
        let what = PredictionsOf { filter, page, total: wants_total(ctx) };
        let (page, total) =
            ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default();
        Ok(Connection::new(page, total, |row| (row.sequence,), Prediction::from))
    }

    /// Posts that mention the stock, newest first.
    async fn news(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(Timeframe::All)", desc = "How far back.")] timeframe: Option<
            Timeframe,
        >,
        #[graphql(desc = "The answer as it would have been then; default now.")] as_of: Option<DateTime<Utc>>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only posts after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only posts before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<Post>> {
        let what = NewsOf {
            window: window(timeframe.unwrap_or(Timeframe::All), as_of, self.now),
            page: PageArguments { first, after, last, before }.request()?,
            total: wants_total(ctx),
        };
        let (page, total) =
            ctx.loader().load_one(Asked { stock: self.row.id, what }).await?.unwrap_or_default();
        Ok(Connection::new(page, total, |row| (row.published_at, row.id), Post::from))
    }
}
