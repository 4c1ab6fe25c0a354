//! Relay's conventions: global ids, nodes, connections.

mod connection;
mod cursor;
mod id;
mod node;

pub use connection::{Connection, PageArguments, wants_total};
pub use cursor::{decode, encode};
pub use id::{GlobalId, NodeKind};
pub use node::NodeQuery;
