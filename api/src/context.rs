//! What resolvers reach through the GraphQL context.

use crate::loader::Loader;
use async_graphql::{Context, Request, dataloader::DataLoader};
use chrono::{DateTime, Utc};
use domain::{
    event::Feed,
    forecast::Predictor,
    identity::{Access, Gatekeeper},
    market::QuoteFeed,
};
use platform::{Platform, config::BaseUrl, database::DatabaseConnection};
use std::any::TypeId;

/// The handles behind the schema.
pub trait ContextExt {
    fn platform(&self) -> &Platform;
    fn db(&self) -> &DatabaseConnection;
    fn loader(&self) -> &DataLoader<Loader>;
    fn feed(&self) -> &Feed;
    fn quotes(&self) -> &QuoteFeed;
    fn predictor(&self) -> &Predictor;
    fn now(&self) -> DateTime<Utc>;
    /// Who sent the request.
    fn access(&self) -> &Access;
    fn gatekeeper(&self) -> &Gatekeeper;
    /// The address as browsers know it.
    fn public_url(&self) -> &BaseUrl;
}

impl ContextExt for Context<'_> {
    fn platform(&self) -> &Platform {
        self.data_unchecked()
    }

    fn db(&self) -> &DatabaseConnection {
        self.platform().db.connection()
    }

    fn loader(&self) -> &DataLoader<Loader> {
        self.data_unchecked()
    }

    fn feed(&self) -> &Feed {
        self.data_unchecked()
    }

    fn quotes(&self) -> &QuoteFeed {
        self.data_unchecked()
    }

    fn predictor(&self) -> &Predictor {
        self.data_unchecked()
    }

    fn now(&self) -> DateTime<Utc> {
        self.platform().clock.now()
    }

    fn access(&self) -> &Access {
        self.data_unchecked()
    }

    fn gatekeeper(&self) -> &Gatekeeper {
        self.data_unchecked()
    }

    fn public_url(&self) -> &BaseUrl {
        self.data_unchecked()
    }
}

/// Who sent `request`, before there is a context.
pub fn access(request: &Request) -> Option<&Access> {
    request.data.get(&TypeId::of::<Access>())?.downcast_ref()
}
