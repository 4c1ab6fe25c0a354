//! What makes a post worth reading.

use nlp::quality::{Quality, Signals, Tier};
use proptest::prelude::*;

const POST: &str =
    "Apple's services margin keeps rising while hardware is flat, so I expect a beat next week.";

#[test]
fn parts_are_weighted_as_documented() {
    let quality = rate(POST, Some(30), Some(0), Some(0.7));
    let engagement = 31_f64.ln() / 1001_f64.ln() * 100.0;
    let length = 50.0 + (POST.len() as f64 - 50.0) / 250.0 * 50.0;
    close(quality.engagement, engagement);
    close(Some(quality.length), length);
    close(quality.upvotes, 50.0);
    close(Some(quality.spam), 100.0);
    close(Some(quality.total), 0.3 * engagement + 0.25 * length + 0.2 * 50.0 + 25.0);
}

#[test]
fn an_article_without_votes_is_rated_by_its_text_alone() {
    let quality = rate(&"Words and more words. ".repeat(30), None, None, None);
    assert_eq!((quality.engagement, quality.upvotes), (None, None));
    close(Some(quality.total), 100.0);
    assert!(!quality.is_brigaded);
}

#[test]
fn either_votes_or_comments_are_enough_for_engagement() {
    close(rate(POST, None, Some(500), None).engagement, 100.0);
    close(rate(POST, Some(1_000), None, None).engagement, 100.0);
    close(rate(POST, Some(i32::MAX), Some(i32::MAX), None).engagement, 100.0);
    close(rate(POST, Some(-50), None, None).engagement, 0.0);
}

#[test]
fn short_texts_are_penalised() {
    close(Some(rate("", None, None, None).length), 0.0);
    close(Some(rate(&"é".repeat(25), None, None, None).length), 25.0);
    close(Some(rate(&"é".repeat(50), None, None, None).length), 50.0);
    close(Some(rate(&"é".repeat(300), None, None, None).length), 100.0);
}

#[test]
fn below_two_fifths_of_upvotes_a_post_is_brigaded() {
    for (ratio, is_brigaded) in [(0.0, true), (0.399, true), (0.4, false), (1.0, false), (f64::NAN, false)] {
        assert_eq!(rate(POST, Some(1), Some(1), Some(ratio)).is_brigaded, is_brigaded, "{ratio}");
    }
}

#[test]
fn totals_fall_into_tiers() {
    let cases = [
        (0.0, Tier::Poor),
        (29.99, Tier::Poor),
        (30.0, Tier::Fair),
        (49.99, Tier::Fair),
        (50.0, Tier::Good),
        (69.99, Tier::Good),
        (70.0, Tier::Excellent),
        (100.0, Tier::Excellent),
    ];
    for (total, tier) in cases {
        assert_eq!(Tier::of(total), tier, "{total}");
    }
    assert!(Tier::Poor < Tier::Excellent);
}

#[test]
fn posts_land_in_the_tier_a_reader_would_choose() {
    let spam = "Join my Telegram for VIP signals, guaranteed profit every day, double your money, DM me 🚀🚀🚀🚀🚀🚀🚀🚀";
    check(spam, Some(5_000), Some(900), Some(0.99), Tier::Poor);
    check("lol", Some(0), Some(0), Some(0.3), Tier::Poor);
    check("GME to the moon 🚀🚀🚀", Some(2), Some(0), Some(0.6), Tier::Fair);
    check(POST, Some(12), Some(4), Some(0.85), Tier::Good);
    check(&POST.repeat(5), Some(400), Some(120), Some(0.95), Tier::Excellent);
}

proptest! {
    #[test]
    fn parts_and_total_stay_within_bounds(
        text in "(\\PC|[A-Z🚀 ]|dm me ){0,120}", votes in any::<Option<i32>>(), comments in any::<Option<i32>>(),
        ratio in proptest::option::of(any::<f64>()),
    ) {
        let quality = rate(&text, votes, comments, ratio);
        let parts = [quality.engagement, Some(quality.length), quality.upvotes, Some(quality.spam)];
        for part in parts.into_iter().flatten().chain([quality.total]) {
            prop_assert!((0.0..=100.0).contains(&part), "{part}");
        }
    }

    #[test]
    fn more_votes_comments_and_upvotes_never_lower_the_total(
        text in "[ -~]{0,200}", votes in 0..10_000, comments in 0..10_000, ratio in 0.0..1.0, more in 0..1_000,
    ) {
        let less = rate(&text, Some(votes), Some(comments), Some(ratio)).total;
        let higher = (ratio + f64::from(more) / 1e3).min(1.0);
        prop_assert!(rate(&text, Some(votes + more), Some(comments), Some(ratio)).total >= less);
        prop_assert!(rate(&text, Some(votes), Some(comments + more), Some(ratio)).total >= less);
        prop_assert!(rate(&text, Some(votes), Some(comments), Some(higher)).total >= less - 1e-9);
    }

    #[test]
    fn more_emoji_never_raise_the_spam_part(count in 0_usize..50, more in 0_usize..50) {
        let freedom = |count| rate(&format!("Buy this {}", "🚀".repeat(count)), None, None, None).spam;
        prop_assert!(freedom(count + more) <= freedom(count));
    }
}

#[track_caller]
fn check(text: &str, votes: Option<i32>, comments: Option<i32>, ratio: Option<f64>, tier: Tier) {
    let quality = rate(text, votes, comments, ratio);
    assert_eq!(quality.tier(), tier, "{quality:?}");
}

fn rate(text: &str, votes: Option<i32>, comment_count: Option<i32>, upvote_ratio: Option<f64>) -> Quality {
    Quality::of(&Signals { text, votes, comment_count, upvote_ratio })
}

#[track_caller]
fn close(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?} is not {expected}");
}
