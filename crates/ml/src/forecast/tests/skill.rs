//! What is there is found, and what is not is not claimed.

use super::{Market, quick, trained};
use crate::forecast::{Kind, Report, Settings, Stage, train};
use std::ops::ControlFlow;

fn report(skill: f64, settings: &Settings, seed: u64) -> Report {
    trained(&Market { stocks: 6, days: 500, skill, seed }.panel(), settings).report
}

#[test]
fn a_signal_that_is_there_is_found() {
    for kind in Kind::ALL {
        let rounds = Some(if kind == Kind::Trees { 80 } else { 12 });
        // A transformer takes long, and is looked at by itself.
        let members = quick(kind).members.into_iter().filter(|member| *member != Kind::Tft).collect();
        let report = report(0.7, &Settings { folds: 2, rounds, members, ..quick(kind) }, 1);
        let [points, quantiles] =
            [report.points_against_naive, report.quantiles_against_naive].map(Option::unwrap);
        assert!(points.is_significant(0.01) && quantiles.is_significant(0.01), "{kind:?} {points:?}");
        let [model, .., naive, _] = &report.scores[..] else { panic!("three forecasters at least") };
        assert!(model.mae_ratio_to_naive.unwrap() < 0.95 && model.crps < naive.crps, "{kind:?} {model:?}");
        assert!(model.accuracy.unwrap().low > 0.6 && model.brier.unwrap() < 0.23, "{kind:?} {model:?}");
        assert!(model.sharpe.unwrap() > 3.0 && model.deflated_sharpe.unwrap() > 0.95, "{kind:?} {model:?}");
        // An LSTM does not tell, nor an ensemble that has one.
        if matches!(kind, Kind::Trees | Kind::Tft) {
            let largest = report.importance.iter().max_by(|one, other| one.share.total_cmp(&other.share));
            assert_eq!(largest.unwrap().column, "signal", "{kind:?}");
        }
    }
}

#[test]
fn nothing_is_claimed_of_noise() {
    for seed in 1..=5 {
        let report = report(0.0, &Settings { folds: 2, ..quick(Kind::Trees) }, seed);
        let points = report.points_against_naive;
        assert!(points.is_none_or(|points| !points.is_significant(0.05)), "{seed}: {points:?}");
        let model = &report.scores[0];
        assert!((model.brier.unwrap() - 0.25).abs() < 0.005, "{seed}: {model:?}");
        assert!(model.deflated_sharpe.is_none_or(|sharpe| sharpe < 0.95), "{seed}: {model:?}");
    }
}

#[test]
fn intervals_cover_what_they_promise_also_over_a_week() {
    for horizon in [1, 5] {
        let panel = Market { stocks: 8, days: 700, skill: 0.0, seed: 4 }.panel();
        let report = trained(&panel, &Settings { horizon, folds: 3, ..quick(Kind::Trees) }).report;
        let model = &report.scores[0];
        assert!((0.935..0.965).contains(&model.coverage_95.share), "{horizon}: {model:?}");
        assert!((0.98..0.997).contains(&model.coverage_99.share), "{horizon}: {model:?}");
        assert_eq!(report.regimes.len(), 2);
    }
}

/// In the week after wild days a wider interval is said than after calm ones.
#[test]
fn intervals_breathe() {
    let panel = Market { stocks: 4, days: 520, skill: 0.0, seed: 2 }.panel();
    let forecaster = trained(&panel, &quick(Kind::Trees)).forecaster;
    let width = |days: usize| {
        let said = forecaster.forecast(&[super::until(&panel[0], days)], &[]).remove(0).unwrap();
        (said.interval_95.width(), said.volatility)
    };
    // Days 460 to 479 were wild, 480 to 499 calm.
    let (wild, calm) = (width(480), width(500));
    assert!(wild.0 > 1.2 * calm.0 && wild.1 > 1.2 * calm.1, "{wild:?} {calm:?}");
}

#[test]
fn contributions_name_the_feature_behind_a_forecast() {
    let panel = Market { stocks: 4, days: 400, skill: 1.0, seed: 5 }.panel();
    for kind in Kind::ALL {
        let forecaster = trained(&panel, &quick(kind)).forecaster;
        let said = forecaster.forecast(&panel, &[]).remove(0).unwrap();
        match kind {
            Kind::Lstm | Kind::Ensemble | Kind::Own => assert!(said.contributions.is_empty()),
            Kind::Tft => assert!((said.contributions.iter().sum::<f32>() - 1.0).abs() < 1e-4),
            Kind::Trees => {
                let shares: Vec<f32> = said.contributions.iter().map(|one| one.abs()).collect();
                assert!(shares.len() == 3 && shares[0] > shares[1] && shares[0] > shares[2], "{said:?}");
            }
        }
    }
}

#[test]
fn progress_rises_to_the_end_and_may_stop_everything() {
    let panel = Market::SMALL.panel();
    let mut heard = Vec::new();
    let settings = Settings { trials: 2, folds: 2, ..quick(Kind::Trees) };
    train(&panel, &settings, |progress| {
        heard.push(*progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(heard.is_sorted_by_key(|progress| progress.share));
    let last = heard.last().unwrap();
    assert_eq!((last.stage, last.share.to_bits(), last.trials), (Stage::Training, 1.0_f64.to_bits(), 6));
    for stop in [1, 30, heard.len() - 1] {
        let mut left = stop;
        let stopped = train(&panel, &settings, |_| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(crate::forecast::Error::Stopped)), "{stop}");
    }
}
