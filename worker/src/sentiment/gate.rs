//! Whether a model may be put in place.

use super::labelled::Score;

/// Whether a worse model may take the place of a better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Yes,
    No,
}

impl From<bool> for Force {
    fn from(is_forced: bool) -> Self {
        if is_forced { Self::Yes } else { Self::No }
    }
}

/// A present model and a candidate for a place, on the same texts, of which neither's training saw any, as far as known.
#[derive(Clone, Debug)]
pub struct Contest {
    pub present: Score,
    pub candidate: Score,
}

/// Refuses a candidate that has a lower macro-F1 than a model that is there.
///
/// The version that it would take the place of is named first.
pub fn admit(contests: &[Contest], force: Force) -> anyhow::Result<()> {
    let is_replaced = |contest: &Contest| contest.present.model == contest.candidate.model;
    let lost = contests.iter().filter(|contest| contest.present.macro_f1 > contest.candidate.macro_f1);
    let (Force::No, Some(lost)) = (force, lost.min_by_key(|contest| !is_replaced(contest))) else {
        return Ok(());
    };
    let what = if is_replaced(lost) { " (which it would replace)" } else { "" };
    let Contest { present, candidate } = lost;
    anyhow::bail!(
        "the new `{}` has a macro-F1 of {:.3} on {} texts that it has not seen, and `{}` {}{what} one of {:.3}: it is not \
         put in place, unless you say --force",
        candidate.model,
        candidate.macro_f1,
        candidate.texts,
        present.model,
        present.version,
        present.macro_f1
    )
}

#[cfg(test)]
mod tests {
    use super::{Contest, Force, Score, admit};

    fn score(model: &str, version: &str, macro_f1: f64) -> Score {
        Score {
            model: model.to_owned(),
            version: version.to_owned(),
            texts: 100,
            accuracy: macro_f1,
            macro_f1,
            pearson: None,
            calibration_error: 0.0,
            confusion: [[0; 3]; 3],
            exposure: domain::sentiment::evaluation::Exposure::Unknown,
        }
    }

    fn refusal(macro_f1: f64, force: Force) -> Option<String> {
        let present = [score("finance", "4", 0.8), score("compact", "1", 0.7), score("vader", "3", 0.5)];
        let candidate = score("compact", "2", macro_f1);
        let contests = present.map(|present| Contest { present, candidate: candidate.clone() });
        admit(&contests, force).err().map(|error| error.to_string())
    }

    #[test]
    fn the_version_that_would_be_replaced_is_named_before_any_other() {
        let refusal = refusal(0.6, Force::No).unwrap();
        assert!(refusal.contains("and `compact` 1 (which it would replace"), "{refusal}");
        assert!(refusal.contains("one of 0.700"), "{refusal}");
    }

    #[test]
    fn a_model_that_is_worse_than_another_that_is_there_is_refused_too() {
        let refusal = refusal(0.75, Force::No).unwrap();
        assert!(refusal.contains("and `finance` 4 one of 0.800"), "{refusal}");
    }

    #[test]
    fn who_is_no_worse_or_is_forced_goes_in_place() {
        assert_eq!(refusal(0.8, Force::No), None);
        assert_eq!(refusal(0.1, Force::Yes), None);
    }
}
