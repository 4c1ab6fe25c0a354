//! Reads settings one by one and collects what is wrong with them.

use super::{
    secret_url::{SecretUrl, redact},
    setting::{SETTINGS, Setting},
};
use figment::{Figment, value::Value};
use std::{fmt, fmt::Write as _, ops::RangeInclusive, str::FromStr};

/// All that is wrong with the settings.
#[derive(Debug)]
pub struct ConfigError(pub Vec<Problem>);

/// One setting that can't be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The environment variable, or what the file calls it.
    pub name: String,
    pub found: String,
    /// What to write instead.
    pub fix: String,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} setting{} cannot be used:", if count == 1 { "" } else { "s" })?;
        for Problem { name, found, fix } in &self.0 {
            write!(f, "\n  {name} is {found}: {fix}")?;
        }
        Ok(())
    }
}

pub(super) struct Reader {
    sources: Figment,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(sources: Figment) -> Self {
        let mut reader = Self { sources, problems: Vec::new() };
        reader.reject_unknown();
        reader
    }

    /// A setting with a default. The value returned after a problem is never used.
    pub(super) fn required<T: FromStr>(&mut self, key: &str) -> T {
        let default = || setting(key).default.parse().ok().expect("a default has the setting's shape");
        match self.text(key) {
            None => default(),
            Some(text) => text.parse().unwrap_or_else(|_| {
                self.report(key, &text);
                default()
            }),
        }
    }

    pub(super) fn optional<T: FromStr>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key)?;
        text.parse().map_err(|_| self.report(key, &text)).ok()
    }

    /// A setting whose value is never shown.
    pub(super) fn secret<T: FromStr>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key)?;
        text.parse().map_err(|_| self.report(key, "***")).ok()
    }

    /// Both settings or neither; one alone misses the other.
    pub(super) fn both<A, B>(
        &mut self,
        first: (&str, Option<A>),
        second: (&str, Option<B>),
    ) -> Option<(A, B)> {
        match (first.1, second.1) {
            (Some(a), Some(b)) => return Some((a, b)),
            (Some(_), None) => self.report(second.0, ""),
            (None, Some(_)) => self.report(first.0, ""),
            (None, None) => {}
        }
        None
    }

    /// Reports a setting that another one needs.
    pub(super) fn missing(&mut self, key: &str) {
        self.report(key, "");
    }

    /// Reports what is wrong behind a value that has the setting's shape.
    pub(super) fn unusable(&mut self, key: &str, found: &str, problem: &str) {
        let name = setting(key).variable.to_owned();
        self.problems.push(Problem { name, found: format!("{found:?}"), fix: problem.to_owned() });
    }

    /// A text without spaces, which may not be empty.
    pub(super) fn word(&mut self, key: &str) -> String {
        let text = self.sources.find_value(key).ok().and_then(|value| plain(&value));
        let text = text.unwrap_or_else(|| setting(key).default.to_owned());
        if text.is_empty() || text.contains(char::is_whitespace) {
            self.report(key, &text);
        }
        text
    }

    /// A URL that begins with one of `schemes`.
    pub(super) fn url(&mut self, key: &str, schemes: &[&str]) -> Option<SecretUrl> {
        let url: SecretUrl = self.optional(key)?;
        if schemes.iter().any(|scheme| url.expose().starts_with(scheme)) {
            return Some(url);
        }
        self.report(key, url.expose());
        None
    }

    pub(super) fn number<T: FromStr + PartialOrd + Copy>(
        &mut self,
        key: &str,
        range: RangeInclusive<T>,
    ) -> T {
        let value: T = self.required(key);
        if !range.contains(&value) {
            let text = self.text(key).unwrap_or_default();
            self.report(key, &text);
        }
        value
    }

    /// How many of something, at least one; absent where there is no limit.
    pub(super) fn count(&mut self, key: &str) -> Option<u32> {
        let default = setting(key).default;
        let text = self.text(key).unwrap_or_else(|| default.to_owned());
        if text.is_empty() {
            return None;
        }
        let count = text.parse().ok().filter(|count| (1..=1_000_000).contains(count));
        if count.is_none() {
            self.report(key, &text);
        }
        count
    }

    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let default = setting(key).default;
        self.optional_choice(key, choices).unwrap_or_else(|| {
            choices.iter().find(|(name, _)| *name == default).expect("a default is one of the choices").1
        })
    }

    pub(super) fn optional_choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text));
        if found.is_none() {
            self.report(key, &text);
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(value) } else { Err(ConfigError(self.problems)) }
    }

    /// The value as text; empty counts as absent.
    fn text(&self, key: &str) -> Option<String> {
        let value = self.sources.find_value(key).ok()?;
        let text = plain(&value)?;
        (!text.is_empty()).then_some(text)
    }

    fn report(&mut self, key: &str, found: &str) {
        let Setting { variable, shape, .. } = setting(key);
        let problem = Problem {
            name: (*variable).to_owned(),
            found: format!("{:?}", redact(found)),
            fix: format!("write {shape}"),
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Speaks of the setting as it was written: as a variable or as a key of the file.
    fn unknown(&self, key: &str) -> Problem {
        let metadata = self.sources.find_metadata(key);
        let is_variable = metadata.is_some_and(|metadata| metadata.name.contains("environment"));
        let name = if is_variable {
            format!("BELLWETHER_{}", key.to_uppercase().replace('.', "__"))
        } else {
            key.to_owned()
        };
        let fix = match similar(key) {
            Some(setting) if is_variable => format!("; did you mean {}?", setting.variable),
            Some(setting) => format!("; did you mean {}?", setting.key),
            None => String::new(),
        };
        Problem { name, found: "unknown".to_owned(), fix: format!("there is no such setting{fix}") }
    }

    fn reject_unknown(&mut self) {
        let root = match self.sources.extract::<Value>() {
            Ok(root) => root,
            Err(error) => {
                let fix = "mend the file; it is TOML".to_owned();
                return self.problems.push(Problem {
                    name: "bellwether.toml".into(),
                    found: error.to_string(),
                    fix,
                });
            }
        };
        let mut keys = Vec::new();
        leaves("", &root, &mut keys);
        for key in keys {
            // Variables of the test suite.
            let foreign = key.starts_with("test_");
            if !foreign && !SETTINGS.iter().any(|setting| setting.key == key) {
                let problem = self.unknown(&key);
                self.problems.push(problem);
            }
        }
    }
}

/// The setting that `key` may have been meant to be.
fn similar(key: &str) -> Option<&'static Setting> {
    let distance = |setting: &Setting| strsim::osa_distance(setting.key, key);
    let nearest = SETTINGS.iter().min_by_key(|setting| distance(setting))?;
    (distance(nearest) <= (key.len() / 2).min(2)).then_some(nearest)
}

fn setting(key: &str) -> &'static Setting {
    SETTINGS.iter().find(|setting| setting.key == key).expect("only listed settings are read")
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.trim().to_owned()),
        Value::Char(_, c) => Some(c.to_string()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => {
            let mut text = String::new();
            match (number.to_u128(), number.to_i128(), number.to_f64()) {
                (Some(n), ..) => write!(text, "{n}"),
                (_, Some(n), _) => write!(text, "{n}"),
                (.., n) => write!(text, "{}", n.unwrap_or_default()),
            }
            .expect("a String can be written");
            Some(text)
        }
        // A section where a value belongs, or nothing at all.
        Value::Dict(..) | Value::Array(..) => Some("a section".to_owned()),
        Value::Empty(..) => None,
    }
}

fn leaves(path: &str, value: &Value, keys: &mut Vec<String>) {
    let Value::Dict(_, entries) = value else { return keys.push(path.to_owned()) };
    for (name, entry) in entries {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        leaves(&path, entry, keys);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{WorkerMode, load};

    #[test]
    fn nothing_set_gives_the_embedded_product() {
        let config = load("").unwrap();
        assert_eq!(config.listen.port(), 8000);
        assert_eq!(config.worker, WorkerMode::Embedded);
        assert!(config.redis.is_none() && config.simulate.is_none() && !config.log.json);
    }

    #[test]
    fn redis_moves_the_worker_out() {
        assert_eq!(load("redis_url = 'redis://localhost'").unwrap().worker, WorkerMode::Separate);
    }

    #[test]
    fn every_problem_is_reported_with_name_value_and_fix() {
        let report = load(
            "listen = 'nowhere'\ndatabase_url = 'mysql://me:secret@db/x'\nsimulat = 1\n[jobs]\nconcurrency = 0\n",
        )
        .unwrap_err();
        assert_eq!(
            report,
            "4 settings cannot be used:\n  \
             simulat is unknown: there is no such setting; did you mean simulate?\n  \
             BELLWETHER_LISTEN is \"nowhere\": write an address and port, such as 127.0.0.1:8000 or 0.0.0.0:8000\n  \
             DATABASE_URL is \"mysql://me:***@db/x\": write sqlite://path/to/file.db or \
             postgres://user:password@host:5432/name\n  \
             BELLWETHER_JOBS__CONCURRENCY is \"0\": write a whole number from 1 to 64"
        );
    }

    #[test]
    fn another_setting_is_suggested_only_when_it_is_close() {
        for (toml, fix) in [
            ("[jobs]\nnope = 1", "jobs.nope is unknown: there is no such setting"),
            ("en = 1", "en is unknown: there is no such setting; did you mean env?"),
            ("evn = 1", "evn is unknown: there is no such setting; did you mean env?"),
            ("jobs_concurrency = 1", "there is no such setting; did you mean jobs.concurrency?"),
            ("e = 1", "e is unknown: there is no such setting"),
        ] {
            let report = load(toml).unwrap_err();
            assert!(report.ends_with(fix), "{report}");
        }
    }

    #[test]
    fn a_prefix_must_be_a_word() {
        for prefix in ["", "two words"] {
            let report = load(&format!("redis_url = 'redis://localhost'\n[redis]\nprefix = '{prefix}'"));
            let expected = format!("BELLWETHER_REDIS__PREFIX is {prefix:?}: write a word without spaces");
            assert!(report.as_ref().unwrap_err().contains(&expected), "{report:?}");
        }
    }

    #[test]
    fn a_log_filter_that_tracing_does_not_understand_is_a_problem_like_others() {
        assert!(
            load("[log]\nfilter = 'a=b=c'")
                .unwrap_err()
                .contains("BELLWETHER_LOG__FILTER is \"a=b=c\": write")
        );
    }

    #[test]
    fn a_master_key_that_is_none_is_reported_but_not_shown() {
        let report = load("master_key = 'hunter2'").unwrap_err();
        assert!(
            report.contains("BELLWETHER_MASTER_KEY is \"***\": write the base64 of 32 bytes"),
            "{report}"
        );
        assert!(!report.contains("hunter2"), "{report}");
    }

    #[test]
    fn a_broken_file_is_named() {
        assert!(load("listen = ").unwrap_err().contains("bellwether.toml"));
    }
}
