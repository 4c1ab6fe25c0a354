//! The only place that shapes errors for clients.

use async_graphql::{Enum, ErrorExtensionValues, Response, ServerError, Value};
use axum::http::StatusCode;
use domain::{admin, archive, event::FeedError, forecast, identity, market, news, sentiment};
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
    limit: Option<Limit>,
    is_too_large: bool,
}

/// A limit that a document exceeds.
#[derive(Clone, Copy, Debug)]
struct Limit {
    name: &'static str,
    most: u64,
    found: Option<u64>,
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
    /// No model is in production that could answer; the message says what to do.
    ModelUnavailable,
    /// A source, the database or the bus does not answer; try again later.
    SourceUnavailable,
    /// The query asks for too much at once.
    QueryTooComplex,
    /// No document is known by the hash that stands for it: send the document with it once more.
    PersistedQueryNotFound,
    /// This server executes only the documents that it was given, and this is none of them.
    UntrustedDocument,
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
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after: None,
            limit: None,
            is_too_large: false,
        }
    }

    /// A problem with the argument `field`.
    pub fn input(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::BadUserInput, message) }
    }

    /// A problem with the request as a whole.
    pub fn malformed(message: &str) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    pub fn not_found(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::NotFound, message) }
    }

    /// Too many requests; after `pause` the next one succeeds.
    pub fn rate_limited(pause: Duration) -> Self {
        let message = format!("too many requests; wait {} s", whole_seconds(pause));
        Self { retry_after: Some(pause), ..Self::new(ErrorCode::RateLimited, message) }
    }

    /// Our fault; what happened is in the log and nowhere else.
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "internal error")
    }

    /// A file of more than `most` bytes.
    pub fn too_large(most: u64) -> Self {
        let message = format!("a file may have at most {} MB", most / 1024 / 1024);
        Self { is_too_large: true, ..Self::new(ErrorCode::BadUserInput, message) }
    }

    /// What HTTP says where an answer is not GraphQL.
    pub fn status(&self) -> StatusCode {
        match self.code {
            _ if self.is_too_large => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::BadUserInput
            | ErrorCode::QueryTooComplex
            | ErrorCode::PersistedQueryNotFound
            | ErrorCode::UntrustedDocument => StatusCode::BAD_REQUEST,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorCode::Forbidden | ErrorCode::TotpRequired => StatusCode::FORBIDDEN,
            ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::ModelUnavailable | ErrorCode::SourceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The seconds to wait before another try.
    pub fn pause(&self) -> Option<u64> {
        self.retry_after.map(whole_seconds)
    }

    pub fn too_complex(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::QueryTooComplex, message)
    }

    /// In the words by which Apollo's clients know it.
    pub fn persisted_query_not_found() -> Self {
        Self::new(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound")
    }

    pub fn untrusted_document() -> Self {
        let message = "this server executes only the documents of its manifest, and this is none of them";
        Self::new(ErrorCode::UntrustedDocument, message)
    }

    /// Names the limit, for programs to read.
    pub fn with_limit(self, name: &'static str, most: u64, found: Option<u64>) -> Self {
        Self { limit: Some(Limit { name, most, found }), ..self }
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
            FaultKind::NoModel => ErrorCode::ModelUnavailable,
            FaultKind::Unavailable => {
                tracing::warn!(error = ?fault, "Request could not be served");
                return Self::new(ErrorCode::SourceUnavailable, fault.unavailable());
            }
            FaultKind::Internal => {
                tracing::error!(error = ?fault, "Request failed");
                return Self::internal();
            }
        };
        Self {
            code,
            message: fault.to_string(),
            field: fault.field().map(str::to_owned),
            retry_after: fault.retry_after(),
            limit: None,
            is_too_large: false,
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
from_fault!(
    admin::Error,
    archive::Error,
    forecast::Error,
    identity::Error,
    market::Error,
    news::Error,
    sentiment::Error,
    FeedError
);

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
            extensions.set("retryAfterSeconds", whole_seconds(pause));
        }
        if let Some(Limit { name, most, found }) = error.limit {
            extensions.set("limit", name);
            extensions.set("most", most);
            if let Some(found) = found {
                extensions.set("found", found);
            }
        }
        if let Some(field) = error.field {
            extensions.set("field", field);
            extensions.set("issue", error.message.clone());
        }
        Self { message: error.message, source: None, extensions: Some(extensions) }
    }
}

/// Of the request as a whole: it stands at no field.
impl From<ApiError> for ServerError {
    fn from(error: ApiError) -> Self {
        let error: async_graphql::Error = error.into();
        Self { extensions: error.extensions, ..Self::new(error.message, None) }
    }
}

/// The answer to a request that is refused before anything runs.
impl From<ApiError> for Response {
    fn from(error: ApiError) -> Self {
        Self::from_errors(vec![error.into()])
    }
}

/// Rounded up, and never none: who comes back then does not come too early.
pub fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}
