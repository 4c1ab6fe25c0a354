//! Text in, findings out: cleaning, tickers and sentiment of posts and articles.
//!
//! Owns the rules that turn what people write into what the other crates count: [`clean()`] strips markup,
//! [`quality`] says how much a post is worth and [`duplicate`] which posts are copies; [`ticker`] finds the stocks
//! that a text names and [`scope`] what it says about which; [`finance`] and [`vader`] say how it feels about them.
//!
//! [`model`] is what all models for sentiment have in common; [`compact`] is the one that is trained, [`finbert`] one that
//! others have trained.
//!
//! Never does I/O and never keeps state between texts: every function is pure, takes time linear in its input and
//! accepts any string. Imports `ml` only, for what is learned and what runs it.

pub mod clean;
pub mod compact;
pub mod duplicate;
pub mod finance;
pub mod finbert;
pub mod model;
pub mod quality;
pub mod scope;
pub mod ticker;
pub mod vader;

pub use clean::clean;
pub use compact::CompactModel;
pub use duplicate::{Fingerprint, NearIndex, fingerprint};
pub use finance::{Finance, FinanceScore};
pub use finbert::FinbertModel;
pub use model::{FinanceModel, Judgement, Label, ModelError, SentimentModel, VaderModel};
pub use quality::{Quality, Signals, Tier};
pub use scope::{Scope, scopes};
pub use ticker::{Listing, Mention, MentionKind, TickerExtractor};
pub use vader::{Polarity, Vader};
