//! Falls from a peak.

/// A fall of an equity curve, by positions in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawdown {
    /// The share of the peak that was lost, 0 to 1, or more where debts were made.
    pub depth: f64,
    /// Where it was highest before.
    pub peak: usize,
    /// Where it was lowest.
    pub trough: usize,
    /// Where it first was as high as the peak again; `None` if it never was.
    pub recovery: Option<usize>,
}

/// The deepest fall of an `equity` curve, the first of equals; one of depth 0 at the start if it never falls.
///
/// `None` for an empty curve, one that is not finite, or one that does not start above 0.
pub fn maximum_drawdown(equity: &[f64]) -> Option<Drawdown> {
    let is_sound = equity.first()? > &0.0 && equity.iter().all(|value| value.is_finite());
    if !is_sound {
        return None;
    }
    let (mut deepest, mut peak) = (Drawdown { depth: 0.0, peak: 0, trough: 0, recovery: Some(0) }, 0);
    for (at, value) in equity.iter().enumerate() {
        if *value > equity[peak] {
            peak = at;
        }
        let depth = 1.0 - value / equity[peak];
        if depth > deepest.depth {
            deepest = Drawdown { depth, peak, trough: at, recovery: None };
        }
    }
    let after = equity[deepest.trough..].iter().position(|value| *value >= equity[deepest.peak]);
    Some(Drawdown { recovery: after.map(|steps| deepest.trough + steps), ..deepest })
}
