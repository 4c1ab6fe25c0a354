//! Jumps of a single session.

use super::{Defect, Kind, Repair, prepared::Prepared};

/// A spike is at least this many times the usual spread,
const WILD: f64 = 8.0;
/// at least this as a logarithm,
const LEAST_SPIKE: f64 = 0.2;
/// and taken back but for this part.
const LEFT_OVER: f64 = 0.2;
/// Who trades so many times the usual volume means the price.
const BUSY: f64 = 2.0;
/// A split leaves the money that is traded as it is; news multiply it.
const BUSY_AFTER_SPLIT: f64 = 3.0;
/// No news multiply a price by so much in a day as a reverse split does, however many trade then.
const BEYOND_NEWS: f64 = 3.0;
/// How far from its ratio a jump may be, as a logarithm: so many spreads, but not less or more than that.
const SPREADS: f64 = 3.0;
const LEAST_TOLERANCE: f64 = 0.03;
const MOST_TOLERANCE: f64 = 0.06;
const MOST_TOLERANCE_BEYOND_NEWS: f64 = 0.15;
/// New shares for old ones, as companies split; each counts the other way round, too.
const RATIOS: [(f64, f64); 16] = [
    (3.0, 2.0),
    (2.0, 1.0),
    (5.0, 2.0),
    (3.0, 1.0),
    (4.0, 1.0),
    (5.0, 1.0),
    (6.0, 1.0),
    (7.0, 1.0),
    (8.0, 1.0),
    (10.0, 1.0),
    (12.0, 1.0),
    (15.0, 1.0),
    (20.0, 1.0),
    (25.0, 1.0),
    (30.0, 1.0),
    (50.0, 1.0),
];

/// Bars whose jump the next session takes back, on no more volume than usual.
pub(super) fn spikes<D: Copy + Ord>(series: &mut Prepared<'_, D>) -> Vec<Defect<D>> {
    let mut defects = Vec::new();
    for at in 1..series.jumps.len().saturating_sub(1) {
        let (up, down) = (series.jumps[at], series.jumps[at + 1]);
        let is_wild = up.abs() >= LEAST_SPIKE.max(WILD * series.spread);
        let is_back = (up + down).abs() <= LEFT_OVER * up.abs();
        let is_new = !series.is_wrong[at - 1..=at + 1].iter().any(|wrong| *wrong);
        if is_wild && is_back && is_new && !is_busy(series, at) {
            series.is_wrong[at] = true;
            let (day, bar) = series.bars[at];
            let evidence = vec![
                ("close", bar.close),
                ("jump", up.exp()),
                ("jumpBack", down.exp()),
                ("spreads", up.abs() / series.spread),
            ];
            defects.push(Defect { day, kind: Kind::Spike, evidence, repair: None, is_certain: false });
        }
    }
    defects
}

fn is_busy<D: Copy + Ord>(series: &Prepared<'_, D>, at: usize) -> bool {
    let usual = series.usual_volume(at);
    series.bars[at].1.volume.zip(usual).is_some_and(|(volume, usual)| volume >= BUSY * usual)
}

/// Jumps by the ratio of a split that stay, while the money that is traded does not change.
pub(super) fn missing_splits<D: Copy + Ord>(series: &Prepared<'_, D>) -> Vec<Defect<D>> {
    let found = (1..series.jumps.len()).filter_map(|at| {
        let jump = series.jumps[at];
        let (new, old) = ratio(jump, series.spread)?;
        let wrong = &series.is_wrong[at - 1..=at];
        if jump.abs() < WILD * series.spread || wrong.contains(&true) || !stays(series, at) {
            return None;
        }
        let money = money(series, at);
        if !is_beyond_news(jump) && money.is_some_and(|times| times > BUSY_AFTER_SPLIT) {
            return None;
        }
        let (day, bar) = series.bars[at];
        let money = money.map(|times| ("turnoverTimesUsual", times));
        let evidence = [("close", bar.close), ("jump", jump.exp())].into_iter().chain(money).collect();
        let repair = Some(Repair::Split { new, old });
        Some(Defect { day, kind: Kind::MissingSplit, evidence, repair, is_certain: false })
    });
    found.collect()
}

/// The split that explains a jump.
fn ratio(jump: f64, spread: f64) -> Option<(f64, f64)> {
    let most = if is_beyond_news(jump) { MOST_TOLERANCE_BEYOND_NEWS } else { MOST_TOLERANCE };
    let tolerance = (SPREADS * spread).clamp(LEAST_TOLERANCE, most);
    let both = RATIOS.iter().flat_map(|(new, old)| [(*new, *old), (*old, *new)]);
    let distance = |(new, old): (f64, f64)| (jump + (new / old).ln()).abs();
    let nearest = both.min_by(|one, other| distance(*one).total_cmp(&distance(*other)));
    nearest.filter(|ratio| distance(*ratio) <= tolerance)
}

fn is_beyond_news(jump: f64) -> bool {
    jump >= BEYOND_NEWS.ln()
}

/// Whether the next session, as far as there is one, does not take it back.
fn stays<D>(series: &Prepared<'_, D>, at: usize) -> bool {
    let jump = series.jumps[at];
    series.jumps.get(at + 1).is_none_or(|next| (jump + next).abs() > jump.abs() / 2.0)
}

/// Price times volume against what is usual.
fn money<D: Copy + Ord>(series: &Prepared<'_, D>, at: usize) -> Option<f64> {
    let volume = series.bars[at].1.volume?;
    let usual = series.usual_volume(at)?;
    Some(volume * series.bars[at].1.close / (usual * series.bars[at - 1].1.close))
}
