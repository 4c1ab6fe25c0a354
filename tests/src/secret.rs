//! What must never be logged: with `BELLWETHER_TEST_SECRETS=<file>` every secret that a test meets goes into that file,
//! and everything that is logged, at its loudest, to standard error, for `grep` to look for the one in the other.

use platform::{
    config::Config,
    telemetry::{self, LogLine},
};
use serde_json::Value;
use std::{
    fs::OpenOptions,
    io::Write as _,
    sync::{Mutex, OnceLock},
};
use tokio::sync::mpsc::Receiver;

/// The settings of a process that shall be as loud as the tests.
pub const LOUD: (&str, &str) = ("BELLWETHER_LOG__FILTER", "trace");
/// What secrets are called in inputs and answers.
const NAMES: [&str; 10] = [
    "accessToken",
    "code",
    "key",
    "password",
    "recoveryCodes",
    "refreshToken",
    "secret",
    "state",
    "token",
    "uri",
];
/// A shorter one is a word that a test gives for a wrong secret.
const SHORTEST: usize = 12;
const DIGITS_OF_A_CODE: usize = 6;

/// Where secrets are collected, if they are.
pub fn file() -> Option<&'static str> {
    static FILE: OnceLock<Option<String>> = OnceLock::new();
    FILE.get_or_init(|| std::env::var("BELLWETHER_TEST_SECRETS").ok()).as_deref()
}

/// Logs everything from now on, if secrets are collected.
pub fn log_loudly() {
    static LINES: OnceLock<Option<Mutex<Receiver<LogLine>>>> = OnceLock::new();
    LINES.get_or_init(|| {
        file()?;
        let mut config = Config::from_figment(figment::Figment::new()).unwrap().log;
        LOUD.1.clone_into(&mut config.filter);
        // Kept, so that what would be stored is formatted.
        telemetry::start_logging(&config).ok().map(Mutex::new)
    });
}

/// Notes a secret.
pub fn note(secret: &str) {
    let Some(file) = file() else { return };
    let is_code = secret.len() == DIGITS_OF_A_CODE && secret.bytes().all(|byte| byte.is_ascii_digit());
    let lines = if is_code {
        // The digits alone stand in many a number.
        format!("\"{secret}\"\ncode={secret}\ncode: {secret}\ntotp: {secret}\n")
    } else if secret.len() >= SHORTEST {
        format!("{secret}\n")
    } else {
        return;
    };
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}

/// Notes the secrets in what is sent or answered.
pub fn note_all(value: &Value) {
    if file().is_none() {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if NAMES.contains(&name.as_str()) {
                    note_texts(value);
                }
                note_all(value);
            }
        }
        Value::Array(items) => items.iter().for_each(note_all),
        _ => {}
    }
}

/// Notes the secrets that stand in a document itself.
pub fn note_literals(document: &str) {
    for name in NAMES {
        for rest in document.split(&format!("{name}: \"")).skip(1) {
            note(rest.split('"').next().unwrap_or_default());
        }
    }
}

fn note_texts(value: &Value) {
    match value {
        Value::String(text) => note(text),
        Value::Array(items) => items.iter().for_each(note_texts),
        _ => {}
    }
}
