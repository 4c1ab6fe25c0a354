//! What models say of a panel's rows, and how far that is to be trusted.

use super::{
    Error, LEVELS,
    calibration::Calibrated,
    forecaster::sorted,
    model::Model,
    panel::Row,
    view::{Inputs, Layout, View},
};
use crate::{
    matrix::Matrix,
    onnx::runtime::{RuntimeError, Session},
};

/// How many rows are read at once: sequences of all would not fit into memory.
const AT_ONCE: usize = 2_048;

/// A model, and the session that computes it where it cannot itself.
pub(super) type Computed<'data> = (&'data Model, Option<&'data Session>);

/// Sorted quantiles of scaled returns, a row for each: the model's, then those of each member of an ensemble.
pub(super) fn said((model, session): Computed<'_>, view: &View, rows: &[Row]) -> Result<Vec<Matrix>, Error> {
    let all = match model {
        Model::Ensemble(ensemble) => {
            let members = members(&ensemble.members, view, rows)?;
            [vec![ensemble.combined(&members)], members].concat()
        }
        model => vec![read((view, rows), &model.layouts(), |inputs| model.read(inputs, session))?],
    };
    Ok(all.into_iter().map(sorted).collect())
}

/// What each says, which may still cross.
pub(super) fn members(models: &[Model], view: &View, rows: &[Row]) -> Result<Vec<Matrix>, Error> {
    let one = |model: &Model| read((view, rows), &model.layouts(), |inputs| model.read(inputs, None));
    models.iter().map(one).collect()
}

/// Has somebody read the rows, who says [`LEVELS`] of each.
pub(super) fn read(
    (view, rows): (&View, &[Row]),
    layouts: &[Layout],
    reader: impl Fn(&Inputs) -> Result<Matrix, RuntimeError>,
) -> Result<Matrix, Error> {
    let mut values = Vec::with_capacity(rows.len() * LEVELS.len());
    for rows in rows.chunks(AT_ONCE) {
        values.extend_from_slice(reader(&view.inputs(rows, layouts))?.values());
    }
    let is_sound = values.iter().all(|value| value.is_finite());
    if is_sound {
        Ok(Matrix::new(LEVELS.len(), values).expect("whole rows"))
    } else {
        Err(RuntimeError::NotFinite.into())
    }
}

/// What days that taught the models no more than when to stop teach of the promises that lie in their quantiles.
pub(super) fn calibrated(said: &[Matrix], view: &View, rows: &[Row]) -> Result<Vec<Calibrated>, Error> {
    let (targets, days) = (view.targets(rows), days(rows));
    let found = said.iter().map(|quantiles| Calibrated::of(quantiles, &targets, &days));
    found.collect::<Option<_>>().ok_or(Error::Still)
}

pub(super) fn days(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.day).collect()
}
