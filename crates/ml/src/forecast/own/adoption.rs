//! A model is judged and calibrated.

use super::{Manifest, Own};
use crate::{
    fold::Walk,
    forecast::{
        Error, Kind, LEVELS, Progress, Series, Settings, Trained,
        fitting::{EMBARGO, Fitted, enough, scale},
        forecaster::Parts,
        model::Model,
        panel::{Panel, Row},
        progress::Watch,
        promise::{calibrated, read, said},
        training::{judge, walks},
        view::View,
    },
    onnx::runtime::{Runtime, Session},
};
use quant::statistics;
use std::{ops::ControlFlow, sync::Arc};

/// A model that somebody brings along.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'data> {
    /// The ONNX file, which keeps all its numbers in itself.
    pub file: &'data [u8],
    pub manifest: &'data Manifest,
    /// The last day that it may have seen anything of, by the number that series have for it.
    pub trained_until: i32,
}

/// The most rows to calibrate on: evenly chosen ones.
const MOST: usize = 10_000;

/// Judges and calibrates a model on the days after those it was trained on.
///
/// The panel has the columns that the settings name, and the forecaster takes all of them, too. In each fold the days
/// before the test calibrate, and in the end all days do. Of the settings, whose horizon is the manifest's, those that say
/// how to learn count for nothing; nothing is said of what columns are worth.
///
/// # Errors
/// [`Error::Refused`] if file and manifest do not fit each other or the panel, [`Error::Runtime`] if the model fails.
pub fn adopt(
    panel: &[Series],
    candidate: &Candidate<'_>,
    settings: &Settings,
    runtime: &Runtime,
    mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Trained, Error> {
    settings.check()?;
    if settings.kind != Kind::Own {
        return Err(Error::Setting("kind"));
    }
    if settings.horizon != candidate.manifest.horizon {
        return Err(Error::Setting("horizon"));
    }
    let own = Own::new(candidate.file.into(), candidate.manifest.clone(), &settings.columns)?;
    let session = Arc::new(runtime.open_bytes(candidate.file, 1)?);
    candidate.manifest.check_ports(&session)?;
    let mut panel = Panel::new(panel, settings.columns.len(), settings.horizon)?;
    let seen = panel.calendar.partition_point(|day| *day <= candidate.trained_until);
    panel.rows.retain(|row| row.day >= seen + settings.horizon + EMBARGO);
    let walks: Vec<Walk> = walks(&panel, settings)?.into_iter().map(Walk::without_training).collect();
    let mut settle = |walk: &Walk, _: &mut Watch<'_>| settle((&panel, walk), &own, &session, settings);
    judge((&panel, &walks), settings, &mut settle, &mut progress)
}

/// The model as the days of validation show it.
fn settle(
    (panel, walk): (&Panel<'_>, &Walk),
    own: &Own,
    session: &Arc<Session>,
    settings: &Settings,
) -> Result<Fitted, Error> {
    let rows = panel.within(&walk.validation);
    enough(&[&rows])?;
    let scale = scale(panel, &rows)?;
    let view = View::new(panel, &rows, &scale, (own.columns(&settings.columns), &own.layouts()));
    let rows = view.chosen(&rows, MOST);
    let residuals = residuals(own, (&view, &rows), session)?;
    let model = Model::Own(own.clone().with_residuals(residuals));
    let mut found = calibrated(&said((&model, Some(session)), &view, &rows)?, &view, &rows)?;
    let parts = Parts {
        kind: Kind::Own,
        horizon: settings.horizon,
        names: settings.columns.clone(),
        columns: view.columns.clone(),
        scale,
        model,
        calibrated: found.remove(0),
    };
    Ok(Fitted { parts, view, alone: Vec::new(), session: Some(session.clone()) })
}

/// What lies around what the model says, if it says one number only.
fn residuals(
    own: &Own,
    (view, rows): (&View, &[Row]),
    session: &Session,
) -> Result<[f32; LEVELS.len()], Error> {
    if own.manifest.has_spread() {
        return Ok([0.0; LEVELS.len()]);
    }
    let said = read((view, rows), &own.layouts(), |inputs| own.read(session, inputs))?;
    let pairs = said.column(0).zip(view.targets(rows));
    let mut errors: Vec<f64> = pairs.map(|(said, came)| f64::from(came) - f64::from(said)).collect();
    errors.sort_by(f64::total_cmp);
    let quantile = |level| statistics::quantile(&errors, level).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "models are kept in single precision")]
    let found = LEVELS.map(|level| quantile(level) as f32);
    Ok(found)
}
