//! A forecaster as one ONNX file.
//!
//! The graph gives quantiles of scaled returns from readings; properties and tensors that no node needs tell the rest.

use super::{
    Error, Forecaster, Kind, LEVELS,
    calibration::{Calibrated, Tilt},
    forecaster::Parts,
    model::Model,
    scale::Scale,
    view::Columns,
};
use crate::{
    feature,
    onnx::{Error as Damage, File},
    sequence,
};
use quant::interval::Calibration;

/// The form of the file; another one is another number.
const VERSION: &str = "1";

const FORM: &str = "forecaster";
const KIND: &str = "forecaster.kind";
const HORIZON: &str = "forecaster.horizon";
const COLUMNS: &str = "forecaster.columns";

const SCALE: &str = "forecaster.scale";
const MEANS: &str = "forecaster.means";
const KNOWN: &str = "forecaster.known";
const DISTANCES_95: &str = "forecaster.distances_95";
const DISTANCES_99: &str = "forecaster.distances_99";
/// Slope and shift of probabilities, and the spread.
const CORRECTIONS: &str = "forecaster.corrections";

impl Forecaster {
    /// One ONNX file with everything in it; the same model gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let Parts { kind, horizon, names, columns, scale, model, calibrated } = &*self.parts;
        let file = match model {
            Model::Trees(forests) => {
                File::of_forests(forests).expect("one for each level, of the same columns")
            }
            Model::Network(model) => File::from(&**model),
        };
        let Calibrated { margins_95, margins_99, tilt, spread } = calibrated;
        file.with_property(FORM, VERSION)
            .with_property(KIND, kind.name())
            .with_property(HORIZON, &horizon.to_string())
            .with_property(COLUMNS, &names.join(","))
            .with_tensor(SCALE, scale.weights())
            .with_tensor(MEANS, &columns.means)
            .with_tensor(KNOWN, &columns.known)
            .with_tensor(DISTANCES_95, &single(margins_95))
            .with_tensor(DISTANCES_99, &single(margins_99))
            .with_tensor(CORRECTIONS, &[tilt.slope, tilt.shift, *spread])
            .encode()
    }

    /// Reads a file back; [`Error::File`] says why it is none of a forecaster.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let file = File::decode(bytes)?;
        if file.property(FORM) != Some(VERSION) {
            return Err(Damage::Content("it is of no forecaster, or of another version").into());
        }
        let model = model(&file)?;
        let parts = parts(&file, model).ok_or(Damage::Content("its properties or numbers are damaged"))?;
        Ok(Self::new(parts))
    }
}

fn model(file: &File) -> Result<Model, Damage> {
    match file.property(KIND).and_then(Kind::find) {
        Some(Kind::Trees) => file.to_forests().map(Model::Trees),
        Some(Kind::Lstm | Kind::Tft) => Ok(Model::Network(Box::new(sequence::Model::try_from(file)?))),
        None => Err(Damage::Content("it is of no kind known here")),
    }
}

/// The parts; `None` if they don't fit each other.
fn parts(file: &File, model: Model) -> Option<Parts> {
    let kind = Kind::find(file.property(KIND)?)?;
    let horizon = file.property(HORIZON)?.parse().ok().filter(|horizon| (1..=20).contains(horizon))?;
    let names: Vec<String> = file.property(COLUMNS)?.split(',').map(str::to_owned).collect();
    let finite = |name| file.tensor(name).filter(|values| values.iter().all(|value| value.is_finite()));
    let mut columns = Columns::new(&names);
    (columns.means, columns.known) = (finite(MEANS)?, finite(KNOWN)?);
    let margins = |name| Calibration::from_distances(finite(name)?.into_iter().map(f64::from).collect());
    let [slope, shift, spread] = <[f32; 3]>::try_from(finite(CORRECTIONS)?).ok()?;
    let calibrated = Calibrated {
        margins_95: margins(DISTANCES_95)?,
        margins_99: margins(DISTANCES_99)?,
        tilt: Tilt { slope, shift },
        spread,
    };
    let scale = Scale::new(&finite(SCALE)?)?;
    let width = names.len();
    let fits = columns.means.len() == width && columns.known.len() == width && spread > 0.0;
    (fits && model.fits(kind, width)).then_some(Parts {
        kind,
        horizon,
        names,
        columns,
        scale,
        model,
        calibrated,
    })
}

impl Model {
    /// Whether the model is of the kind, reads so many columns and says the quantiles that forecasts are made of.
    fn fits(&self, kind: Kind, columns: usize) -> bool {
        match self {
            Self::Trees(forests) => {
                forests.len() == LEVELS.len() && forests.iter().all(|forest| forest.columns() == columns)
            }
            Self::Network(model) => {
                let parts = model.parts();
                let shape = [feature::LENGTH, columns];
                parts.network.name() == kind.name() && parts.levels == LEVELS && parts.shape == shape
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "distances are in single precision from the start")]
fn single(margins: &Calibration) -> Vec<f32> {
    margins.distances().iter().map(|distance| *distance as f32).collect()
}
