//! How much a post is worth: by what readers made of it, how much it says, and how much it looks like spam.
//!
//! Owns the weights of the four parts and the tiers. Parts whose signals a source does not have (news has no
//! votes) are left out and the others weigh more. Never judges an author or whether a text is about stocks.

mod spam;

/// Shares of the parts in the total of a post that has all four.
const ENGAGEMENT_WEIGHT: f64 = 0.30;
const LENGTH_WEIGHT: f64 = 0.25;
const UPVOTES_WEIGHT: f64 = 0.20;
const SPAM_WEIGHT: f64 = 0.25;

/// How far the total can rise above the spam part: votes, which can be bought, save no spam from `POOR`.
const ABOVE_SPAM: f64 = 29.0;

/// Votes, comments counted double, from which on engagement is full.
const FULL_ENGAGEMENT: f64 = 1000.0;
/// A comment takes more effort than a vote.
const VOTES_PER_COMMENT: f64 = 2.0;

/// Characters below which a text is penalised; there its length is worth half of the best.
const SHORT: f64 = 50.0;
/// Characters from which on more length adds nothing.
const LONG: f64 = 300.0;

/// Share of upvotes below which readers were set on a post.
const BRIGADED_BELOW: f64 = 0.4;

/// What is known of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals<'text> {
    /// The cleaned text.
    pub text: &'text str,
    /// Upvotes less downvotes; `None` where there is no voting.
    pub votes: Option<i32>,
    pub comment_count: Option<i32>,
    /// Share of upvotes among all votes, 0–1.
    pub upvote_ratio: Option<f64>,
}

/// The worth of a post and of its parts, each 0–100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Votes and comments on a logarithmic scale; `None` if neither is known.
    pub engagement: Option<f64>,
    /// 50 at 50 characters, falling to 0 below, and 100 from 300 characters on.
    pub length: f64,
    /// The upvote ratio, from 0 at 0.4 to 100 at 1; `None` if unknown.
    pub upvotes: Option<f64>,
    /// How free the text is of spam: 100 without emoji floods, shouting and the phrases of spammers.
    pub spam: f64,
    /// The weighted mean of the known parts, at most 29 above `spam`.
    pub total: f64,
    /// Whether fewer than 40 % of the votes were upvotes.
    pub is_brigaded: bool,
}

/// Where a total stands: `Poor` < 30 ≤ `Fair` < 50 ≤ `Good` < 70 ≤ `Excellent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    Poor,
    Fair,
    Good,
    Excellent,
}

impl Quality {
    /// Rates the post that `signals` describe.
    pub fn of(signals: &Signals<'_>) -> Self {
        let ratio = signals.upvote_ratio.filter(|ratio| ratio.is_finite());
        let engagement = engagement(signals.votes, signals.comment_count);
        let length = length(signals.text);
        let upvotes =
            ratio.map(|ratio| ((ratio - BRIGADED_BELOW) / (1.0 - BRIGADED_BELOW)).clamp(0.0, 1.0) * 100.0);
        let spam = spam::freedom(signals.text);
        let parts = [
            (engagement, ENGAGEMENT_WEIGHT),
            (Some(length), LENGTH_WEIGHT),
            (upvotes, UPVOTES_WEIGHT),
            (Some(spam), SPAM_WEIGHT),
        ];
        let total = mean(&parts).min(spam + ABOVE_SPAM).clamp(0.0, 100.0);
        let is_brigaded = ratio.is_some_and(|ratio| ratio < BRIGADED_BELOW);
        Self { engagement, length, upvotes, spam, total, is_brigaded }
    }

    /// The tier of the total.
    pub fn tier(&self) -> Tier {
        Tier::of(self.total)
    }
}

impl Tier {
    /// The tier of a total of 0–100.
    pub fn of(total: f64) -> Self {
        match total {
            total if total >= 70.0 => Self::Excellent,
            total if total >= 50.0 => Self::Good,
            total if total >= 30.0 => Self::Fair,
            _ => Self::Poor,
        }
    }
}

/// The mean of the known parts, the weights of which are scaled to sum to 1.
fn mean(parts: &[(Option<f64>, f64)]) -> f64 {
    let known = parts.iter().filter_map(|(part, weight)| part.map(|part| (part, *weight)));
    let (sum, weights) =
        known.fold((0.0, 0.0), |(sum, weights), (part, weight)| (sum + part * weight, weights + weight));
    sum / weights
}

fn engagement(votes: Option<i32>, comment_count: Option<i32>) -> Option<f64> {
    if votes.is_none() && comment_count.is_none() {
        return None;
    }
    let [votes, comments] = [votes, comment_count].map(|count| f64::from(count.unwrap_or(0).max(0)));
    let reactions = votes + comments * VOTES_PER_COMMENT;
    Some((reactions.ln_1p() / FULL_ENGAGEMENT.ln_1p()).min(1.0) * 100.0)
}

fn length(text: &str) -> f64 {
    let characters = text.chars().count() as f64;
    if characters < SHORT {
        characters / SHORT * 50.0
    } else {
        50.0 + ((characters - SHORT) / (LONG - SHORT)).min(1.0) * 50.0
    }
}
