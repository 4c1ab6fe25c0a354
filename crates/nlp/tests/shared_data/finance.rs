//! Whether the finance model agrees with people, and better than VADER.

use nlp::{Finance, Vader, clean};

use crate::labelled::{Label, Labelled, sets};
use crate::source::{data_folder, is_held_out};

/// How well a model agrees with the labels of a set.
struct Agreement {
    accuracy: f64,
    macro_f1: f64,
    correlation: f64,
}

#[test]
fn finance_agrees_with_people_and_better_than_vader() {
    let Some(folder) = data_folder() else { return };
    for (name, texts) in sets(&folder) {
        let held_out = |text: &&Labelled| is_held_out(&text.text);
        check(name, &texts.iter().collect::<Vec<_>>());
        check(&format!("{name}, held out"), &texts.iter().filter(held_out).collect::<Vec<_>>());
    }
}

fn check(name: &str, texts: &[&Labelled]) {
    let finance = agreement(name, "finance", texts, |text| {
        let found = Finance::shared().score(text);
        let label = if found.neutral >= found.positive.max(found.negative) {
            Label::Neutral
        } else if found.positive > found.negative {
            Label::Positive
        } else {
            Label::Negative
        };
        (found.score, label)
    });
    let vader = agreement(name, "vader", texts, |text| {
        let score = Vader::shared().score(text).compound;
        (score, Label::of(score))
    });
    assert!(finance.accuracy > vader.accuracy, "{name}");
    assert!(finance.macro_f1 > vader.macro_f1, "{name}");
    assert!(finance.correlation > vader.correlation, "{name}");
    if name.starts_with("PhraseBank") {
        assert!(finance.accuracy >= 0.75 && finance.macro_f1 >= 0.72);
    }
}

fn agreement(
    name: &str,
    model: &str,
    texts: &[&Labelled],
    score: impl Fn(&str) -> (f64, Label),
) -> Agreement {
    let found = texts.iter().map(|text| score(&clean(&text.text))).collect::<Vec<_>>();
    let pairs = texts.iter().zip(&found).map(|(text, (_, label))| (text.label, *label)).collect::<Vec<_>>();
    let scores = texts.iter().zip(&found).map(|(text, (score, _))| (text.score, *score)).collect::<Vec<_>>();
    let right = pairs.iter().filter(|(truth, found)| truth == found).count();
    let f1s = Label::ALL.into_iter().filter_map(|label| f1(&pairs, label)).collect::<Vec<_>>();
    let agreement = Agreement {
        accuracy: right as f64 / pairs.len() as f64,
        macro_f1: f1s.iter().sum::<f64>() / f1s.len() as f64,
        correlation: correlation(&scores),
    };
    let Agreement { accuracy, macro_f1, correlation } = agreement;
    println!(
        "{name:28} {model:8} n {:5}  accuracy {accuracy:.3}  macro-F1 {macro_f1:.3}  Pearson {correlation:.3}",
        pairs.len()
    );
    agreement
}

/// F1 of a label; `None` if the set does not have it.
fn f1(pairs: &[(Label, Label)], label: Label) -> Option<f64> {
    let truths = pairs.iter().filter(|(truth, _)| *truth == label).count();
    let finds = pairs.iter().filter(|(_, found)| *found == label).count();
    let both = pairs.iter().filter(|(truth, found)| *truth == label && *found == label).count();
    (truths > 0).then(|| 2.0 * both as f64 / (truths + finds) as f64)
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let mean = |side: fn(&(f64, f64)) -> f64| pairs.iter().map(side).sum::<f64>() / count;
    let (left, right) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |term: &dyn Fn(f64, f64) -> f64| {
        pairs.iter().map(|pair| term(pair.0 - left, pair.1 - right)).sum::<f64>()
    };
    sum(&|left, right| left * right) / (sum(&|left, _| left * left) * sum(&|_, right| right * right)).sqrt()
}
