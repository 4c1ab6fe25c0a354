//! The durable queue, for reading; `jobs` writes it.

#[expect(clippy::module_inception, reason = "a file has the name of its table")]
pub mod job;
