//! A model of one's own: trained, put in place, used at once, and replaced when it is damaged.

use super::{scored, scoring_by};
use platform::config::{ModelName, ModelsConfig, SentimentConfig};
use std::{fmt::Write as _, fs, path::Path};
use tempfile::TempDir;
use tests::build;
use worker::sentiment::{
    labelled::{Force, Texts, compare, train},
    models::Models,
};

/// Texts whose label a made-up word gives away, of which the other models know nothing.
pub(super) fn texts(folder: &Path, is_true: bool) -> Texts {
    let mut csv = String::from("text,label\n");
    for n in 0..240 {
        let (word, label) =
            [("zorbling", "positive"), ("quaffed", "neutral"), ("grimbled", "negative")][n % 3];
        // A lie is a label that has nothing to do with the text.
        let label = if is_true { label } else { ["positive", "neutral", "negative"][n / 3 % 3] };
        writeln!(csv, "the firm {word} its {n}th report on day {},{label}", n * 7).unwrap();
    }
    csv.push_str("no label at all,perhaps\n");
    let file = folder.join("labelled.csv");
    fs::write(&file, csv).unwrap();
    Texts::read(&[file]).unwrap()
}

pub(super) fn models(folder: &Path) -> Models {
    let sentiment = SentimentConfig {
        social: ModelName::Compact,
        news: ModelName::Finance,
        fallback: ModelName::Finance,
        least_quality: 0,
        good_quality: 50,
        labelled_folder: folder.join("labelled"),
    };
    Models { sentiment, config: ModelsConfig::within(folder.to_owned()) }
}

#[tokio::test]
async fn a_trained_model_is_measured_on_what_it_has_not_seen_and_a_worse_one_is_refused() {
    let folder = TempDir::new().unwrap();
    let models = models(folder.path());
    let good = texts(folder.path(), true);
    assert_eq!((good.len(), good.rejected), (240, 1));
    let trained = train(&good, &models, Force::No).await.unwrap();
    let [new, others @ ..] = trained.scores.as_slice() else { panic!("no scores") };
    assert_eq!((new.model.as_str(), new.texts), ("compact", 48));
    assert!(new.accuracy > 0.95, "{new:?}");
    assert!(others.iter().all(|other| other.accuracy < 0.5), "{others:?}");

    let all = compare(&good, &models).await.unwrap();
    let names: Vec<&str> = all.iter().map(|score| score.model.as_str()).collect();
    assert_eq!(names, ["compact", "finance", "vader"]);
    assert_eq!(all[0].version, trained.version);

    let file = models.compact();
    let before = fs::read(&file).unwrap();
    // The same texts, every second of whose labels is wrong.
    let bad = texts(folder.path(), false);
    let error = train(&bad, &models, Force::No).await.map(|trained| trained.scores);
    if let Ok(scores) = &error {
        assert!(scores[0].macro_f1 >= scores[1].macro_f1, "{scores:?}");
    } else {
        assert_eq!(fs::read(&file).unwrap(), before, "a refused model leaves the present one alone");
    }
    // The same texts give the same model.
    train(&good, &models, Force::Yes).await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_model_counts_from_the_next_batch_on_and_the_fallback_stands_in_for_a_damaged_one() {
    let folder = TempDir::new().unwrap();
    let models = models(folder.path());
    let app = scoring_by(&models).await;
    build::stocks(&app.platform, &["AAPL"]).await;
    let mut found_by = Vec::new();
    for step in ["first", "second", "third"] {
        match step {
            "second" => drop(train(&texts(folder.path(), true), &models, Force::No).await.unwrap()),
            "third" => fs::write(models.compact(), "<html>not found</html>").unwrap(),
            _ => {}
        }
        found_by.push(scored(&app, step, "zorbling").await);
    }
    app.finish().await;
    assert_eq!(found_by, ["first: finance NEUTRAL", "second: compact POSITIVE", "third: finance NEUTRAL"]);
}

#[tokio::test]
async fn too_few_texts_are_explained() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("few.csv");
    fs::write(&file, "text,label\nup it goes,positive\ndown it goes,negative\n").unwrap();
    let texts = Texts::read(&[file]).unwrap();
    let error = train(&texts, &models(folder.path()), Force::No).await.unwrap_err();
    assert!(error.to_string().ends_with("at least 20 of each of two labels are needed"), "{error}");
}
