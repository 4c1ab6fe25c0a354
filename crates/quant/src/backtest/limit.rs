//! How much a strategy may hold.

/// Limits on positions as decided; prices may carry them beyond until the next decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The largest weight of a symbol, long or short.
    pub weight: f64,
    /// The largest sum of weights without their signs.
    pub gross: f64,
    /// The largest number of positions.
    pub positions: usize,
}

/// A weight wanted for a symbol.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wish {
    pub(super) symbol: usize,
    pub(super) weight: f64,
}

/// Positions that a decision leaves as they are; they take up room but are not cut.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) gross: f64,
    pub(super) positions: usize,
}

impl Limits {
    /// No limit at all.
    pub const NONE: Self = Self { weight: f64::INFINITY, gross: f64::INFINITY, positions: usize::MAX };

    /// Cuts wishes: the smallest ones beyond the number of positions, of equals the last; then each to the largest weight;
    /// then all alike to the gross exposure.
    pub(super) fn apply(&self, wishes: &mut [Wish], kept: Kept) {
        let room = self.positions.saturating_sub(kept.positions);
        if wishes.iter().filter(|wish| wish.weight.abs() > 0.0).count() > room {
            wishes.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
            wishes[room..].iter_mut().for_each(|wish| wish.weight = 0.0);
        }
        for wish in wishes.iter_mut() {
            wish.weight = wish.weight.clamp(-self.weight, self.weight);
        }
        let gross: f64 = wishes.iter().map(|wish| wish.weight.abs()).sum();
        let room = (self.gross - kept.gross).max(0.0);
        if gross > room {
            for wish in wishes {
                wish.weight *= room / gross;
            }
        }
    }
}
