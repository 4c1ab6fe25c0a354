//! Text in, findings out: cleaning, tickers and sentiment of posts and articles.
//!
//! Owns the rules that turn what people write into what the other crates count: [`clean()`] strips markup,
//! [`ticker`] finds the stocks that a text names, [`vader`] says how it feels about them.
//!
//! Never does I/O, never keeps state between texts and imports none of our crates: every function is pure,
//! takes time linear in its input and accepts any string.

pub mod clean;
pub mod ticker;
pub mod vader;

pub use clean::clean;
pub use ticker::{Mention, MentionKind, TickerExtractor};
pub use vader::{Polarity, Vader};
