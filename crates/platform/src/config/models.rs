use super::reader::Reader;
use std::{env::consts::DLL_EXTENSION, num::NonZeroUsize, path::PathBuf, thread::available_parallelism};

/// Where models lie, and what runs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelsConfig {
    /// Where models lie that are not built in.
    pub folder: PathBuf,
    /// The library of ONNX Runtime, which need not be there.
    pub runtime: PathBuf,
    /// The most threads that a model takes which the library runs.
    pub threads: usize,
    /// Whether a forecasting model that was trained anew answers if the gate does not object.
    pub promotes_if_better: bool,
}

impl ModelsConfig {
    /// Everything in `folder`.
    pub fn within(folder: PathBuf) -> Self {
        let name = if cfg!(windows) { "onnxruntime" } else { "libonnxruntime" };
        let runtime = folder.join("runtime").join(name).with_extension(DLL_EXTENSION);
        Self { folder, runtime, threads: half_of_the_cores(), promotes_if_better: true }
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut models = Self::within(reader.required("models.folder"));
        if let Some(runtime) = reader.optional("models.runtime") {
            models.runtime = runtime;
        }
        if let Some(threads) = reader.count("models.threads") {
            models.threads = usize::try_from(threads).unwrap_or(usize::MAX);
        }
        models.promotes_if_better =
            reader.choice("models.promotes_if_better", &[("true", true), ("false", false)]);
        models
    }
}

/// At least one; the others are for everything else that the process does.
fn half_of_the_cores() -> usize {
    (available_parallelism().map_or(1, NonZeroUsize::get) / 2).max(1)
}
