//! The schema: the features' roots, merged.

use crate::{
    admin::{AdminMutation, AdminQuery, AdminSubscription, ExchangeMutation, ExchangeQuery},
    document::{Introspection, Judge, Library},
    error::ErrorCode,
    executor::Coded,
    forecast::{DriftQuery, DriftSubscription, ForecastMutation, ForecastQuery, ForecastSubscription},
    idempotency::Once,
    identity::{IdentityMutation, IdentityQuery},
    limit::Limits,
    loader::Loader,
    market::{
        DataQualityMutation, DataQualityQuery, MarketMutation, MarketQuery, MarketSubscription,
        WatchlistQuery,
    },
    news::NewsQuery,
    relay::NodeQuery,
    sentiment::{SentimentQuery, SentimentSubscription},
    shared::Shared,
};
use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, dataloader::DataLoader};
use chrono::{DateTime, Utc};
use domain::{
    event::Feed,
    forecast::Predictor,
    identity::{Access, Gatekeeper},
    market::QuoteFeed,
};
use platform::{
    Platform,
    config::{Config, Environment},
};
use rust_decimal::Decimal;
use std::time::Duration;

/// Keys that are loaded with one statement: SQLite unites no more than 500 selects.
const MOST_AT_ONCE: usize = 500;

/// Queries of all features.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    NodeQuery,
    MarketQuery,
    WatchlistQuery,
    DataQualityQuery,
    SentimentQuery,
    ForecastQuery,
    DriftQuery,
    NewsQuery,
    AdminQuery,
    ExchangeQuery,
    IdentityQuery,
);

/// Mutations of all features.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    IdentityMutation,
    AdminMutation,
    ExchangeMutation,
    MarketMutation,
    DataQualityMutation,
    ForecastMutation,
);

/// Subscriptions of all features.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(
    MarketSubscription,
    SentimentSubscription,
    ForecastSubscription,
    DriftSubscription,
    AdminSubscription,
);

/// The schema as HTTP and sockets execute it.
pub type Schema = Coded<Query, Once<Mutation>, Subscription>;

/// The schema over a platform.
pub fn build(platform: &Platform, gatekeeper: &Gatekeeper, config: &Config) -> Schema {
    let loader = Loader { platform: platform.clone() };
    // A batch is whatever asks within one turn of the executor.
    let loader = DataLoader::new(loader, tokio::spawn).delay(Duration::ZERO).max_batch_size(MOST_AT_ONCE);
    let schema = builder()
        .data(platform.clone())
        .data(gatekeeper.clone())
        .data(config.http.public_url.clone())
        // Whoever executes a request without saying who sent it, asks as the anonymous.
        .data(Access::default())
        .data(Feed::start(platform))
        .data(QuoteFeed::start(platform))
        .data(Predictor::new(platform, &config.models))
        .data(loader);
    let (schema, introspection) = match config.environment {
        Environment::Development => (schema, Introspection::Everyone),
        Environment::Production => (schema.disable_suggestions(), Introspection::Known),
    };
    Coded {
        schema: schema.finish(),
        library: Library::new(&config.persisted),
        judge: Judge::new(&sdl(), introspection),
        limits: Limits::new(&platform.limiter, config.limits),
        shared: Shared::new(platform.db.changes().clone(), platform.clock.clone()),
    }
}

/// The schema in the definition language.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().include_specified_by();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Query, Once<Mutation>, Subscription> {
    async_graphql::Schema::build(Query::default(), Once::default(), Subscription::default())
        // No field returns it, but `extensions.code` of every error is one of its values.
        .register_output_type::<ErrorCode>()
        .override_output_type_description::<DateTime<Utc>>(
            "A moment in RFC 3339: given in UTC, such as `2014-12-31T21:00:00+00:00`, and taken with any zone.",
        )
        .override_output_type_description::<Decimal>("An exact decimal number, as a string.")
}
