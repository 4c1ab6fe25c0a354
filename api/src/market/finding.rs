//! What is wrong with bars, as clients see it.

use crate::scalar::Date;
use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::market::finding::{self, Proposal};

/// What is wrong with a bar, or that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "finding::Kind")]
pub enum FindingKind {
    /// The exchange traded, and there is no bar.
    Gap,
    /// The bar repeats all numbers of the session before.
    Duplicate,
    /// A hundred times too high or too low, as pence for pounds.
    UnitError,
    /// On the wrong side of a known split.
    BadSplit,
    /// A jump that a split explains, and no split is known.
    MissingSplit,
    /// A jump that the next session takes back, on no more volume than usual.
    Spike,
    /// Another source says another close; `evidence` has it under that source's name.
    Disagreement,
}

/// How far the decision about a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "finding::State")]
pub enum FindingState {
    /// Waits for an administrator; the bar is read.
    Open,
    /// Waits for an administrator; the bar is left out of prices until then.
    Quarantined,
    /// What it proposed was done.
    Applied,
    /// Nothing is done, or there is nothing left to do.
    Dismissed,
}

/// Who decided about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "finding::DecidedBy")]
pub enum FindingDecider {
    /// The check itself: the repair was beyond doubt, or the source mended it.
    Rule,
    /// An administrator.
    Admin,
}

/// Which findings are wanted; nothing given, nothing excluded.
#[derive(Clone, Debug, Default, InputObject)]
pub struct FindingFilter {
    /// Only these kinds.
    pub kinds: Option<Vec<FindingKind>>,
    /// Only these states.
    pub states: Option<Vec<FindingState>>,
}

impl From<FindingFilter> for finding::Filter {
    fn from(filter: FindingFilter) -> Self {
        Self {
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

/// Something about a bar that can't be right, or is hard to believe.
#[derive(Clone, Debug)]
pub struct PriceFinding(pub finding::Row);

/// Something about a bar that can't be right, or is hard to believe.
#[Object]
impl PriceFinding {
    /// Identifies the finding, for `decidePriceFinding`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The session's day.
    async fn day(&self) -> Date {
        Date(self.0.time.date_naive())
    }

    /// What is wrong.
    async fn kind(&self) -> FindingKind {
        self.0.kind.into()
    }

    /// How far the decision is.
    async fn state(&self) -> FindingState {
        self.0.state.into()
    }

    /// The numbers behind it, by name.
    async fn evidence(&self) -> Vec<EvidenceValue> {
        let evidence = finding::evidence(&self.0).into_iter();
        evidence.map(|(name, value)| EvidenceValue { name, value }).collect()
    }

    /// What would make it right; null where the data do not tell.
    async fn proposal(&self) -> Option<RepairProposal> {
        finding::proposal(&self.0).map(RepairProposal::from)
    }

    /// When it was found.
    async fn found_at(&self) -> DateTime<Utc> {
        self.0.known_at
    }

    /// When it was decided; null while it waits.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Who decided; null while it waits.
    async fn decided_by(&self) -> Option<FindingDecider> {
        self.0.decided_by.map(Into::into)
    }
}

/// A named number.
#[derive(Clone, Debug, SimpleObject)]
pub struct EvidenceValue {
    /// Such as `close`, `jump` (price over price before) or `factor`.
    name: String,
    /// The number.
    value: f64,
}

/// What would make a bar right: either its prices are multiplied, or a split is recorded.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct RepairProposal {
    /// What the bar's prices are multiplied by; null for a split.
    price_factor: Option<f64>,
    /// What the bar's volume is multiplied by; null for a split.
    volume_factor: Option<f64>,
    /// Of a split with this ex-date, how many new shares there are for `oldShares`; null unless one is proposed.
    new_shares: Option<f64>,
    /// Of a split, how many old shares become `newShares`; null unless one is proposed.
    old_shares: Option<f64>,
}

impl From<Proposal> for RepairProposal {
    fn from(proposal: Proposal) -> Self {
        match proposal {
            Proposal::Scale { prices, volume } => {
                Self { price_factor: Some(prices), volume_factor: Some(volume), ..Self::default() }
            }
            Proposal::Split { new, old } => {
                Self { new_shares: Some(new), old_shares: Some(old), ..Self::default() }
            }
        }
    }
}
