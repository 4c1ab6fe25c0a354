//! Sentiment, live.

use super::SentimentRecord;
use crate::{
    error::Result,
    history::{self, History},
    marked::Marked,
    scalar::{Cursor, Symbol},
};
use async_graphql::{Context, SimpleObject, Subscription};
use domain::sentiment::{Error, SentimentScored, record};
use futures_util::Stream;
use platform::database::DatabaseConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A stock's mention in a post was scored.
#[derive(Clone, Debug, SimpleObject)]
pub struct SentimentEvent {
    /// Pass it as `after` when you reconnect: you get what you missed, once and in order.
    pub cursor: Cursor,
    /// The record.
    pub record: SentimentRecord,
}

impl History for SentimentScored {
    type Row = record::Row;
    type Error = Error;
    type Told = SentimentEvent;

    fn symbol(&self) -> &str {
        &self.symbol
    }

    fn row(&self) -> Uuid {
        self.record
    }

    async fn rows(
        db: &DatabaseConnection,
        ids: Vec<Uuid>,
    ) -> std::result::Result<HashMap<Uuid, record::Row>, Error> {
        Ok(record::by_ids(db, ids).await?.into_iter().map(|row| (row.id, row)).collect())
    }

    fn tell(cursor: Cursor, row: record::Row) -> SentimentEvent {
        SentimentEvent { cursor, record: row.into() }
    }
}

#[derive(Debug, Default)]
pub struct SentimentSubscription;

#[Subscription]
impl SentimentSubscription {
    /// Every new sentiment record once, in order. With `after`, first those that were missed.
    async fn sentiment_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these stocks, at most 500; default all.")] symbols: Option<Vec<Symbol>>,
        #[graphql(desc = "The cursor of the last event that was received.")] after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Marked<Result<SentimentEvent>>>> {
        history::follow::<SentimentScored>(ctx, symbols, after).await
    }
}
