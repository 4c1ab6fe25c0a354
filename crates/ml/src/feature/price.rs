//! Features of prices and volume.

use super::day::{Series, known};
use quant::indicator::{Bands, Bollinger, Convergence, Macd, Rsi, Sma, Volatility, over};

/// `ret_1d`: the simple return since the close before, as a share of it.
pub(super) fn return_of_a_day(series: &Series) -> Vec<Option<f64>> {
    quant::returns::simple(&series.closes)
}

/// `ret_5d`: the simple return since the close five trading days before, as a share of it.
pub(super) fn return_of_five_days(series: &Series) -> Vec<Option<f64>> {
    let before = before(&series.closes, 5);
    combine(&known(&series.closes), &before, |close, before| close / before - 1.0)
}

/// `close_lag_1` to `close_lag_3`: the close so many trading days before, in the currency of the price.
pub(super) fn close_before<const LAG: usize>(series: &Series) -> Vec<Option<f64>> {
    before(&series.closes, LAG)
}

/// `vol_20`: the sample standard deviation of the last 20 daily log returns, per day; see [`Volatility`].
pub(super) fn volatility(series: &Series) -> Vec<Option<f64>> {
    over(Volatility::new(20), &series.closes)
}

/// `rsi_14`: Wilder's relative strength index over 14 days, 0 to 100; see [`Rsi`].
pub(super) fn strength(series: &Series) -> Vec<Option<f64>> {
    over(Rsi::new(14), &series.closes)
}

/// `macd`: the exponential average of 12 closes less that of 26, in the currency of the price; see [`Macd`].
pub(super) fn convergence(series: &Series) -> Vec<Option<f64>> {
    of_convergence(series, |macd| macd.line)
}

/// `macd_signal`: the exponential average of 9 values of `macd`, in the currency of the price.
pub(super) fn convergence_signal(series: &Series) -> Vec<Option<f64>> {
    of_convergence(series, |macd| macd.signal)
}

/// `macd_hist`: `macd` less its signal, in the currency of the price.
pub(super) fn convergence_histogram(series: &Series) -> Vec<Option<f64>> {
    of_convergence(series, |macd| macd.histogram)
}

/// `bb_upper`: two standard deviations above the mean of 20 closes, in the currency of the price; see [`Bollinger`].
pub(super) fn upper_band(series: &Series) -> Vec<Option<f64>> {
    of_bands(series, |bands| Some(bands.upper))
}

/// `bb_lower`: two standard deviations below the mean of 20 closes, in the currency of the price.
pub(super) fn lower_band(series: &Series) -> Vec<Option<f64>> {
    of_bands(series, |bands| Some(bands.lower))
}

/// `bb_width`: the distance between the bands as a share of the mean.
pub(super) fn band_width(series: &Series) -> Vec<Option<f64>> {
    of_bands(series, |bands| bands.width())
}

/// `sma20_ratio` and `sma50_ratio`: the close over the mean of so many closes, itself included.
pub(super) fn ratio_to_average<const PERIOD: usize>(series: &Series) -> Vec<Option<f64>> {
    combine(&known(&series.closes), &over(Sma::new(PERIOD), &series.closes), |close, average| close / average)
}

/// `sma_cross`: 1 where the mean of 20 closes is above that of 50, -1 where it is below, 0 where they are equal.
pub(super) fn cross(series: &Series) -> Vec<Option<f64>> {
    let [fast, slow] = [20, 50].map(|period| over(Sma::new(period), &series.closes));
    combine(&fast, &slow, |fast, slow| f64::from(i8::from(fast > slow) - i8::from(fast < slow)))
}

/// `log_volume`: `ln(1 + volume)`, the volume in shares.
pub(super) fn log_volume(series: &Series) -> Vec<Option<f64>> {
    known(&series.volumes).into_iter().map(|volume| Some(volume?.ln_1p())).collect()
}

/// `volume_ratio`: the volume over the mean of 20 days' volume, itself included; not known if nothing was traded.
pub(super) fn volume_ratio(series: &Series) -> Vec<Option<f64>> {
    let averages = over(Sma::new(20), &series.volumes);
    let ratios = combine(&known(&series.volumes), &averages, |volume, average| volume / average);
    ratios.into_iter().map(|ratio| ratio.filter(|ratio| ratio.is_finite())).collect()
}

fn of_convergence(series: &Series, of: fn(Convergence) -> f64) -> Vec<Option<f64>> {
    over(Macd::default(), &series.closes).into_iter().map(|macd| macd.map(of)).collect()
}

fn of_bands(series: &Series, of: fn(Bands) -> Option<f64>) -> Vec<Option<f64>> {
    over(Bollinger::default(), &series.closes).into_iter().map(|bands| bands.and_then(of)).collect()
}

/// What was known so many days before.
fn before(values: &[f64], days: usize) -> Vec<Option<f64>> {
    let shifted = std::iter::repeat_n(None, days).chain(known(values));
    shifted.take(values.len()).collect()
}

/// What two series give where both are known.
pub(super) fn combine(
    one: &[Option<f64>],
    other: &[Option<f64>],
    with: impl Fn(f64, f64) -> f64,
) -> Vec<Option<f64>> {
    one.iter().zip(other).map(|(one, other)| Some(with((*one)?, (*other)?))).collect()
}
