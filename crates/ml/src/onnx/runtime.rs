//! ONNX Runtime: the native library that runs the models of others, loaded while the program runs.

use ort::{
    environment::Environment,
    ep::{self, ExecutionProvider as _},
    session::{Session as Native, SessionInputValue, SessionOutputs, builder::SessionBuilder},
    value::{Tensor as NativeTensor, ValueType},
};
use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Why the library or a model cannot be used; the reason is the library's own.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error("ONNX Runtime cannot be loaded: {0}")]
    Library(String),
    #[error("ONNX Runtime refuses the model: {0}")]
    Model(String),
    #[error("the model failed: {0}")]
    Run(String),
    #[error("the model gave a number that is not finite")]
    NotFinite,
    #[error("the model needs ONNX Runtime, which `models runtime` installs")]
    Missing,
}

/// The library, once it is loaded.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: Environment,
}

/// The library allows one environment to a process, and a second library is not to be had.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

impl Runtime {
    /// Loads the library from its file; whoever comes later gets the library that is there, wherever it lies.
    pub fn load(library: &Path) -> Result<Self, RuntimeError> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::Library(error.to_string());
        let mut loaded = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(environment) = loaded.as_ref() {
            return Ok(Self { environment: environment.clone() });
        }
        // A relative path would be looked for beside the program first.
        let path = std::path::absolute(library).map_err(|error| failed(&error))?;
        if !path.is_file() {
            return Err(failed(&format!("{} is not there", library.display())));
        }
        let builder = ort::init_from(path).map_err(|error| failed(&error))?;
        let environment =
            builder.with_name("bellwether").with_telemetry(false).build().map_err(|error| failed(&error))?;
        Ok(Self { environment: loaded.insert(environment).clone() })
    }

    /// Opens the model in `file`, to be run by at most so many threads, or by a GPU where library and machine have one.
    pub fn open(&self, file: &Path, threads: usize) -> Result<Session, RuntimeError> {
        let opened = self.builder(threads).and_then(|mut builder| builder.commit_from_file(file));
        opened.map(Session::of).map_err(|error| RuntimeError::Model(error.to_string()))
    }

    /// The same of a model in memory.
    pub fn open_bytes(&self, bytes: &[u8], threads: usize) -> Result<Session, RuntimeError> {
        let opened = self.builder(threads).and_then(|mut builder| builder.commit_from_memory(bytes));
        opened.map(Session::of).map_err(|error| RuntimeError::Model(error.to_string()))
    }

    fn builder(&self, threads: usize) -> ort::Result<SessionBuilder> {
        let builder = Native::builder(&self.environment)?
            .with_log_level(ort::logging::LogLevel::Error)?
            .with_intra_threads(threads)?
            // Threads that wait would otherwise spin, and take the processor from everything else here.
            .with_intra_op_spinning(false)?;
        if ep::CUDA::is_available().unwrap_or_default() {
            return Ok(builder.with_execution_providers([ep::CUDA::default().build()])?);
        }
        Ok(builder)
    }
}

/// A tensor that a model takes or gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    pub name: String,
    /// What its numbers are, such as `f32`.
    pub element: String,
    /// The lengths; `None` where each run decides.
    pub shape: Vec<Option<usize>>,
}

impl Port {
    fn of(name: &str, kind: &ValueType) -> Option<Self> {
        let ValueType::Tensor { ty, shape, .. } = kind else { return None };
        let shape = shape.iter().map(|length| usize::try_from(*length).ok()).collect();
        Some(Self { name: name.to_owned(), element: ty.to_string(), shape })
    }
}

/// Numbers in rows, the last length running fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum Tensor {
    Floats(Vec<usize>, Vec<f32>),
    Integers(Vec<usize>, Vec<i64>),
}

/// A model that is open; one run at a time, which takes the threads it was given.
#[derive(Debug)]
pub struct Session {
    native: Mutex<Native>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Session {
    fn of(native: Native) -> Self {
        let inputs =
            native.inputs().iter().filter_map(|input| Port::of(input.name(), input.dtype())).collect();
        let outputs =
            native.outputs().iter().filter_map(|output| Port::of(output.name(), output.dtype())).collect();
        Self { native: Mutex::new(native), inputs, outputs }
    }

    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// The shape and the floats of the output `wanted`.
    pub fn run(
        &self,
        inputs: Vec<(&str, Tensor)>,
        wanted: &str,
    ) -> Result<(Vec<usize>, Vec<f32>), RuntimeError> {
        let failed = |error: ort::Error| RuntimeError::Run(error.to_string());
        let inputs = inputs.into_iter().map(|(name, tensor)| Ok((name, tensor.native()?)));
        let inputs: Vec<(&str, SessionInputValue<'_>)> =
            inputs.collect::<ort::Result<_>>().map_err(failed)?;
        let mut native = self.native.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = native.run(inputs).map_err(failed)?;
        floats(&outputs, wanted)
    }
}

fn floats(outputs: &SessionOutputs<'_>, wanted: &str) -> Result<(Vec<usize>, Vec<f32>), RuntimeError> {
    let output =
        outputs.get(wanted).ok_or_else(|| RuntimeError::Run(format!("it has no output {wanted}")))?;
    let (shape, values) =
        output.try_extract_tensor::<f32>().map_err(|error| RuntimeError::Run(error.to_string()))?;
    Ok((shape.iter().filter_map(|length| usize::try_from(*length).ok()).collect(), values.to_vec()))
}

impl Tensor {
    fn native(self) -> ort::Result<SessionInputValue<'static>> {
        Ok(match self {
            Self::Floats(shape, values) => NativeTensor::from_array((shape, values))?.into(),
            Self::Integers(shape, values) => NativeTensor::from_array((shape, values))?.into(),
        })
    }
}
