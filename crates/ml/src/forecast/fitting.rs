//! A calibrated model from rows to learn from and later rows to calibrate on.

use super::{
    Error, Kind, Settings,
    calibration::Calibrated,
    combination::Cases,
    ensemble::Ensemble,
    forecaster::Parts,
    learning::{Examples, Learner, Task},
    model::Model,
    panel::{Panel, Row},
    progress::Watch,
    promise::{calibrated, days, members, said},
    scale::Scale,
    tuning::{Choice, search},
    view::{Columns, View},
};
use crate::{
    fold::{Course, Walk},
    onnx::runtime::Session,
};
use std::{ops::Range, sync::Arc};

impl Learner {
    /// The most rows that it learns from, and is validated and calibrated on: evenly chosen ones. An epoch of more
    /// sequences takes long (a transformer's is six times an LSTM's), and those of neighbouring days tell nearly the same.
    fn most(self) -> [usize; 2] {
        match self {
            Self::Trees => [usize::MAX; 2],
            Self::Lstm => [20_000, 6_000],
            Self::Tft => [6_000, 3_000],
        }
    }
}

/// Fewer rows teach nothing.
pub(super) const LEAST_ROWS: [usize; 2] = [30, 10];

/// Days that lie between parts besides the horizon.
pub(super) const EMBARGO: usize = 5;

/// A model, and how it saw the panel.
pub(super) struct Fitted {
    pub parts: Parts,
    pub view: View,
    /// What the days of validation taught of the promises of each member of an ensemble.
    pub alone: Vec<Calibrated>,
    /// Of a model that does not compute itself.
    pub session: Option<Arc<Session>>,
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
    let parts = [&walk.training, &walk.validation].map(|days| panel.within(days));
    enough(&[&parts[0], &parts[1]])?;
    let scale = scale(panel, &parts[0])?;
    let learners = settings.learners();
    let layouts: Vec<_> = learners.iter().map(|learner| learner.layout()).collect();
    let view = View::new(panel, &parts[0], &scale, (Columns::new(&settings.columns), &layouts));
    let models = models((panel, &view), (walk, &parts), settings, watch)?;
    let most = learners.iter().map(|learner| learner.most()[1]).min().unwrap_or(usize::MAX);
    let rows = view.chosen(&parts[1], most);
    let model = joined(models, (&view, &rows), settings)?;
    let mut alone = calibrated(&said((&model, None), &view, &rows)?, &view, &rows)?;
    let parts = Parts {
        kind: settings.kind,
        horizon: settings.horizon,
        names: settings.columns.clone(),
        columns: view.columns.clone(),
        scale,
        model,
        calibrated: alone.remove(0),
    };
    Ok(Fitted { parts, view, alone, session: None })
}

pub(super) fn scale(panel: &Panel<'_>, rows: &[Row]) -> Result<Scale, Error> {
    let moves = |row: &Row| Some((panel.moves[row.series][row.at]?, row.change));
    Scale::fit(rows.iter().filter_map(moves)).ok_or(Error::Still)
}

/// A model of each learner.
fn models(
    (panel, view): (&Panel<'_>, &View),
    (walk, parts): (&Walk, &[Vec<Row>; 2]),
    settings: &Settings,
    watch: &mut Watch<'_>,
) -> Result<Vec<Model>, Error> {
    let learners = settings.learners();
    let mut model = |(place, learner): (usize, &Learner)| {
        watch.begin(place, learners.len());
        let task = task(*learner, settings);
        let choice = tuned(panel, (view, walk.training.end), (&task, settings), watch)?;
        learn((view, parts), &Task { choice, ..task }, settings.trials, watch)
    };
    learners.iter().enumerate().map(&mut model).collect()
}

/// The one model, or an ensemble of all, whose weights are decided on rows that none has learnt from.
fn joined(
    mut models: Vec<Model>,
    (view, rows): (&View, &[Row]),
    settings: &Settings,
) -> Result<Model, Error> {
    if settings.kind != Kind::Ensemble {
        return models.pop().ok_or(Error::Setting("kind"));
    }
    let said = members(&models, view, rows)?;
    let (targets, days) = (view.targets(rows), days(rows));
    let cases = Cases::new(&said, &targets, &days);
    Ok(Model::Ensemble(Ensemble::of(models, &cases, settings.combination)))
}

/// Learns from the first rows and stops by the second, after a search with so many trials.
fn learn(
    (view, [training, validation]): (&View, &[Vec<Row>; 2]),
    task: &Task<'_>,
    trials: usize,
    watch: &mut Watch<'_>,
) -> Result<Model, Error> {
    let searched = share_of_search(trials);
    let examples = view.examples([training, validation], task.learner);
    let model = task.train([&examples[0], &examples[1]], &mut |step| {
        watch.tell(searched + (1.0 - searched) * step.share)
    })?;
    watch.check()?;
    Ok(model)
}

pub(super) fn enough(parts: &[&[Row]]) -> Result<(), Error> {
    let too_few = parts.iter().map(|rows| rows.len()).zip(LEAST_ROWS).find(|(found, needed)| found < needed);
    too_few.map_or(Ok(()), |(found, needed)| Err(Error::TooFewRows { found, needed }))
}

fn task(learner: Learner, settings: &Settings) -> Task<'static> {
    let usual = match learner {
        Learner::Trees => 150,
        Learner::Lstm => 15,
        Learner::Tft => 8,
    };
    Task {
        learner,
        levels: &super::LEVELS,
        choice: Choice::usual(learner),
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
    let parts = [training, validation].map(|days: Range<usize>| panel.within(&days));
    enough(&[&parts[0], &parts[1]])?;
    let examples = view.examples([&parts[0], &parts[1]], task.learner);
    watch.trials += settings.trials;
    let share = share_of_search(settings.trials);
    search(task, settings.trials, [&examples[0], &examples[1]], |part| watch.tell(share * part))
}

impl View {
    fn examples(&self, rows: [&[Row]; 2], learner: Learner) -> [Examples; 2] {
        let [learnt, judged] = learner.most();
        [(rows[0], learnt), (rows[1], judged)].map(|(rows, most)| {
            let chosen = self.chosen(rows, most);
            Examples { inputs: self.inputs(&chosen, &[learner.layout()]), targets: self.targets(&chosen) }
        })
    }

    /// At most so many rows, evenly.
    pub fn chosen(&self, rows: &[Row], most: usize) -> Vec<Row> {
        let sound = rows.iter().filter(|row| self.scale(row).is_finite());
        let sound: Vec<Row> = sound.copied().collect();
        if sound.len() <= most {
            return sound;
        }
        (0..most).map(|place| sound[place * sound.len() / most]).collect()
    }
}
