//! Whether the compact model learns: by cross-validation, on texts it was not trained on.

use crate::labelled::{Label as Truth, Labelled, sets};
use crate::source::data_folder;
use ml::fold::stratified;
use nlp::{
    CompactModel, Judgement, Label, SentimentModel as _, clean,
    compact::{Example, compare},
};

const FOLDS: usize = 5;
const SEED: u64 = 7;

/// The least accuracy, the least macro-F1.
const GOALS: [(&str, f64, f64); 2] = [("PhraseBank", 0.80, 0.76), ("stock tweets", 0.79, 0.76)];

#[test]
fn the_compact_model_learns() {
    let Some(folder) = data_folder() else { return };
    // The others are larger, or have too few texts to learn from.
    for (name, texts) in
        sets(&folder).into_iter().filter(|(name, _)| GOALS.iter().any(|goal| goal.0 == *name))
    {
        let cleaned: Vec<String> = texts.iter().map(|text| clean(&text.text).into_owned()).collect();
        let examples: Vec<Example<'_>> =
            texts.iter().zip(&cleaned).map(|(text, cleaned)| example(text, cleaned)).collect();
        let found = compare(&cross_validate(&examples), &examples);
        let (accuracy, macro_f1) = (
            found.confusion.accuracy().expect("there are texts"),
            found.confusion.macro_f1().expect("there are texts"),
        );
        let error = found.calibration_error.expect("there are texts");
        println!(
            "{name:28} n {:5}  accuracy {accuracy:.3}  macro-F1 {macro_f1:.3}  ECE {error:.3}",
            examples.len()
        );
        assert!(error <= 0.05, "{name}");
        if let Some((_, least_accuracy, least_f1)) = GOALS.iter().find(|(goal, ..)| *goal == name) {
            assert!(accuracy >= *least_accuracy && macro_f1 >= *least_f1, "{name}");
        }
    }
}

fn example<'text>(text: &Labelled, cleaned: &'text str) -> Example<'text> {
    let label = match text.label {
        Truth::Negative => Label::Negative,
        Truth::Neutral => Label::Neutral,
        Truth::Positive => Label::Positive,
    };
    Example { text: cleaned, label }
}

/// What models that have not seen it make of each text.
fn cross_validate(examples: &[Example<'_>]) -> Vec<Judgement> {
    let labels: Vec<usize> = examples.iter().map(|example| example.label as usize).collect();
    let folds = stratified(&labels, FOLDS, SEED);
    let mut found = vec![None; examples.len()];
    for fold in 0..FOLDS {
        let (held_out, rest): (Vec<usize>, Vec<usize>) =
            (0..examples.len()).partition(|index| folds[*index] == fold);
        let model = CompactModel::train(&rest.iter().map(|index| examples[*index]).collect::<Vec<_>>())
            .expect("there is enough to learn from");
        let texts: Vec<&str> = held_out.iter().map(|index| examples[*index].text).collect();
        for (index, judgement) in held_out.into_iter().zip(model.judge(&texts).expect("it judges any text")) {
            found[index] = Some(judgement);
        }
    }
    found.into_iter().map(|judgement| judgement.expect("each text is held out once")).collect()
}
