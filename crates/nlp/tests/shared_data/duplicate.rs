//! Whether copies are told from tweets that only speak of the same stocks.

use std::collections::HashSet;

use nlp::{NearIndex, clean, fingerprint};

use crate::source::{data_folder, tweets};

const UNRELATED: usize = 10_000;
const COPIES: usize = 500;

#[test]
fn a_brigade_is_one_cluster_among_ten_thousand_tweets() {
    let Some(folder) = data_folder() else { return };
    let texts = tweets(&folder).into_iter().map(|tweet| clean(&tweet.text).into_owned());
    let texts = texts.take(UNRELATED).collect::<Vec<_>>();
    let vocabulary = texts.iter().flat_map(|text| text.split_whitespace()).collect::<Vec<_>>();
    let original = "Do not sleep on $XYZ, insiders keep loading shares every single day and the squeeze that \
                    the hedge funds fear so much starts this Friday";
    let mut index = NearIndex::new();
    for copy in 0..COPIES {
        // Tweets arrive between the copies.
        for (id, text) in texts.iter().enumerate().skip(copy * UNRELATED / COPIES).take(UNRELATED / COPIES) {
            fingerprint(text).map(|fingerprint| index.insert(id, fingerprint).is_some());
        }
        let fingerprint = fingerprint(&edit(original, copy, &vocabulary)).expect("the original is long");
        index.insert(UNRELATED + copy, fingerprint);
    }
    let clusters = index.clusters();
    let brigades = clusters.iter().filter(|cluster| cluster.iter().any(|id| **id >= UNRELATED));
    let brigade = brigades.max_by_key(|cluster| cluster.len()).expect("there is a brigade");
    let copies = brigade.iter().filter(|id| ***id >= UNRELATED).count();
    println!("{copies} of {COPIES} copies in one cluster, with {} others", brigade.len() - copies);
    assert!(copies >= COPIES * 99 / 100 && brigade.len() - copies <= 2);
}

#[test]
fn edited_copies_are_near_and_other_tweets_are_not() {
    let Some(folder) = data_folder() else { return };
    let mut seen = HashSet::new();
    let texts = tweets(&folder).into_iter().map(|tweet| clean(&tweet.text).into_owned());
    // Bots aside, which are copies of their own: one tweet per first three words.
    let texts = texts.filter(|text| text.split_whitespace().count() >= 15);
    let texts = texts.filter(|text| {
        seen.insert(text.split_whitespace().filter(|word| !word.starts_with('$')).take(3).collect::<String>())
    });
    let texts = texts.collect::<Vec<_>>();
    let vocabulary = texts.iter().flat_map(|text| text.split_whitespace()).collect::<Vec<_>>();
    let prints = texts.iter().filter_map(|text| Some((text, fingerprint(text)?))).collect::<Vec<_>>();
    let copies = prints.iter().enumerate().map(|(seed, (text, print))| {
        let copy = fingerprint(&edit(text, seed, &vocabulary));
        copy.is_some_and(|copy| {
            copy.is_near(print) && copy.bands().iter().any(|key| print.bands().contains(key))
        })
    });
    let recall = copies.filter(|found| *found).count() as f64 / prints.len() as f64;
    // Not neighbours, which often tell the same news.
    let pairs = (100..200).flat_map(|apart| prints.iter().zip(prints.iter().skip(apart)));
    let (pairs, false_joins) =
        (pairs.clone().count(), pairs.filter(|(left, right)| left.1.is_near(&right.1)).count());
    println!("{} tweets: recall {recall:.3}, {false_joins} of {pairs} pairs near", prints.len());
    assert!(recall >= 0.95 && false_joins * 10_000 <= pairs);
}

/// Changes one to three words of `text`.
fn edit(text: &str, seed: usize, vocabulary: &[&str]) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>();
    for change in 0..=seed % 3 {
        let random = (seed * 7 + change + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let position = random % words.len();
        let word = vocabulary[random / words.len() % vocabulary.len()];
        match random % 3 {
            0 => words[position] = word,
            1 => words.insert(position, word),
            _ => drop(words.remove(position)),
        }
    }
    words.join(" ")
}
