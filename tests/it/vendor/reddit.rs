//! Reddit's listings and access tokens.

use super::{Desk, article, ids};
use chrono::TimeDelta;
use domain::SourceKind;
use tests::{Article, Mood};
use worker::source::{PostSource as _, VendorError};

const ME: SourceKind = SourceKind::Reddit;

fn post(desk: &Desk, id: &str, subreddit: &str, hours: i64) -> Article {
    let url = String::new();
    Article { publisher: subreddit.to_owned(), url, ..article(desk, &format!("t3_{id}"), "AAPL", hours) }
}

#[tokio::test]
async fn pages_are_followed_until_the_past_with_one_token() {
    let desk = Desk::open(&[ME]).await;
    for (number, hours) in [1, 2, 3, 20, 22, 30, 40, 50].into_iter().enumerate() {
        desk.vendors.publish("reddit", post(&desk, &number.to_string(), "stocks", hours));
    }
    let posts = desk.collect(&*desk.clients.reddit, &[]).await.unwrap();
    let again = desk.collect(&*desk.clients.reddit, &[]).await.unwrap();
    let (pages, tokens) = (desk.vendors.calls("/new?").len(), desk.vendors.calls("token").len());
    desk.app.finish().await;
    assert_eq!(ids(&posts), ["t3_4", "t3_3", "t3_2", "t3_1", "t3_0"]);
    assert_eq!(posts, again);
    assert_eq!((pages, tokens), (6, 1));
    assert_eq!(posts[0].url.as_deref(), Some("https://www.reddit.com/r/stocks/comments/t3_4/"));
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_and_one_of_another_credential_not_used() {
    let desk = Desk::open(&[ME]).await;
    desk.clients.reddit.validate_connection().await.unwrap();
    desk.vendors.end_tokens();
    desk.clients.reddit.validate_connection().await.unwrap();
    let renewed = desk.vendors.calls("token").len();
    desk.app.platform.clock.set(desk.now() + TimeDelta::minutes(59));
    desk.clients.reddit.validate_connection().await.unwrap();
    let expired = desk.vendors.calls("token").len();
    desk.app.platform.clock.set(desk.now() + TimeDelta::seconds(1));
    desk.give(ME, "hunter2:hunter2hunter2").await;
    let wrong = desk.clients.reddit.validate_connection().await.unwrap_err();
    desk.app.finish().await;
    assert_eq!((renewed, expired, wrong), (2, 3, VendorError::WrongCredential));
}

#[tokio::test]
async fn a_closed_subreddit_keeps_nobody_from_the_others() {
    let open = |config: &mut platform::config::Config| {
        config.providers.subreddits.0 = vec!["private".to_owned(), "stocks".to_owned()];
    };
    let desk = Desk::open_with(&[ME], open).await;
    desk.vendors.publish("reddit", post(&desk, "a", "stocks", 1));
    let posts = desk.collect(&*desk.clients.reddit, &[]).await.unwrap();
    desk.vendors.fail("reddit", [tests::Fault::Redirect; 2]);
    let nobody = desk.collect(&*desk.clients.reddit, &[]).await.unwrap_err();
    desk.app.finish().await;
    assert_eq!(ids(&posts), ["t3_a"]);
    assert_eq!(nobody, VendorError::Redirected(302), "where nobody answers nothing counts as read");
}

#[tokio::test]
async fn what_a_subreddit_held_back_while_it_was_closed_is_read_when_it_opens() {
    let open = |config: &mut platform::config::Config| {
        config.providers.subreddits.0 = vec!["investing".to_owned(), "stocks".to_owned()];
    };
    let desk = Desk::open_with(&[ME], open).await;
    desk.vendors.publish("reddit", post(&desk, "a", "stocks", 1));
    desk.vendors.fail("reddit", [tests::Fault::Pass, tests::Fault::Redirect]);
    let closed = desk.collect(&*desk.clients.reddit, &[]).await.unwrap();
    let since = desk.now() - TimeDelta::minutes(5);
    let lately = async || desk.clients.reddit.collect(&[], since..desk.now()).await.unwrap();
    let (opened, afterwards) = (lately().await, lately().await);
    desk.app.finish().await;
    assert_eq!((ids(&closed), ids(&opened)), (vec![], vec!["t3_a"]));
    assert_eq!(ids(&afterwards), Vec::<&str>::new(), "once");
}

#[tokio::test]
async fn links_to_one_address_are_one_post_and_circles_an_error() {
    let desk = Desk::open(&[ME]).await;
    for (id, hours) in [("a", 1), ("b", 2), ("c", 3)] {
        let url = "https://news.example.com/x?utm_source=".to_owned() + id;
        desk.vendors.publish("reddit", Article { url, ..post(&desk, id, "stocks", hours) });
    }
    let posts = desk.collect(&*desk.clients.reddit, &[]).await.unwrap();
    let found =
        desk.clients.reddit.search("stocks", "AAPL", &(desk.now() - TimeDelta::hours(5)..desk.now())).await;
    desk.vendors.turn_in_circles();
    let circle = desk.collect(&*desk.clients.reddit, &[]).await.unwrap_err();
    desk.app.finish().await;
    assert_eq!((ids(&posts), ids(&found.unwrap())), (vec!["t3_a"], vec!["t3_a"]));
    assert_eq!(circle, VendorError::Malformed("a page that leads back to itself"));
}

#[tokio::test]
async fn a_wait_longer_than_our_patience_is_kept_and_told() {
    let desk = Desk::open(&[ME]).await;
    desk.vendors.fail("token", [tests::Fault::Limited(Some(30)), tests::Fault::Limited(Some(1000))]);
    let before = desk.now();
    let limited = desk.clients.reddit.validate_connection().await.unwrap_err();
    let waited = desk.now() - before;
    let resting = desk.clients.reddit.validate_connection().await.unwrap_err();
    let retry_at = desk.provider(ME).await.state.unwrap().retry_at;
    desk.vendors.feel(Mood::Good);
    desk.app.platform.clock.set(desk.now() + TimeDelta::seconds(1001));
    desk.clients.reddit.validate_connection().await.unwrap();
    desk.app.finish().await;
    assert_eq!(limited, VendorError::RateLimited { retry_after: Some(std::time::Duration::from_secs(1000)) });
    assert!(waited >= TimeDelta::seconds(30) && waited < TimeDelta::seconds(60), "{waited}");
    let VendorError::Resting(until) = resting else { panic!("{resting}") };
    assert_eq!(retry_at, Some(until));
}
