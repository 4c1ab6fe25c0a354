//! A calibrated model from rows to learn from and later rows to calibrate on.

use super::{
    Error, Kind, Settings,
    calibration::Calibrated,
    forecaster::{Parts, sorted},
    learning::{Examples, Task},
    model::{Model, Reader as _},
    panel::{Panel, Row},
    progress::Watch,
    scale::Scale,
    tuning::{Choice, search},
    view::View,
};
use crate::{
    fold::{Course, Walk},
    matrix::Matrix,
};
use std::ops::Range;

/// The most rows that a kind learns from, and is validated and calibrated on: evenly chosen ones. An epoch of more
/// sequences takes long (a transformer's is six times an LSTM's), and those of neighbouring days tell nearly the same.
fn most(kind: Kind) -> [usize; 2] {
    match kind {
        Kind::Trees => [usize::MAX; 2],
        Kind::Lstm => [20_000, 6_000],
        Kind::Tft => [6_000, 3_000],
    }
}

/// How many rows are read at once: sequences of all would not fit into memory.
const AT_ONCE: usize = 2_048;

/// Fewer rows teach nothing.
pub(super) const LEAST_ROWS: [usize; 2] = [30, 10];

/// Days that lie between parts besides the horizon.
pub(super) const EMBARGO: usize = 5;

/// A model, and how it saw the panel.
pub(super) struct Fitted {
    pub parts: Parts,
    pub view: View,
}

/// The course through the panel's days that the settings want, its first test on the day with that number.
pub(super) fn course(settings: &Settings, days: usize, first_test: usize) -> Course {
    Course { days, first_test, folds: settings.folds, horizon: settings.horizon, embargo: EMBARGO }
}

/// Training and validation within the days before `end`, with nothing left for a test.
pub(super) fn before(course: &Course, end: usize) -> Walk {
    let later = end + course.horizon + course.embargo;
    course.walk(later..later)
}

/// Learns, searching for settings within the days of training alone if there are trials.
pub(super) fn fit(
    panel: &Panel<'_>,
    walk: &Walk,
    settings: &Settings,
    watch: &mut Watch<'_>,
) -> Result<Fitted, Error> {
    let [training, validation] = [&walk.training, &walk.validation].map(|days| panel.within(days));
    enough(&training, &validation)?;
    let moves = |row: &Row| Some((panel.moves[row.series][row.at]?, row.change));
    let scale = Scale::fit(training.iter().filter_map(moves)).ok_or(Error::Still)?;
    let view = View::new(panel, &training, &scale, (settings.kind, &settings.columns));
    let task = task(settings);
    let choice = tuned(panel, (&view, walk.training.end), (&task, settings), watch)?;
    let model = learn((&view, [&training, &validation]), &Task { choice, ..task }, settings.trials, watch)?;
    let calibrated = calibrated(&model, &view, &view.chosen(&validation, most(settings.kind)[1]))?;
    let parts = Parts {
        kind: settings.kind,
        horizon: settings.horizon,
        names: settings.columns.clone(),
        columns: view.columns.clone(),
        scale,
        model,
        calibrated,
    };
    Ok(Fitted { parts, view })
}

/// Learns from the first rows and stops by the second, after a search with so many trials.
fn learn(
    (view, [training, validation]): (&View, [&[Row]; 2]),
    task: &Task<'_>,
    trials: usize,
    watch: &mut Watch<'_>,
) -> Result<Model, Error> {
    let searched = share_of_search(trials);
    let [learnt, judged] = most(task.kind);
    let examples = [view.examples(training, learnt), view.examples(validation, judged)];
    let model = task.train([&examples[0], &examples[1]], &mut |step| {
        watch.tell(searched + (1.0 - searched) * step.share)
    })?;
    watch.check()?;
    Ok(model)
}

/// What the days of validation, which also said when to stop, teach of the model's promises.
fn calibrated(model: &Model, view: &View, rows: &[Row]) -> Result<Calibrated, Error> {
    let days: Vec<usize> = rows.iter().map(|row| row.day).collect();
    let found = Calibrated::of(&quantiles(model, view, rows)?, &view.targets(rows), &days);
    found.ok_or(Error::Still)
}

fn enough(training: &[Row], validation: &[Row]) -> Result<(), Error> {
    let pairs = [training.len(), validation.len()].into_iter().zip(LEAST_ROWS);
    let too_few = pairs.into_iter().find(|(found, needed)| found < needed);
    too_few.map_or(Ok(()), |(found, needed)| Err(Error::TooFewRows { found, needed }))
}

fn task(settings: &Settings) -> Task<'static> {
    let usual = match settings.kind {
        Kind::Trees => 150,
        Kind::Lstm => 15,
        Kind::Tft => 8,
    };
    Task {
        kind: settings.kind,
        levels: &super::LEVELS,
        choice: Choice::usual(settings.kind),
        rounds: settings.rounds.unwrap_or(usual),
        seed: settings.seed,
    }
}

/// Which share of the work a search is: a trial has a third of the levels.
fn share_of_search(trials: usize) -> f64 {
    if trials > 1 { trials as f64 / (trials as f64 + 3.0) } else { 0.0 }
}

/// The settings that suit the days before `end`, which alone are looked at.
fn tuned(
    panel: &Panel<'_>,
    (view, end): (&View, usize),
    (task, settings): (&Task<'_>, &Settings),
    watch: &mut Watch<'_>,
) -> Result<Choice, Error> {
    if settings.trials <= 1 {
        return Ok(task.choice);
    }
    let Walk { training, validation, .. } = before(&course(settings, end, end), end);
    let [training, validation] = [training, validation].map(|days: Range<usize>| panel.within(&days));
    enough(&training, &validation)?;
    let [learnt, judged] = most(settings.kind);
    let examples = [view.examples(&training, learnt), view.examples(&validation, judged)];
    watch.trials += settings.trials;
    let share = share_of_search(settings.trials);
    search(task, settings.trials, [&examples[0], &examples[1]], |part| watch.tell(share * part))
}

impl View {
    fn examples(&self, rows: &[Row], most: usize) -> Examples {
        let chosen = self.chosen(rows, most);
        Examples { inputs: self.inputs(&chosen), targets: self.targets(&chosen) }
    }

    /// At most so many rows, evenly.
    fn chosen(&self, rows: &[Row], most: usize) -> Vec<Row> {
        let sound = rows.iter().filter(|row| self.scale(row).is_finite());
        let sound: Vec<Row> = sound.copied().collect();
        if sound.len() <= most {
            return sound;
        }
        (0..most).map(|place| sound[place * sound.len() / most]).collect()
    }
}

/// Sorted quantiles of scaled returns, a row for each.
pub(super) fn quantiles(model: &Model, view: &View, rows: &[Row]) -> Result<Matrix, Error> {
    let mut values = Vec::with_capacity(rows.len() * super::LEVELS.len());
    for rows in rows.chunks(AT_ONCE) {
        values.extend_from_slice(sorted(model.read(&view.inputs(rows))?).values());
    }
    Ok(Matrix::new(super::LEVELS.len(), values).expect("whole rows"))
}
