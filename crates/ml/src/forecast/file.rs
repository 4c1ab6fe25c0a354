//! A forecaster as one ONNX file.
//!
//! The graph gives quantiles of scaled returns from readings; properties and tensors that no node needs tell the rest.

use super::{
    Error, Forecaster, Kind, LEVELS,
    calibration::{Calibrated, Tilt},
    ensemble::Ensemble,
    forecaster::Parts,
    learning::Learner,
    model::Model,
    own::Own,
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
        let Calibrated { margins_95, margins_99, tilt, spread } = calibrated;
        let file = model
            .to_file()
            .with_property(FORM, VERSION)
            .with_property(KIND, kind.name())
            .with_property(HORIZON, &horizon.to_string())
            .with_property(COLUMNS, &names.join(","))
            .with_numbers(SCALE, scale.weights())
            .with_numbers(MEANS, &columns.means)
            .with_numbers(KNOWN, &columns.known)
            .with_numbers(DISTANCES_95, &single(margins_95))
            .with_numbers(DISTANCES_99, &single(margins_99))
            .with_numbers(CORRECTIONS, &[tilt.slope, tilt.shift, *spread]);
        [model.given(), &file.encode()].concat()
    }

    /// Reads a file back; [`Error::File`] says why it is none of a forecaster.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let file = File::decode(bytes)?;
        if file.property(FORM) != Some(VERSION) {
            return Err(Damage::Content("it is of no forecaster, or of another version").into());
        }
        let damaged = || Damage::Content("its properties or numbers are damaged");
        let Frame { kind, horizon, names } = Frame::of(&file).ok_or_else(damaged)?;
        let model = match kind {
            Kind::Ensemble => Model::Ensemble(ensemble(&file)?),
            Kind::Own => Model::Own(Own::decode(&file, bytes, (horizon, &names))?),
            kind => learnt(&file, kind)?,
        };
        let parts = parts(&file, Frame { kind, horizon, names }, model).ok_or_else(damaged)?;
        let forecaster = Self::new(parts, None);
        // Of a graph that we know nothing of only the whole can be compared.
        let is_same = kind != Kind::Own || forecaster.encode() == bytes;
        if is_same { Ok(forecaster) } else { Err(damaged().into()) }
    }
}

impl File {
    /// Whether it says that it is a forecaster's, of whatever version.
    pub(super) fn is_forecaster(&self) -> bool {
        self.has_properties_of(FORM)
    }
}

/// What a forecaster is, whatever its model.
struct Frame {
    kind: Kind,
    horizon: usize,
    names: Vec<String>,
}

impl Frame {
    fn of(file: &File) -> Option<Self> {
        let horizon = file.property(HORIZON)?.parse().ok().filter(|horizon| (1..=20).contains(horizon))?;
        let names = file.property(COLUMNS)?.split(',').map(str::to_owned).collect();
        Some(Self { kind: Kind::find(file.property(KIND)?)?, horizon, names })
    }
}

const UNKNOWN: Damage = Damage::Content("it is of no kind known here");

/// A model of a kind that learns by itself.
fn learnt(file: &File, kind: Kind) -> Result<Model, Damage> {
    match Learner::of(kind).ok_or(UNKNOWN)? {
        Learner::Trees => file.to_forests().map(Model::Trees),
        Learner::Lstm | Learner::Tft => Ok(Model::Network(Box::new(sequence::Model::try_from(file)?))),
    }
}

fn ensemble(file: &File) -> Result<Ensemble, Damage> {
    let (members, weights) = file.to_members()?;
    let member = |(name, file): &(String, File)| learnt(file, Kind::find(name).ok_or(UNKNOWN)?);
    let members = members.iter().map(member).collect::<Result<_, _>>()?;
    let ensemble = Ensemble::new(members, weights).ok_or(Damage::Content("its weights are damaged"))?;
    // What runtimes compute must be what was read, down to what is not looked at above.
    let is_same = ensemble.to_file().is_part_of(file);
    if is_same { Ok(ensemble) } else { Err(Damage::Content("its graph does something else besides")) }
}

/// The parts; `None` if they don't fit each other.
fn parts(file: &File, Frame { kind, horizon, names }: Frame, model: Model) -> Option<Parts> {
    let finite = |name| file.numbers(name).filter(|values| values.iter().all(|value| value.is_finite()));
    let mut columns = model.columns(&names);
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
    /// How columns with these names are read.
    fn columns(&self, names: &[String]) -> Columns {
        match self {
            Self::Own(own) => own.columns(names),
            _ => Columns::new(names),
        }
    }

    /// What stands before all that is said of somebody's own model: their file.
    fn given(&self) -> &[u8] {
        match self {
            Self::Own(own) => &own.bytes,
            _ => &[],
        }
    }

    /// Whether the model is of the kind, reads so many columns and says the quantiles that forecasts are made of.
    fn fits(&self, kind: Kind, columns: usize) -> bool {
        match self {
            Self::Trees(forests) => {
                kind == Kind::Trees
                    && forests.len() == LEVELS.len()
                    && forests.iter().all(|forest| forest.columns() == columns)
            }
            Self::Network(model) => {
                let parts = model.parts();
                let shape = [feature::LENGTH, columns];
                parts.network.name() == kind.name() && parts.levels == LEVELS && parts.shape == shape
            }
            Self::Ensemble(Ensemble { members, .. }) => {
                let fits =
                    |member: &Self| Kind::find(member.name()).is_some_and(|of| member.fits(of, columns));
                kind == Kind::Ensemble && members.iter().all(fits)
            }
            Self::Own(_) => kind == Kind::Own,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "distances are in single precision from the start")]
fn single(margins: &Calibration) -> Vec<f32> {
    margins.distances().iter().map(|distance| *distance as f32).collect()
}
