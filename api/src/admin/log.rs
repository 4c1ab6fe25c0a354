//! Lines of the log.

use crate::market::representable;
use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::admin::log;
use serde_json::Value;

/// How grave a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "log::Level")]
pub enum LogLevel {
    /// Something went as it should.
    Info,
    /// Something went wrong that mends itself, or can wait.
    Warn,
    /// Something went wrong that someone should look at.
    Error,
}

/// Which lines are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct LogFilter {
    /// Only this level and graver ones.
    pub level: Option<LogLevel>,
    /// Only lines of this part of the program, such as `worker` or `domain::identity`.
    pub target: Option<String>,
    /// Only lines whose message contains this, in any case.
    pub text: Option<String>,
    /// Only after this time.
    pub after: Option<DateTime<Utc>>,
    /// Only before this time.
    pub before: Option<DateTime<Utc>>,
}

impl From<LogFilter> for log::Filter {
    fn from(filter: LogFilter) -> Self {
        Self {
            level: filter.level.map(Into::into),
            target: filter.target,
            text: filter.text,
            after: filter.after.map(representable),
            before: filter.before.map(representable),
        }
    }
}

/// A line of the log of any process.
#[derive(Clone, Debug)]
pub struct LogEntry(pub log::Row);

/// A line of the log of any process.
#[Object]
impl LogEntry {
    /// Identifies the line.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it was written.
    async fn time(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// How grave it is.
    async fn level(&self) -> LogLevel {
        log::Level::of(&self.0).into()
    }

    /// The part of the program that wrote it.
    async fn target(&self) -> &str {
        &self.0.target
    }

    /// What it says.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What it says besides, by name.
    async fn fields(&self) -> Vec<LogField> {
        let fields = self.0.fields.as_object().into_iter().flatten();
        fields.map(|(name, value)| LogField { name: name.clone(), value: shown(value) }).collect()
    }
}

/// A named value of a line.
#[derive(Clone, Debug, SimpleObject)]
pub struct LogField {
    /// Such as `job.name`.
    name: String,
    /// As text.
    value: String,
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
