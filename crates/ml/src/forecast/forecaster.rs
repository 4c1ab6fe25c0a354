//! The trained model, and what it says.

use super::{
    Asked, Error, Forecast, Kind, LEVELS, Series, Unforecastable,
    calibration::Calibrated,
    model::Model,
    outlook::Outlook,
    scale::{self, Scale},
    view::{Columns, Inputs, scales},
};
use crate::{
    matrix::Matrix,
    onnx::runtime::{Runtime, RuntimeError, Session},
};
use std::{path::Path, sync::Arc};

/// What a forecaster is put together from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    pub kind: Kind,
    pub horizon: usize,
    pub names: Vec<String>,
    pub columns: Columns,
    pub scale: Scale,
    pub model: Model,
    pub calibrated: Calibrated,
}

/// A model of a panel that forecasts any stock with the same columns; a copy is cheap.
#[derive(Clone, Debug)]
pub struct Forecaster {
    pub(super) parts: Arc<Parts>,
    session: Option<Arc<Session>>,
}

/// So many days without a move, and the price is taken for fixed.
const STILL: usize = 20;

impl Forecaster {
    pub(super) fn new(parts: Parts, session: Option<Arc<Session>>) -> Self {
        Self { parts: Arc::new(parts), session }
    }

    /// Has ONNX Runtime compute on one thread, from a `file` with what [`encode`](Self::encode) gave.
    ///
    /// The rest is unchanged, the reasons of a forecast too: what is said differs by rounding only. Somebody's own model
    /// says nothing without.
    pub fn with_runtime(mut self, runtime: &Runtime, file: &Path) -> Result<Self, Error> {
        self.session = Some(Arc::new(runtime.open(file, 1)?));
        Ok(self)
    }

    pub fn kind(&self) -> Kind {
        self.parts.kind
    }

    /// How many trading days ahead it looks.
    pub fn horizon(&self) -> usize {
        self.parts.horizon
    }

    /// The names of the columns that it reads.
    pub fn columns(&self) -> &[String] {
        &self.parts.names
    }

    /// The levels of the quantiles, rising.
    pub fn levels(&self) -> &'static [f64] {
        &LEVELS
    }

    /// The least days that a series needs: sixty returns.
    pub fn needed(&self) -> usize {
        scale::NEEDED + 1
    }

    /// What follows the last day of each series, each with what it is asked for, or with the usual where `asked` ends; each
    /// answer stands by itself.
    ///
    /// More days than are needed make the volatility more certain; a year's are enough.
    pub fn forecast(&self, series: &[Series], asked: &[Asked]) -> Vec<Result<Forecast, Unforecastable>> {
        let prepared: Vec<_> = series.iter().map(|one| self.parts.prepare(one)).collect();
        let inputs = prepared.iter().flatten().map(|(_, inputs)| inputs.clone());
        let Some(inputs) = Inputs::joined(inputs) else {
            return prepared
                .into_iter()
                .map(|one| Err(one.err().unwrap_or(Unforecastable::Missing)))
                .collect();
        };
        let mut said = self.read(&inputs).map(|said| (said, self.parts.model.contributions(&inputs), 0));
        let one = |(place, prepared): (usize, Result<(f64, Inputs), Unforecastable>)| {
            let (scale, _) = prepared?;
            let asked = asked.get(place).copied().unwrap_or_default();
            let (said, reasons, next) =
                said.as_mut().map_err(|error| Unforecastable::Failed(error.to_string()))?;
            *next += 1;
            let said = said.row(*next - 1);
            if !said.iter().all(|quantile| quantile.is_finite()) {
                return Err(Unforecastable::Failed(RuntimeError::NotFinite.to_string()));
            }
            let outlook = Outlook::new(said, scale, &self.parts.calibrated, asked);
            Ok(outlook.with(self.parts.reasons(&reasons[*next - 1], scale)))
        };
        prepared.into_iter().enumerate().map(one).collect()
    }

    /// A series as the model reads it, a row a day: what [`Report::references`](super::Report::references) describe.
    pub fn readings(&self, series: &Series) -> Result<Matrix, Unforecastable> {
        let scales = self.parts.scales(series)?;
        Ok(super::reading::readings(series, &scales, &self.parts.columns.readings, 0))
    }

    /// Sorted quantiles in units of the scale.
    fn read(&self, inputs: &Inputs) -> Result<Matrix, RuntimeError> {
        self.parts.model.read(inputs, self.session.as_deref()).map(sorted)
    }
}

impl Parts {
    /// The scale of the last day, and what the model reads.
    fn prepare(&self, series: &Series) -> Result<(f64, Inputs), Unforecastable> {
        let scales = self.scales(series)?;
        let last = series.closes.len() - 1;
        let close = series.closes[last];
        if !(close.is_finite() && close > 0.0) || series.features.row(last).iter().any(|it| it.is_infinite())
        {
            return Err(Unforecastable::NotFinite);
        }
        if self.columns.is_missing(series.features.row(last)) {
            return Err(Unforecastable::Missing);
        }
        let scale = scales[last].filter(|_| !is_still(&series.closes)).ok_or(Unforecastable::Constant)?;
        Ok((scale, Inputs::of_last(series, &scales, &self.columns, &self.model.layouts())))
    }

    fn scales(&self, series: &Series) -> Result<Vec<Option<f64>>, Unforecastable> {
        let (expected, found) = (self.names.len(), series.features.columns());
        if expected != found {
            return Err(Unforecastable::Columns { expected, found });
        }
        let days = series.closes.len();
        if series.features.rows() != days || series.days.len() != days {
            return Err(Unforecastable::Lengths);
        }
        let moves = scale::moves(&series.closes);
        if moves.last().is_none_or(Option::is_none) {
            let found = moves.len().min(series.closes.iter().filter(|close| **close > 0.0).count());
            return Err(Unforecastable::TooShort { found, needed: scale::NEEDED + 1 });
        }
        Ok(scales(&moves, &self.scale))
    }

    /// Shapley values are in units of the scale, shares of attention in none.
    fn reasons(&self, contributions: &[f32], scale: f64) -> Vec<f32> {
        #[expect(clippy::cast_possible_truncation, reason = "shown, not computed with")]
        let factor = if self.kind == Kind::Trees { scale as f32 } else { 1.0 };
        contributions.iter().map(|one| one * factor).collect()
    }
}

impl Outlook {
    fn with(self, contributions: Vec<f32>) -> Forecast {
        Forecast {
            quantiles: LEVELS.into_iter().zip(self.quantiles).collect(),
            median: self.median(),
            interval_95: self.interval_95,
            interval_99: self.interval_99,
            probability_up: self.probability_up,
            volatility: self.volatility,
            contributions,
        }
    }
}

/// Quantiles of several forests may cross: each row is sorted, which never makes it worse (Chernozhukov, Fernández-Val and
/// Galichon 2010, "Quantile and probability curves without crossing").
pub(super) fn sorted(mut quantiles: Matrix) -> Matrix {
    let columns = quantiles.columns();
    quantiles.values_mut().chunks_exact_mut(columns).for_each(|row| row.sort_by(f32::total_cmp));
    quantiles
}

fn is_still(closes: &[f64]) -> bool {
    let mut known = closes.iter().rev().filter(|close| close.is_finite()).take(STILL + 1);
    let last = known.next().copied().unwrap_or(f64::NAN);
    known.all(|close| (close - last).abs() <= 0.0)
}
