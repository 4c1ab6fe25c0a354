//! What can go wrong with features.

use super::Refusal;
use crate::{identity, market, news};
use chrono::NaiveDate;
use jobs::LeaseLost;
use platform::{Fault, FaultKind};
use sea_orm::DbErr;
use tokio::task::JoinError;
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no feature version {0}: there are 1.0.0 and 2.0.0")]
    UnknownVersion(String),
    #[error("no stock is called {0}: import its prices, or add it to the watch-list")]
    UnknownSymbol(String),
    #[error("name one stock at least")]
    NoStock,
    #[error("the last day, {last}, is before the first, {first}")]
    NoDays { first: NaiveDate, last: NaiveDate },
    #[error("none of the stocks has a bar between {first} and {last} that was known then")]
    NoBars { first: NaiveDate, last: NaiveDate },
    #[error("there is no feature snapshot {0}")]
    NotFound(Uuid),
    #[error(
        "the past that snapshot {0} was made from was changed since, by an import or a deletion: build another one"
    )]
    Expired(Uuid),
    #[error("{0} posts that were known by then are not scored yet: try again when they are")]
    Unscored(u64),
    #[error("snapshots of feature versions {0} and {1} have no columns to compare")]
    OtherVersion(String, String),
    #[error("models are trained for 1 and for 5 trading days, not for {0}")]
    Horizon(i32),
    #[error("{1}")]
    Input(&'static str, &'static str),
    #[error("no model can be trained on this: {0}")]
    Training(String),
    #[error("the model is not taken: {0}")]
    NotTaken(String),
    #[error("it needs ONNX Runtime, which `bellwether models runtime` installs")]
    NoRuntime,
    #[error("there is no such model")]
    UnknownModel,
    #[error(
        "no model is in production for {0} trading days: an administrator trains one with `bellwether models train` \
         or `trainModel`, and promotes it"
    )]
    NoModel(i32),
    #[error("the model's file {0} cannot be used: {1}; put it back, or promote another model")]
    Artefact(String, &'static str),
    #[error(
        "the bucket with the model's file {0} cannot be reached, or refuses: try again, or look at the log"
    )]
    Bucket(String),
    #[error("the model is in {0} already")]
    SameStage(&'static str),
    #[error("{0} is on trial: put it into STAGING without percent, or into PRODUCTION, first")]
    OnTrial(String),
    #[error("the gate objects: {}; promote it anyway by stating a reason", .0.join("; "))]
    Gate(Vec<String>),
    #[error("no model was in production before this one")]
    NothingBefore,
    #[error("another promotion came first; look at the models again")]
    Overtaken,
    #[error("{0}: {1}")]
    Refused(String, Refusal),
    #[error("at most {0} symbols at a time")]
    TooManySymbols(usize),
    #[error("building the features was cut short")]
    CutShort(#[from] JoinError),
    #[error(transparent)]
    Market(#[from] market::Error),
    #[error(transparent)]
    News(#[from] news::Error),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Lease(#[from] LeaseLost),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::UnknownVersion(_)
            | Self::NoStock
            | Self::NoDays { .. }
            | Self::OtherVersion(..)
            | Self::Horizon(_)
            | Self::Input(..)
            | Self::NotTaken(_)
            | Self::TooManySymbols(_) => FaultKind::Invalid,
            Self::UnknownSymbol(_)
            | Self::NoBars { .. }
            | Self::NotFound(_)
            | Self::UnknownModel
            | Self::Refused(_, Refusal::UnknownSymbol) => FaultKind::NotFound,
            Self::Expired(_)
            | Self::Unscored(_)
            | Self::Training(_)
            | Self::SameStage(_)
            | Self::OnTrial(_)
            | Self::Gate(_)
            | Self::NothingBefore
            | Self::Overtaken
            | Self::Refused(..) => FaultKind::Conflict,
            Self::NoModel(_) | Self::Artefact(..) | Self::NoRuntime => FaultKind::NoModel,
            Self::Bucket(_) => FaultKind::Unavailable,
            Self::CutShort(_) | Self::Lease(_) => FaultKind::Internal,
            Self::Identity(error) => error.kind(),
            Self::Market(error) => error.kind(),
            Self::News(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownVersion(_) => Some("featureVersion"),
            Self::UnknownSymbol(_) | Self::NoStock | Self::TooManySymbols(_) => Some("symbols"),
            Self::Horizon(_) => Some("horizon"),
            Self::Input(field, _) => Some(field),
            Self::UnknownModel => Some("id"),
            Self::Refused(..) => Some("symbol"),
            Self::Gate(_) => Some("reason"),
            Self::NoDays { .. } => Some("to"),
            _ => None,
        }
    }
}
