//! `bellwether models train`, of models that forecast prices.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use domain::{
    forecast::{
        Artefacts, Progress, Report, Scores, Share,
        model::{self, HORIZONS, Kind, Row},
        promotion::objections,
        training::{Request, train},
    },
    market::Symbol,
};
use indicatif::{ProgressBar, ProgressStyle};
use platform::{Platform, config::Config};
use tokio::sync::watch;

#[derive(Debug, Args)]
pub struct TrainForecast {
    /// Symbols to learn from; default the watch-list.
    #[arg(long, value_delimiter = ',', value_name = "SYMBOLS")]
    universe: Vec<Symbol>,
    /// The first day to learn from, as 2014-01-01.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last; default today.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// What the models are made of.
    #[arg(long, value_delimiter = ',', default_value = "trees")]
    kind: Vec<ModelKind>,
    /// How many trading days ahead: 1 or 5; default both.
    #[arg(long, value_delimiter = ',', value_name = "DAYS")]
    horizon: Vec<i32>,
    /// Which features: 1.0.0 has 23, 2.0.0 has 29.
    #[arg(long, default_value = "2.0.0", value_name = "VERSION")]
    features: String,
    /// How many settings are tried.
    #[arg(long, default_value_t = 1)]
    trials: u32,
    /// How many times a model is trained on the past and tested on what came then.
    #[arg(long, default_value_t = 5)]
    folds: u32,
    /// The most trees of a quantile, or epochs of a network; default as is usual for the kind.
    #[arg(long)]
    rounds: Option<u32>,
    /// Decides everything that is left to chance: the same data, settings and seed give the same file.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Nothing that became known later is looked at, as 2014-12-31T21:00:00Z; default now.
    #[arg(long, value_name = "TIME")]
    as_of: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModelKind {
    Trees,
    Lstm,
    Tft,
}

impl From<ModelKind> for Kind {
    fn from(kind: ModelKind) -> Self {
        match kind {
            ModelKind::Trees => Self::Trees,
            ModelKind::Lstm => Self::Lstm,
            ModelKind::Tft => Self::Tft,
        }
    }
}

/// Trains models, and says how they compare with knowing nothing.
pub async fn run(arguments: TrainForecast, config: &Config) -> anyhow::Result<()> {
    let platform = super::prepare(config).await?;
    let artefacts = Artefacts::within(&config.models.folder);
    let horizons = if arguments.horizon.is_empty() { HORIZONS.to_vec() } else { arguments.horizon.clone() };
    for kind in &arguments.kind {
        for horizon in &horizons {
            let request = Request {
                symbols: arguments.universe.clone(),
                last: arguments.to,
                as_of: arguments.as_of,
                feature_version: arguments.features.clone(),
                trials: arguments.trials,
                folds: arguments.folds,
                rounds: arguments.rounds,
                seed: arguments.seed,
                ..Request::new((*kind).into(), *horizon, arguments.from)
            };
            let row = with_progress(&platform, &artefacts, &request).await?;
            println!("{}", describe(&row).join("\n"));
        }
    }
    println!(
        "They are experiments: nobody is answered by one before an administrator promotes it with `promoteModel`."
    );
    Ok(())
}

async fn with_progress(platform: &Platform, artefacts: &Artefacts, request: &Request) -> anyhow::Result<Row> {
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}")
        .unwrap_or(ProgressStyle::default_bar());
    let bar = ProgressBar::new(1000).with_style(style);
    let (sender, mut progress) = watch::channel::<Option<Progress>>(None);
    let told = async {
        while progress.changed().await.is_ok() {
            if let Some(now) = *progress.borrow_and_update() {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
                bar.set_position((1000.0 * now.share) as u64);
            }
        }
        std::future::pending::<()>().await;
    };
    let trained = tokio::select! {
        trained = train(platform, artefacts, request, sender, None) => trained,
        () = told => unreachable!("it never ends"),
    };
    bar.finish_and_clear();
    trained.with_context(|| format!("cannot train {:?} for {} trading days", request.kind, request.horizon))
}

/// A model with its scores, as a table.
pub fn describe(row: &Row) -> Vec<String> {
    let name = model::name(row);
    let mut lines = vec![
        format!("model      {name} ({})", row.id),
        format!("snapshot   {}, features {}", row.snapshot_id, row.feature_version),
        format!("file       {} bytes, SHA-256 {}", row.size, row.checksum),
        format!("took       {:.1} s", row.duration_ms as f64 / 1000.0),
    ];
    let Some(report) = model::report(row) else { return lines };
    lines.push(format!(
        "rows       {} of {} stocks, {} folds, {} trials",
        report.rows,
        report.stocks,
        report.folds.len(),
        report.trials
    ));
    lines.extend(table(&report.scores));
    lines.extend(verdict(&report));
    lines
}

fn table(scores: &[Scores]) -> Vec<String> {
    let head = "           MAE %   / naive  right %              Brier   pinball %  CRPS %  in 95 %  in 99 %  Sharpe  deflated";
    let percent = |value: f64| format!("{:.3}", 100.0 * value);
    let some =
        |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
    let share = |share: Option<Share>| {
        share.map_or("-".to_owned(), |Share { share, low, high }| {
            format!("{:.1} ({:.1}-{:.1})", 100.0 * share, 100.0 * low, 100.0 * high)
        })
    };
    let line = |one: &Scores| {
        format!(
            "{:<10} {:<7} {:<7} {:<20} {:<7} {:<10} {:<7} {:<8.2} {:<8.2} {:<7} {}",
            one.name,
            percent(one.mae),
            some(one.mae_ratio_to_naive, 4),
            share(one.accuracy),
            some(one.brier, 4),
            format!("{:.4}", 100.0 * one.pinball),
            percent(one.crps),
            100.0 * one.coverage_95.share,
            100.0 * one.coverage_99.share,
            some(one.sharpe, 2),
            some(one.deflated_sharpe, 2)
        )
    };
    [head.to_owned()].into_iter().chain(scores.iter().map(line)).collect()
}

/// What the numbers mean, said plainly.
fn verdict(report: &Report) -> Vec<String> {
    let test = |what: &str, test: Option<domain::forecast::Advantage>| match test {
        Some(test) if test.is_significant(0.05) => {
            format!("{what} it is better than the naive forecast (p = {:.3})", test.p_value)
        }
        Some(test) if test.mean_difference < 0.0 => {
            format!("{what} it is not better than the naive forecast beyond chance (p = {:.3})", test.p_value)
        }
        Some(test) if test.p_value < 0.05 => {
            format!("{what} it is worse than the naive forecast (p = {:.3})", test.p_value)
        }
        Some(test) => format!("{what} it is no better than the naive forecast (p = {:.3})", test.p_value),
        None => format!("{what} nothing can be said"),
    };
    let regimes = report.regimes.iter().map(|regime| {
        format!(
            "{:<5} days: {:.2} % within 95 %, {:.2} % within 99 %",
            regime.name,
            100.0 * regime.coverage_95.share,
            100.0 * regime.coverage_99.share
        )
    });
    let mut lines = vec![
        test("direction: of the expected price,", report.points_against_naive),
        test("spread: of all quantiles,", report.quantiles_against_naive),
    ];
    lines.extend(regimes);
    let objections = objections(Some(report), None);
    if objections.is_empty() {
        lines.push("the gate to production has no objection".to_owned());
    } else {
        lines.push(format!("the gate to production objects: {}", objections.join("; ")));
    }
    lines
}
