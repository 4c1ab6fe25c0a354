//! Files of accounts, kept in the database: whoever writes one and whoever serves it share nothing else.
//!
//! Owns the tables `archive` and `archive_part`. Files come and go by parts, never whole; each part is a short
//! transaction, so that other writers get their turn. Under all features, which know what is in the files.

mod error;
mod expiry;
mod file;
pub mod personal;
mod writer;

pub use entity::archive::archive::{ArchiveKind as Kind, ArchiveState as State, Model as Row};
pub use error::Error;
pub use expiry::{delete, delete_expired, delete_of, hide};
pub use file::{FileName, NewArchive, begin, find, find_ready, list, of_job, part, remember_import};
pub use writer::Writer;

use chrono::TimeDelta;

/// How long an archive can be downloaded.
pub const LIFETIME: TimeDelta = TimeDelta::days(7);
/// How long writing one may take; what is not ready then never will be.
pub const LONGEST_WRITING: TimeDelta = TimeDelta::hours(2);
/// So many archives an account may have.
pub const MOST: u64 = 20;
/// The size of all parts but the last.
const PART: usize = 512 * 1024;
