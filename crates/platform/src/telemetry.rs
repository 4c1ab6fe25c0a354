//! Logs and metrics.

use crate::{clock::Clock, config::LogConfig};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::{Map, Value, json};
use std::{fmt::Debug, io::IsTerminal as _, sync::OnceLock};
use tokio::sync::mpsc;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{EnvFilter, Layer, layer::Context, layer::SubscriberExt, util::SubscriberInitExt};

/// Lines that wait to be stored; more are dropped and counted.
const CAPACITY: usize = 2048;

/// Libraries whose traces print what clients send, tokens and passwords included: they stay quiet whatever is asked for.
const INDISCREET: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

/// One log line, to be stored.
#[derive(Clone, Debug)]
pub struct LogLine {
    pub time: DateTime<Utc>,
    pub level: Level,
    pub target: String,
    pub message: String,
    pub fields: Value,
}

/// Starts logging to standard error; returns the lines that shall be stored too.
///
/// Standard output stays free for what commands print.
pub fn start_logging(config: &LogConfig) -> Result<mpsc::Receiver<LogLine>, LoggingError> {
    let filter =
        EnvFilter::try_new(&config.filter).map_err(|error| LoggingError::Filter(error.to_string()))?;
    let filter = INDISCREET.iter().fold(filter, |filter, crate_name| {
        filter.add_directive(format!("{crate_name}=info").parse().expect("it is a directive"))
    });
    let (sender, lines) = mpsc::channel(CAPACITY);
    let colours = std::io::stderr().is_terminal();
    let layer = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr);
    let layer = if config.json { layer.json().boxed() } else { layer.boxed() };
    tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .with(StoreLayer { sender })
        .try_init()
        .map_err(|_| LoggingError::Started)?;
    Ok(lines)
}

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    #[error(
        "BELLWETHER_LOG__FILTER cannot be used: {0}; write tracing directives, such as info or warn,domain=debug"
    )]
    Filter(String),
    #[error("logging was started already")]
    Started,
}

/// The process-wide metrics, started at the first call.
pub fn metrics_handle() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
            .expect("there are buckets");
        builder.install_recorder().expect("nothing else installs a recorder")
    })
}

struct StoreLayer {
    sender: mpsc::Sender<LogLine>,
}

impl<S: Subscriber> Layer<S> for StoreLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        // Of others' lines only what went wrong; storing the database's own chatter would feed itself.
        let ours = ["api", "bellwether", "domain", "worker", "jobs", "platform"];
        let target = event.metadata().target();
        let module = target.split("::").next().unwrap_or_default();
        if level > Level::INFO || (level > Level::WARN && !ours.contains(&module)) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = LogLine {
            time: Clock::system().now(),
            level,
            target: target.to_owned(),
            message: fields.message,
            fields: Value::Object(fields.others),
        };
        if self.sender.try_send(line).is_err() {
            metrics::counter!("bellwether_log_lines_dropped_total").increment(1);
        }
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else {
            self.others.insert(field.name().to_owned(), Value::String(text));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.insert(field.name().to_owned(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.insert(field.name().to_owned(), json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.others.insert(field.name().to_owned(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.others.insert(field.name().to_owned(), json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.others.insert(field.name().to_owned(), json!(value));
        }
    }
}
