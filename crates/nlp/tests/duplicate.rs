//! What counts as a copy.

use nlp::{Fingerprint, NearIndex, fingerprint};
use proptest::prelude::*;

const POST: &str =
    "Do not sleep on $GME, insiders keep loading 1,000 shares a day and the squeeze is coming soon";

#[test]
fn what_bots_vary_does_not_count() {
    check(
        POST,
        "RT @someone: DO NOT SLEEP ON $AMC insiders keep loading 250 shares a day, and the squeeze is coming soon!!",
    );
    check(POST, &format!("{POST} https://example.com/a/b www.example.com @friend"));
}

#[test]
fn a_word_or_two_do_not_matter() {
    let edited =
        "Do not sleep on $GME, insiders are loading 1,000 shares a week and the squeeze is coming soon";
    assert!(similarity(POST, edited) > 0.6);
    assert!(print(POST).is_near(&print(edited)));
}

#[test]
fn posts_on_one_stock_are_no_copies() {
    let other = "Insiders at $GME sold shares on Monday, so I do not think that a squeeze is on the table";
    assert!(similarity(POST, other) < 0.5);
    assert!(!print(POST).is_near(&print(other)));
}

#[test]
fn short_texts_have_no_fingerprint() {
    for text in
        ["", "Buy $GME now", "moon moon moon moon moon moon", "@a @b https://c.d RT one two three four"]
    {
        assert_eq!(fingerprint(text), None, "{text}");
    }
    assert!(fingerprint("one two three four five").is_some());
}

#[test]
fn an_index_tells_the_first_of_a_cluster_and_all_its_members() {
    let mut index = NearIndex::new();
    assert_eq!(index.insert("a", print(POST)), None);
    assert_eq!(index.insert("b", print("Nothing in common with the text above at all")), None);
    assert_eq!(index.insert("c", print(&POST.to_uppercase())), Some(&"a"));
    assert_eq!(index.insert("d", print(&format!("{POST}!"))), Some(&"a"));
    assert_eq!(index.clusters(), [[&"a", &"c", &"d"]]);
}

#[test]
fn copies_of_copies_join_clusters() {
    let words = ('a'..='z').map(|letter| format!("word{letter}")).collect::<Vec<_>>();
    let prints = (0..=10).step_by(2).map(|from| print(&words[from..from + 16].join(" ")));
    let prints = prints.collect::<Vec<_>>();
    assert!(!prints[0].is_near(&prints[5]));
    let mut index = NearIndex::new();
    for position in [0, 5, 1, 2, 3] {
        index.insert(position, prints[position]);
    }
    assert_eq!(index.clusters(), [vec![&0, &1, &2, &3]]);
    assert_eq!(index.insert(4, prints[4]), Some(&0));
    assert_eq!(index.clusters(), [vec![&0, &5, &1, &2, &3, &4]]);
}

#[test]
fn long_texts_and_great_brigades_take_linear_time() {
    assert!(fingerprint(&"word 🚀 $GME 12 ".repeat(70_000)).is_none());
    assert!(fingerprint(&"\u{301}".repeat(500_000)).is_none());
    assert!(fingerprint(&(0..150_000).map(|word| word.to_string() + "th ").collect::<String>()).is_some());
    let mut index = NearIndex::new();
    for id in 0..20_000 {
        index.insert(id, print(POST));
    }
    assert_eq!(index.clusters()[0].len(), 20_000);
}

proptest! {
    #[test]
    fn any_text_is_like_itself_in_any_case(text in "(\\PC|[a-z$@ ]){0,80}") {
        if let Some(fingerprint) = fingerprint(&text) {
            prop_assert!(fingerprint.is_near(&fingerprint));
            prop_assert_eq!(Fingerprint::from_bytes(&fingerprint.to_bytes()), fingerprint);
        }
    }

    #[test]
    fn similarity_is_symmetric_and_a_share(left in "([a-f]{2} ){8,20}", right in "([a-f]{2} ){8,20}") {
        if let (Some(left), Some(right)) = (fingerprint(&left), fingerprint(&right)) {
            prop_assert!((0.0..=1.0).contains(&left.similarity(&right)));
            prop_assert_eq!(left.is_near(&right), right.is_near(&left));
        }
    }
}

#[track_caller]
fn check(left: &str, right: &str) {
    assert!((similarity(left, right) - 1.0).abs() < 1e-9, "{}", similarity(left, right));
    assert_eq!(print(left).bands(), print(right).bands());
}

fn similarity(left: &str, right: &str) -> f64 {
    print(left).similarity(&print(right))
}

fn print(text: &str) -> Fingerprint {
    fingerprint(text).expect("the text is long enough")
}
