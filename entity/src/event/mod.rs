//! What happened, in order, and how far each topic has come.

#[expect(clippy::module_inception, reason = "a file has the name of its table")]
pub mod event;
pub mod topic;
