//! What a document may not exceed.

use crate::error::ApiError;
use async_graphql::ServerError;

/// A limit that a document exceeds.
#[derive(Clone, Copy, Debug)]
pub struct Excess {
    /// What it has too much of.
    pub limit: &'static str,
    /// How much; `None` where counting stopped at the limit.
    pub found: Option<u64>,
    pub most: u64,
    /// What to do about it.
    pub advice: &'static str,
}

impl Excess {
    pub fn over(limit: &'static str, most: usize, advice: &'static str) -> Self {
        Self { limit, found: None, most: most as u64, advice }
    }
}

impl From<Excess> for Vec<ServerError> {
    fn from(excess: Excess) -> Self {
        let Excess { limit, found, most, advice } = excess;
        let message = match found {
            Some(found) => format!("the document has a {limit} of {found}, the most is {most}: {advice}"),
            None => format!("the document has more than {most} {limit}: {advice}"),
        };
        vec![ApiError::too_complex(message).with_limit(limit, most, found).into()]
    }
}
