use super::{
    moment::{Moment, Part},
    noise::Key,
};
use std::sync::{Mutex, PoisonError};

/// A session's share of the variance of a day; the rest is the night's.
const DAY_VARIANCE: f64 = 0.7;
/// Halvings down to about a second: 6.5 hours are 23 400 seconds, a weekend's four seconds go unseen.
const DEPTH: u32 = 16;
/// Halvings of a session for its high and low.
const GRID_DEPTH: u32 = 6;
/// A session's parts on the grid, six minutes each.
pub(super) const CELLS: usize = 1 << GRID_DEPTH;
/// Sessions between two jumps: four a year.
const JUMP_INTERVAL: usize = 63;
/// How much of the night is over when the news is out.
const JUMP_SHARE: f64 = 0.04;

/// A series' values at the borders of the cells of a session.
pub(super) type Grid = [f64; CELLS + 1];

/// A random walk with a daily variance of one, known at every moment without walking there.
///
/// Each night and each day has its step by key; within, a Brownian bridge is halved down to the moment (Lévy's
/// construction), again with a normal by key for each midpoint.
#[derive(Debug)]
pub(super) struct Series {
    key: Key,
    style: Style,
    /// At the close of each session so far asked for.
    levels: Mutex<Vec<f64>>,
}

/// What a series does besides wandering.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// Added each night.
    pub drift: f64,
    /// The share of its level that it loses each night.
    pub reversion: f64,
    /// The least size of the jumps that news makes; none if it is 0.
    pub jump: f64,
}

impl Series {
    pub(super) fn new(key: Key, style: Style) -> Self {
        Self { key, style, levels: Mutex::default() }
    }

    /// The value at the close of `session`.
    pub(super) fn level(&self, session: usize) -> f64 {
        // A half-extended vector is as good as a whole one.
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        while levels.len() <= session {
            let (number, before) = (levels.len(), levels.last().copied().unwrap_or(0.0));
            levels.push(before + self.night(number, before) + self.jump(number) + self.day(number));
        }
        levels[session]
    }

    pub(super) fn value(&self, moment: &Moment) -> f64 {
        let before = self.level_before(moment.session);
        let night = self.night(moment.session, before);
        match moment.part {
            Part::Night => {
                let jump = if moment.share >= JUMP_SHARE { self.jump(moment.session) } else { 0.0 };
                let noise = bridge(self.part_key(moment.session, Part::Night), moment.share);
                before + jump + moment.share * night + (1.0 - DAY_VARIANCE).sqrt() * noise
            }
            Part::Day => {
                let open = before + night + self.jump(moment.session);
                let noise = bridge(self.part_key(moment.session, Part::Day), moment.share);
                open + moment.share * self.day(moment.session) + DAY_VARIANCE.sqrt() * noise
            }
        }
    }

    /// The values during `session`, equal to those of `value` at the same moments.
    pub(super) fn grid(&self, session: usize) -> Grid {
        let before = self.level_before(session);
        let open = before + self.night(session, before) + self.jump(session);
        let step = self.day(session) / CELLS as f64;
        let mut grid = bridge_grid(self.part_key(session, Part::Day));
        for (index, value) in grid.iter_mut().enumerate() {
            *value = open + step * index as f64 + DAY_VARIANCE.sqrt() * *value;
        }
        grid
    }

    /// The jump in the night before `session`, nearly always none.
    pub(super) fn jump(&self, session: usize) -> f64 {
        let key = self.key.with(2).with((session / JUMP_INTERVAL) as u64);
        if self.style.jump <= 0.0 || session % JUMP_INTERVAL != key.index(JUMP_INTERVAL) {
            return 0.0;
        }
        let size = key.with(1).normal();
        size.signum() * self.style.jump * (1.0 + size.abs())
    }

    /// How much of the night is over when the news is out.
    pub(super) const fn jump_share() -> f64 {
        JUMP_SHARE
    }

    fn level_before(&self, session: usize) -> f64 {
        session.checked_sub(1).map_or(0.0, |before| self.level(before))
    }

    fn night(&self, session: usize, before: f64) -> f64 {
        let step = (1.0 - DAY_VARIANCE).sqrt() * self.part_key(session, Part::Night).normal();
        self.style.drift - self.style.reversion * before + step
    }

    fn day(&self, session: usize) -> f64 {
        DAY_VARIANCE.sqrt() * self.part_key(session, Part::Day).normal()
    }

    fn part_key(&self, session: usize, part: Part) -> Key {
        self.key.with(part as u64).with(session as u64)
    }
}

/// A standard Brownian bridge over 0…1 at `share`.
fn bridge(key: Key, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.0);
    let (mut start, mut length, mut deviation, mut node) = (0.0, 1.0, 0.5, 1_u64);
    for _ in 0..DEPTH {
        let middle = f64::midpoint(low, high) + deviation * key.with(node).normal();
        length /= 2.0;
        deviation *= std::f64::consts::FRAC_1_SQRT_2;
        if share < start + length {
            (high, node) = (middle, 2 * node);
        } else {
            (low, start, node) = (middle, start + length, 2 * node + 1);
        }
    }
    low + (high - low) * (share - start) / length
}

/// The bridge at the borders of all cells.
fn bridge_grid(key: Key) -> Grid {
    let mut grid = [0.0; CELLS + 1];
    let mut deviation = 0.5;
    for level in 0..GRID_DEPTH {
        let length = CELLS >> level;
        for (index, start) in (0..CELLS).step_by(length).enumerate() {
            let normal = key.with((1_u64 << level) + index as u64).normal();
            grid[start + length / 2] = f64::midpoint(grid[start], grid[start + length]) + deviation * normal;
        }
        deviation *= std::f64::consts::FRAC_1_SQRT_2;
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> Series {
        Series::new(Key::new(7), Style { drift: 0.03, reversion: 0.002, jump: 2.0 })
    }

    fn at(session: usize, part: Part, share: f64) -> Moment {
        Moment { session, part, share, distance: 0.0 }
    }

    #[track_caller]
    fn close(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-9, "{one} {other}");
    }

    #[test]
    fn nights_and_days_join_without_a_gap() {
        let series = series();
        for session in 1..200 {
            close(series.value(&at(session, Part::Night, 0.0)), series.level(session - 1));
            close(series.value(&at(session, Part::Night, 1.0)), series.value(&at(session, Part::Day, 0.0)));
            close(series.value(&at(session, Part::Day, 1.0)), series.level(session));
        }
    }

    #[test]
    fn the_grid_lies_on_the_path() {
        let series = series();
        for (index, value) in series.grid(5).into_iter().enumerate() {
            close(value, series.value(&at(5, Part::Day, index as f64 / CELLS as f64)));
        }
    }

    #[test]
    fn bridges_have_the_variance_of_a_brownian_bridge() {
        for share in [0.1, 0.25, 0.5, 0.8] {
            let squares = (0..20_000).map(|index| bridge(Key::new(3).with(index), share).powi(2));
            let variance = squares.sum::<f64>() / 20_000.0;
            assert!((variance / (share * (1.0 - share)) - 1.0).abs() < 0.05, "{share} {variance}");
        }
    }

    #[test]
    fn four_jumps_happen_each_year() {
        let series = series();
        let jumps: Vec<f64> =
            (0..252).map(|session| series.jump(session)).filter(|jump| *jump != 0.0).collect();
        assert!(jumps.len() == 4 && jumps.iter().all(|jump| jump.abs() >= 2.0), "{jumps:?}");
    }

    #[test]
    fn the_order_of_questions_does_not_matter() {
        let (one, other) = (series(), series());
        let late = one.level(500);
        other.level(3);
        close(other.level(500), late);
        close(one.level(3), other.level(3));
    }
}
