//! Somebody's file with what was learnt of it.
//!
//! A message of Protocol Buffers that is appended to another is merged into it: properties that follow the file make one
//! file of ONNX with it, whose graph is as it was, down to what we know nothing of.

use super::{Manifest, Own, Target};
use crate::{
    forecast::{Error, LEVELS, view::Layout},
    onnx::{Error as Damage, File},
};

/// How many bytes the file itself has.
const LENGTH: &str = "forecaster.own.length";
const INPUT: &str = "forecaster.own.input";
const LAYOUT: &str = "forecaster.own.layout";
const READ: &str = "forecaster.own.columns";
const OUTPUT: &str = "forecaster.own.output";
const SAID: &str = "forecaster.own.levels";
const TARGET: &str = "forecaster.own.target";
const RESIDUALS: &str = "forecaster.own.residuals";

const DAMAGED: Damage = Damage::Content("its manifest is damaged");

impl Own {
    /// What follows the file.
    pub fn to_file(&self) -> File {
        let Manifest { input, layout, columns, output, levels, target, .. } = &self.manifest;
        let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
        File::without_graph()
            .with_property(LENGTH, &self.bytes.len().to_string())
            .with_property(INPUT, input)
            .with_property(LAYOUT, layout.name())
            .with_property(READ, &columns.join(","))
            .with_property(OUTPUT, output)
            .with_property(SAID, &levels.join(","))
            .with_property(TARGET, target.name())
            .with_numbers(RESIDUALS, self.residuals())
    }

    /// Reads it back from the whole, which has the horizon and the names of all columns besides.
    pub fn decode(file: &File, bytes: &[u8], (horizon, names): (usize, &[String])) -> Result<Self, Error> {
        let length = file.property(LENGTH).and_then(|length| length.parse().ok()).ok_or(DAMAGED)?;
        let own = bytes.get(..length).ok_or(DAMAGED)?;
        let manifest = manifest(file, horizon).ok_or(DAMAGED)?;
        let residuals = file.numbers(RESIDUALS).and_then(|all| <[f32; LEVELS.len()]>::try_from(all).ok());
        let residuals = residuals.filter(|all| all.iter().all(|one| one.is_finite())).ok_or(DAMAGED)?;
        Ok(Self::new(own.into(), manifest, names)?.with_residuals(residuals))
    }
}

fn manifest(file: &File, horizon: usize) -> Option<Manifest> {
    let text = |key| file.property(key).map(str::to_owned);
    let levels = file.property(SAID)?.split_terminator(',').map(|level| level.parse().ok());
    Some(Manifest {
        input: text(INPUT)?,
        layout: Layout::ALL.into_iter().find(|layout| Some(layout.name()) == file.property(LAYOUT))?,
        columns: file.property(READ)?.split(',').map(str::to_owned).collect(),
        output: text(OUTPUT)?,
        levels: levels.collect::<Option<_>>()?,
        target: Target::ALL.into_iter().find(|target| Some(target.name()) == file.property(TARGET))?,
        horizon,
    })
}
