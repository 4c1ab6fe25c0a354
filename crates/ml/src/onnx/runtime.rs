//! ONNX Runtime: the native library that runs the models of others, loaded while the program runs.

use ort::{
    environment::Environment,
    ep::{self, ExecutionProvider as _},
    session::{RunOptions, Session as Native, SessionInputValue, SessionOutputs, builder::SessionBuilder},
    value::{Tensor as NativeTensor, ValueType},
};
use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        mpsc::{RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
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

/// The shape of an output and its floats.
pub type Output = (Vec<usize>, Vec<f32>);

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
    pub fn run(&self, inputs: Vec<(&str, Tensor)>, wanted: &str) -> Result<Output, RuntimeError> {
        self.run_by(inputs, wanted, None)
    }

    /// Has work done whose runs may go astray, since graphs may hold loops: one that goes on when the time is up is stopped
    /// before its next operator, and fails like each that follows.
    pub fn within<T>(
        &self,
        limit: Duration,
        work: impl FnOnce(&Limited<'_>) -> Result<T, RuntimeError>,
    ) -> Result<T, RuntimeError> {
        let options = RunOptions::new()?;
        let limited = Limited { session: self, options: &options };
        thread::scope(|scope| {
            let (done, is_done) = channel::<()>();
            let options = limited.options;
            let watch = move || {
                if is_done.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                    // It fails for want of a run only.
                    let _ = options.terminate();
                }
            };
            let watch = thread::Builder::new().spawn_scoped(scope, watch);
            watch.map_err(|error| RuntimeError::Run(error.to_string()))?;
            let outcome = work(&limited);
            drop(done);
            outcome
        })
    }

    fn run_by(
        &self,
        inputs: Vec<(&str, Tensor)>,
        wanted: &str,
        options: Option<&RunOptions>,
    ) -> Result<Output, RuntimeError> {
        let inputs = inputs.into_iter().map(|(name, tensor)| Ok((name, tensor.native()?)));
        let inputs: Vec<(&str, SessionInputValue<'_>)> = inputs.collect::<ort::Result<_>>()?;
        let mut native = self.native.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = match options {
            Some(options) => native.run_with_options(inputs, options),
            None => native.run(inputs),
        };
        floats(&outputs?, wanted)
    }
}

/// A session with a limit on the time of its runs.
pub struct Limited<'session> {
    session: &'session Session,
    options: &'session RunOptions,
}

impl std::fmt::Debug for Limited<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limited").field("session", self.session).finish_non_exhaustive()
    }
}

impl Limited<'_> {
    /// The shape and the floats of the output `wanted`.
    pub fn run(&self, inputs: Vec<(&str, Tensor)>, wanted: &str) -> Result<Output, RuntimeError> {
        self.session.run_by(inputs, wanted, Some(self.options))
    }
}

impl From<ort::Error> for RuntimeError {
    fn from(error: ort::Error) -> Self {
        Self::Run(error.to_string())
    }
}

fn floats(outputs: &SessionOutputs<'_>, wanted: &str) -> Result<Output, RuntimeError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor as Constant, Value};
    use prost::{
        Message,
        encoding::{WireType, encode_key, encode_varint},
    };

    /// What a message lacks, to be appended to it.
    fn field(tag: u32, bytes: &[u8]) -> Vec<u8> {
        let mut field = Vec::new();
        encode_key(tag, WireType::LengthDelimited, &mut field);
        encode_varint(bytes.len() as u64, &mut field);
        field.extend(bytes);
        field
    }

    fn with(message: &impl Message, tag: u32, bytes: &[u8]) -> Vec<u8> {
        [message.encode_to_vec(), field(tag, bytes)].concat()
    }

    /// Gives `x` back as `y` after so many rounds of nothing.
    fn rounds(count: i64) -> Vec<u8> {
        let float = |name: &str| Value::tensor(name, Element::Float, vec![Length::Known(1)]);
        let truth = |name: &str| {
            let mut truth = Value::tensor(name, Element::Undefined, Vec::new());
            // Truth values, which our own files never have.
            truth.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap().elem_type = 9;
            truth
        };
        let body = Graph {
            name: "body".to_owned(),
            node: vec![Node::new("Identity", &["go"], "goes"), Node::new("Identity", &["a"], "b")],
            input: vec![Value::tensor("round", Element::Int64, Vec::new()), truth("go"), float("a")],
            output: vec![truth("goes"), float("b")],
            ..Graph::default()
        };
        // Name, graph, kind.
        let attribute = [field(1, b"body"), field(6, &body.encode_to_vec()), vec![0xa0, 0x01, 5]].concat();
        let node = with(&Node::new("Loop", &["count", "", "x"], "y"), 5, &attribute);
        let graph = Graph {
            name: "rounds".to_owned(),
            initializer: vec![Constant::ints("count", &[], &[count])],
            input: vec![float("x")],
            output: vec![float("y")],
            ..Graph::default()
        };
        let opset_import = vec![OperatorSet { domain: String::new(), version: 13 }];
        let model = Model { ir_version: 8, opset_import, ..Model::default() };
        with(&model, 7, &with(&graph, 1, &node))
    }

    #[test]
    fn a_graph_that_goes_round_and_round_is_stopped() {
        let Ok(library) = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME") else {
            println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: nothing is checked");
            return;
        };
        let runtime = Runtime::load(Path::new(&library)).unwrap();
        let run = |session: &Session| {
            let run =
                |limited: &Limited<'_>| limited.run(vec![("x", Tensor::Floats(vec![1], vec![2.5]))], "y");
            session.within(Duration::from_millis(100), run)
        };
        assert_eq!(run(&runtime.open_bytes(&rounds(3), 1).unwrap()).unwrap(), (vec![1], vec![2.5]));
        let endless = runtime.open_bytes(&rounds(i64::MAX), 1).unwrap();
        for _ in 0..2 {
            assert!(matches!(run(&endless), Err(RuntimeError::Run(_))));
        }
    }
}
