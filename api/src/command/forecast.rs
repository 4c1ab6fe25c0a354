//! `bellwether models train`, of models that forecast prices.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use domain::{
    forecast::{
        Artefacts, Error, Member, Predictor, Progress, Report, Scores, Share,
        model::{self, HORIZONS, Kind, Row},
        promotion::objections,
        training::{Asked, Combination, Own, Request, adopt, train},
    },
    market::Symbol,
};
use indicatif::{ProgressBar, ProgressStyle};
use platform::{Platform, config::Config};
use serde::Deserialize;
use std::{fs, path::PathBuf, str::FromStr};
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
    /// Who is asked in an ensemble.
    #[arg(long, value_delimiter = ',', value_name = "KINDS", default_value = "trees,lstm")]
    members: Vec<ModelKind>,
    /// How an ensemble weighs them.
    #[arg(long, value_name = "HOW", default_value = "stacked")]
    combination: HowCombined,
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

#[derive(Debug, Args)]
pub struct AddForecast {
    /// The ONNX file, with all its numbers in it.
    file: PathBuf,
    /// What it reads and says, as JSON: input, layout (day or sequence), columns, output, levels, target (return or
    /// log_return), horizon, feature_version and trained_until.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Symbols to judge it on; default the watch-list.
    #[arg(long, value_delimiter = ',', value_name = "SYMBOLS")]
    universe: Vec<Symbol>,
    /// From which day on bars and posts are read, as 2014-01-01; it is judged on days after its training only.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last day; default today.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// How many times it is calibrated on the past and tested on what came then.
    #[arg(long, default_value_t = 5)]
    folds: u32,
    /// Nothing that became known later is looked at, as 2014-12-31T21:00:00Z; default now.
    #[arg(long, value_name = "TIME")]
    as_of: Option<DateTime<Utc>>,
}

/// What somebody says of their model, in one file.
#[derive(Debug)]
struct Manifest {
    feature_version: String,
    own: Own,
}

impl FromStr for Manifest {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        #[derive(Deserialize)]
        struct Training {
            feature_version: String,
            trained_until: NaiveDate,
        }

        let Training { feature_version, trained_until } = serde_json::from_str(text)?;
        let mut rest: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text)?;
        rest.retain(|key, _| key != "feature_version" && key != "trained_until");
        let manifest = serde_json::from_value(rest.into())?;
        Ok(Self { feature_version, own: Own { manifest, trained_until } })
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModelKind {
    Trees,
    Lstm,
    Tft,
    Ensemble,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HowCombined {
    Mean,
    Weighted,
    Stacked,
}

impl From<HowCombined> for Combination {
    fn from(how: HowCombined) -> Self {
        match how {
            HowCombined::Mean => Self::Mean,
            HowCombined::Weighted => Self::Weighted,
            HowCombined::Stacked => Self::Stacked,
        }
    }
}

impl From<ModelKind> for Kind {
    fn from(kind: ModelKind) -> Self {
        match kind {
            ModelKind::Trees => Self::Trees,
            ModelKind::Lstm => Self::Lstm,
            ModelKind::Tft => Self::Tft,
            ModelKind::Ensemble => Self::Ensemble,
        }
    }
}

/// Trains models, and says how they compare with knowing nothing.
pub async fn run(arguments: TrainForecast, config: &Config) -> anyhow::Result<()> {
    let platform = super::prepare(config).await?;
    let artefacts = Artefacts::new(&platform, &config.models);
    let horizons = if arguments.horizon.is_empty() { HORIZONS.to_vec() } else { arguments.horizon.clone() };
    for kind in &arguments.kind {
        for horizon in &horizons {
            let is_ensemble = matches!(kind, ModelKind::Ensemble);
            let members = arguments.members.iter().filter(|_| is_ensemble);
            let request = Request {
                members: members.map(|member| (*member).into()).collect(),
                combination: arguments.combination.into(),
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
            let learn = |sender| train(&platform, &artefacts, &request, sender, Asked::default());
            let trained = with_progress(learn).await;
            let row = trained.with_context(|| format!("cannot train {kind:?} for {horizon} trading days"))?;
            tell(&platform, &row).await?;
        }
    }
    println!("They are experiments: {PROMOTED}");
    Ok(())
}

const PROMOTED: &str = "nobody is answered by one before an administrator promotes it with `promoteModel`.";

/// Judges a model of your own on days after its training, and puts it on record.
pub async fn add(arguments: AddForecast, config: &Config) -> anyhow::Result<()> {
    let AddForecast { file, manifest, .. } = &arguments;
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let text =
        fs::read_to_string(manifest).with_context(|| format!("{} cannot be read", manifest.display()))?;
    let Manifest { feature_version, own } =
        text.parse().with_context(|| format!("{} is no manifest", manifest.display()))?;
    let platform = super::prepare(config).await?;
    let predictor = Predictor::new(&platform, &config.models);
    let horizon = i32::try_from(own.manifest.horizon).unwrap_or(i32::MAX);
    let request = Request {
        own: Some(own),
        symbols: arguments.universe,
        last: arguments.to,
        as_of: arguments.as_of,
        feature_version,
        folds: arguments.folds,
        ..Request::new(Kind::Own, horizon, arguments.from)
    };
    let learn = |sender| adopt(&platform, &predictor, &request, bytes, sender);
    let row = with_progress(learn).await?;
    tell(&platform, &row).await?;
    println!("It is an experiment: {PROMOTED}");
    Ok(())
}

/// Says what came of a training, and what the gate says of it.
async fn tell(platform: &Platform, row: &Row) -> anyhow::Result<()> {
    println!("{}", describe(row).join("\n"));
    println!("{}", gate(&objections(platform.db.connection(), row).await?));
    Ok(())
}

async fn with_progress<F: Future<Output = Result<Row, Error>>>(
    learn: impl FnOnce(watch::Sender<Option<Progress>>) -> F,
) -> anyhow::Result<Row> {
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
        trained = learn(sender) => trained,
        () = told => unreachable!("it never ends"),
    };
    bar.finish_and_clear();
    Ok(trained?)
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
    if !report.members.is_empty() {
        let member = |one: &Member| format!("{} {:.2}", one.name, one.weight);
        let members: Vec<String> = report.members.iter().map(member).collect();
        lines.push(format!("members    {}", members.join(", ")));
    }
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
    lines
}

fn gate(objections: &[String]) -> String {
    if objections.is_empty() {
        return "the gate to production has no objection".to_owned();
    }
    format!("the gate to production objects: {}", objections.join("; "))
}
