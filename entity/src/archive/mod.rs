//! Files for download and import.

#[expect(clippy::module_inception, reason = "a file has the name of its table")]
pub mod archive;
pub mod archive_part;
