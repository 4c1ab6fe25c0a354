//! The only place that shapes errors for clients.

use async_graphql::{Enum, ErrorExtensionValues, Value};
use domain::{admin, event::FeedError, identity, market, news, sentiment};
use platform::{Fault, FaultKind};
use std::{sync::Arc, time::Duration};

pub type Result<T> = std::result::Result<T, ApiError>;

/// A failure as a client sees it. Deliberately not `Display`: nothing turns into one by accident.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    field: Option<String>,
    retry_after: Option<Duration>,
}

/// Why a request failed; the value of `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ErrorCode {
    /// The input is wrong; `field` names the argument and the message says how to mend it.
    BadUserInput,
    /// What was named does not exist.
    NotFound,
    /// The request contradicts the present state.
    Conflict,
    /// The request does not say, or does not prove, who sends it: sign in, or refresh the access token.
    Unauthenticated,
    /// Who sends it may not.
    Forbidden,
    /// It needs a fresh TOTP code; the message says how to give it.
    TotpRequired,
    /// Too many requests: `retryAfterSeconds` says how long to wait.
    RateLimited,
    /// A source, the database or the bus does not answer; try again later.
    SourceUnavailable,
    /// The query asks for too much at once.
    QueryTooComplex,
    /// Our fault; the log has the details.
    Internal,
}

impl ErrorCode {
    /// As it stands in `extensions.code`.
    pub fn name(self) -> Value {
        async_graphql::resolver_utils::enum_value(self)
    }
}

impl ApiError {
    /// A problem with the argument `field`.
    pub fn input(field: &str, message: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::BadUserInput,
            message: message.into(),
            field: Some(field.to_owned()),
            retry_after: None,
        }
    }

    pub fn not_found(field: &str, message: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::NotFound,
            message: message.into(),
            field: Some(field.to_owned()),
            retry_after: None,
        }
    }

    fn of(fault: &(impl Fault + ?Sized)) -> Self {
        let code = match fault.kind() {
            FaultKind::Invalid => ErrorCode::BadUserInput,
            FaultKind::NotFound => ErrorCode::NotFound,
            FaultKind::Conflict => ErrorCode::Conflict,
            FaultKind::Unauthenticated => ErrorCode::Unauthenticated,
            FaultKind::Forbidden => ErrorCode::Forbidden,
            FaultKind::TotpRequired => ErrorCode::TotpRequired,
            FaultKind::RateLimited => ErrorCode::RateLimited,
            FaultKind::Unavailable => {
                tracing::warn!(error = ?fault, "Request could not be served");
                let message = "the database is busy or does not answer; try again in a moment".to_owned();
                return Self { code: ErrorCode::SourceUnavailable, message, field: None, retry_after: None };
            }
            FaultKind::Internal => {
                tracing::error!(error = ?fault, "Request failed");
                return Self {
                    code: ErrorCode::Internal,
                    message: "internal error".to_owned(),
                    field: None,
                    retry_after: None,
                };
            }
        };
        Self {
            code,
            message: fault.to_string(),
            field: fault.field().map(str::to_owned),
            retry_after: fault.retry_after(),
        }
    }
}

macro_rules! from_fault {
    ($($fault:ty),+) => {
        $(impl From<$fault> for ApiError {
            fn from(fault: $fault) -> Self {
                Self::of(&fault)
            }
        })+
    };
}
from_fault!(admin::Error, identity::Error, market::Error, news::Error, sentiment::Error, FeedError);

/// Loaders share one failure among all that waited for it.
impl From<Arc<ApiError>> for ApiError {
    fn from(error: Arc<ApiError>) -> Self {
        Self::clone(&error)
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code.name());
        if let Some(pause) = error.retry_after {
            extensions.set("retryAfterSeconds", pause.as_secs().max(1));
        }
        if let Some(field) = error.field {
            extensions.set("field", field);
            extensions.set("issue", error.message.clone());
        }
        Self { message: error.message, source: None, extensions: Some(extensions) }
    }
}
