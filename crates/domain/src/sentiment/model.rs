//! The models that score, and which texts each gets.

use super::evaluation::ModelVersion;
use entity::{news::post::ContentType, sentiment::sentiment_record::SentimentLabel};
use nlp::{FinanceModel, Judgement, Label, SentimentModel, VaderModel};
use platform::config::ModelName;
use std::{collections::HashMap, sync::Arc};

/// The models that are always there.
pub fn built_in() -> HashMap<ModelName, Arc<dyn SentimentModel>> {
    let vader: Arc<dyn SentimentModel> = Arc::new(VaderModel);
    let finance: Arc<dyn SentimentModel> = Arc::new(FinanceModel);
    HashMap::from([(ModelName::Vader, vader), (ModelName::Finance, finance)])
}

/// Which model scores what.
#[derive(Clone, Debug)]
pub struct Routing {
    /// Posts and comments.
    pub social: Arc<dyn SentimentModel>,
    /// Articles and headlines.
    pub news: Arc<dyn SentimentModel>,
    /// Whatever another fails at.
    pub fallback: Arc<dyn SentimentModel>,
}

impl Default for Routing {
    fn default() -> Self {
        let finance: Arc<dyn SentimentModel> = Arc::new(FinanceModel);
        Self { social: finance.clone(), news: finance.clone(), fallback: finance }
    }
}

/// What a model made of a text, and which it was.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub judgement: Judgement,
    pub model: Arc<dyn SentimentModel>,
}

impl Verdict {
    pub fn label(&self) -> SentimentLabel {
        match self.judgement.label() {
            Label::Positive => SentimentLabel::Positive,
            Label::Neutral => SentimentLabel::Neutral,
            Label::Negative => SentimentLabel::Negative,
        }
    }
}

impl Routing {
    /// The models that score posts and news.
    pub fn in_use(&self) -> [ModelVersion; 2] {
        [&self.social, &self.news]
            .map(|model| ModelVersion { model: model.name().to_owned(), version: model.version().to_owned() })
    }

    /// Judges all texts, each by the model for its kind, in as few batches as there are models.
    pub(super) fn judge(&self, texts: &[(ContentType, &str)]) -> Vec<Option<Verdict>> {
        let mut found = vec![None; texts.len()];
        for (model, is_social) in [(&self.social, true), (&self.news, false)] {
            let mine: Vec<usize> =
                (0..texts.len()).filter(|index| self::is_social(texts[*index].0) == is_social).collect();
            let batch: Vec<&str> = mine.iter().map(|index| texts[*index].1).collect();
            let (judgements, model) = self.judge_batch(model, &batch);
            for (index, judgement) in mine.into_iter().zip(judgements) {
                found[index] = Some(Verdict { judgement, model: model.clone() });
            }
        }
        found
    }

    fn judge_batch<'a>(
        &'a self,
        model: &'a Arc<dyn SentimentModel>,
        batch: &[&str],
    ) -> (Vec<Judgement>, &'a Arc<dyn SentimentModel>) {
        match model.judge(batch) {
            Ok(judgements) => (judgements, model),
            Err(error) => {
                tracing::warn!(%error, "The fallback scores in place of a model");
                // Built in, and never fails.
                (self.fallback.judge(batch).unwrap_or_default(), &self.fallback)
            }
        }
    }
}

fn is_social(content_type: ContentType) -> bool {
    matches!(content_type, ContentType::Post | ContentType::Comment)
}
