//! The binary `bellwether`.

use clap::Parser;

fn main() -> std::process::ExitCode {
    api::command::run(api::command::Arguments::parse())
}
