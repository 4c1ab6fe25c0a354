//! Whether a graph takes and gives what its manifest says.

use super::{Manifest, Refused};
use crate::{
    feature,
    forecast::view::Layout,
    onnx::runtime::{Port, Session},
};

const FLOAT: &str = "f32";

impl Manifest {
    /// Compares the graph's input, besides which there must be no other, and its output.
    pub(super) fn check_ports(&self, session: &Session) -> Result<(), Refused> {
        let columns = self.columns.len();
        let row = match self.layout {
            Layout::Day => vec![columns],
            Layout::Sequence => vec![feature::LENGTH, columns],
        };
        compare("input", (&self.input, session.inputs()), &[&row])?;
        if session.inputs().len() > 1 {
            let expected = format!("{} alone", self.input);
            return Err(Refused::Port { port: "input", expected, found: texts(session.inputs()) });
        }
        let numbers = [self.numbers()];
        let rows = [&numbers[..], &[]];
        let accepted = if self.numbers() == 1 { &rows[..] } else { &rows[..1] };
        compare("output", (&self.output, session.outputs()), accepted)
    }
}

/// Looks for a port by its name, and for one of these forms of a row.
fn compare(port: &'static str, (name, ports): (&str, &[Port]), rows: &[&[usize]]) -> Result<(), Refused> {
    let found = ports.iter().find(|port| port.name == name);
    if found.is_some_and(|found| rows.iter().any(|row| fits(found, row))) {
        return Ok(());
    }
    let expected = rows.iter().map(|row| {
        let shape = [None].into_iter().chain(row.iter().map(|length| Some(*length)));
        text(&Port { name: name.to_owned(), element: FLOAT.to_owned(), shape: shape.collect() })
    });
    let expected = expected.collect::<Vec<_>>().join(" or ");
    Err(Refused::Port { port, expected, found: found.map_or_else(|| texts(ports), text) })
}

/// Whether it has rows of this form, all at once or one by one; what a graph does not say is seen when it runs.
fn fits(port: &Port, row: &[usize]) -> bool {
    let is_same = |(found, wanted): (&Option<usize>, &usize)| found.is_none_or(|found| found == *wanted);
    let has_form = match &port.shape[..] {
        [] => true,
        [rows, lengths @ ..] => {
            rows.is_none_or(|rows| rows == 1)
                && lengths.len() == row.len()
                && lengths.iter().zip(row).all(is_same)
        }
    };
    port.element == FLOAT && has_form
}

fn texts(ports: &[Port]) -> String {
    let all: Vec<String> = ports.iter().map(text).collect();
    if all.is_empty() { "missing".to_owned() } else { all.join(", ") }
}

/// Such as `x: f32 [?, 23]`.
fn text(Port { name, element, shape }: &Port) -> String {
    let lengths =
        shape.iter().map(|length| length.map_or_else(|| "?".to_owned(), |length| length.to_string()));
    format!("{name}: {element} [{}]", lengths.collect::<Vec<_>>().join(", "))
}
