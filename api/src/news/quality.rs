//! What posts are worth, and which repeat each other.

use crate::relay::{GlobalId, NodeKind};
use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use domain::news::{copy, quality};

/// Where the quality of a post stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "quality::Tier")]
pub enum QualityTier {
    /// Below 30.
    Poor,
    /// From 30.
    Fair,
    /// From 50.
    Good,
    /// From 70.
    Excellent,
}

/// How much a post is worth, from 0 to 100, and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct PostQuality {
    /// The weighted mean of the parts that are known; no more than 29 above `spam`.
    pub total: f64,
    /// The total in a word.
    pub tier: QualityTier,
    /// Whether the total was good enough when it was rated: 50, unless that is set otherwise.
    pub is_quality: bool,
    /// Votes and comments on a logarithmic scale, full at 1000; null where nobody votes or comments.
    pub engagement: Option<f64>,
    /// 50 at 50 characters, 100 from 300 on.
    pub length: f64,
    /// The share of up-votes, from 0 at 40 % to 100; null if the source does not tell.
    pub upvotes: Option<f64>,
    /// How free it is of what spam looks like: emoji floods, shouting, promises.
    pub spam: f64,
    /// Whether less than 40 % of the votes are up-votes: readers were set on it.
    pub is_brigaded: bool,
}

impl From<quality::Row> for PostQuality {
    fn from(row: quality::Row) -> Self {
        Self {
            total: row.total,
            tier: quality::Tier::of(row.total).into(),
            is_quality: row.is_quality,
            engagement: row.engagement,
            length: row.length,
            upvotes: row.upvotes,
            spam: row.spam,
            is_brigaded: row.is_brigaded,
        }
    }
}

/// Why a text is there more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "copy::CopyKind")]
pub enum CopyKind {
    /// Its author posts it again, or a publisher prints what another wrote.
    CrossPost,
    /// At least five posts within three days are alike, by three authors or more.
    Campaign,
}

/// What a post repeats.
#[derive(Clone, Debug, SimpleObject)]
pub struct PostCopy {
    /// The first post of those that are alike; of a campaign it may be this one.
    pub first_id: ID,
    /// Why it is there more than once.
    pub kind: CopyKind,
    /// When it was found out.
    pub known_at: DateTime<Utc>,
}

impl From<copy::Row> for PostCopy {
    fn from(row: copy::Row) -> Self {
        let first_id = GlobalId::new(NodeKind::Post, row.first_id).encode();
        Self { first_id, kind: row.kind.into(), known_at: row.known_at }
    }
}
