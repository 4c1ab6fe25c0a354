//! `bellwether features`.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};
use domain::{
    forecast::{
        Health, Snapshot,
        difference::{self, Difference, FeatureDifference},
        feature_set,
        snapshot::{self, Plan, Row},
    },
    market::{Symbol, watchlist},
};
use platform::{Platform, config::Config};
use std::io::{self, Write as _, stdout};
use uuid::Uuid;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the features of stocks, and remember from what.
    Build(Build),
    /// List the newest snapshots, or make one again and show it.
    Show(Show),
    /// Make two snapshots again, and say where they differ.
    Diff {
        /// One.
        first: Uuid,
        /// The other.
        second: Uuid,
    },
}

#[derive(Debug, Args)]
struct Build {
    /// Symbols; default the watch-list.
    #[arg(long, value_delimiter = ',', value_name = "SYMBOLS")]
    universe: Vec<Symbol>,
    /// The first day that is looked at, as 2014-01-01.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last; default today.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// Which features: 1.0.0 has 23, 2.0.0 has 29.
    #[arg(long, default_value = "2.0.0", value_name = "VERSION")]
    version: String,
    /// Nothing that became known later is looked at, as 2014-12-31T21:00:00Z; default now.
    #[arg(long, value_name = "TIME")]
    as_of: Option<DateTime<Utc>>,
}

#[derive(Debug, Args)]
struct Show {
    /// Which one; default a list of the newest.
    id: Option<Uuid>,
    /// Print the features of this stock as CSV.
    #[arg(long)]
    symbol: Option<Symbol>,
    /// Print the posts behind them as CSV instead.
    #[arg(long, requires = "symbol")]
    lineage: bool,
}

/// Builds, shows or compares feature snapshots.
pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    let db = platform.db.connection();
    let shown = match arguments.command {
        Command::Build(build) => {
            let plan = plan(&platform, build).await?;
            describe(&snapshot::build(&platform, &plan).await?.row)
        }
        Command::Show(Show { id: None, .. }) => list(&snapshot::list(db, 20).await?),
        Command::Show(Show { id: Some(id), symbol, lineage }) => {
            let snapshot = snapshot::remake(db, id).await?;
            match symbol {
                Some(symbol) if lineage => posts(&snapshot, &symbol),
                Some(symbol) => values(&snapshot, &symbol),
                None => describe(&snapshot.row),
            }
        }
        Command::Diff { first, second } => {
            let (first, second) = (snapshot::remake(db, first).await?, snapshot::remake(db, second).await?);
            differences(&difference::compare(&first, &second)?)
        }
    };
    // Who reads, such as `head`, may have enough.
    match writeln!(stdout(), "{}", shown.join("\n")) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot print"),
    }
}

async fn plan(platform: &Platform, build: Build) -> anyhow::Result<Plan> {
    let now = platform.clock.now();
    let symbols = if build.universe.is_empty() {
        watchlist::symbols(platform.db.connection()).await?
    } else {
        build.universe
    };
    Ok(Plan {
        features: feature_set(&build.version)?,
        symbols,
        first: build.from,
        last: build.to.unwrap_or(now.date_naive()),
        as_of: build.as_of.unwrap_or(now).min(now),
    })
}

fn list(rows: &[Row]) -> Vec<String> {
    let line = |row: &Row| {
        let Row { id, feature_version, first_day, last_day, row_count, .. } = row;
        format!("{id} {feature_version} {first_day} to {last_day}, {row_count} rows")
    };
    rows.iter().map(line).collect()
}

fn describe(row: &Row) -> Vec<String> {
    let mut lines = vec![
        format!("snapshot   {}", row.id),
        format!("features   {}", row.feature_version),
        format!("stocks     {}", snapshot::symbols(row).join(" ")),
        format!("days       {} to {}, as known at {}", row.first_day, row.last_day, row.as_of.to_rfc3339()),
        format!("made of    {} bars, {} posts", row.bar_count, row.post_count),
        format!("rows       {}", row.row_count),
        format!("checksum   {}", row.checksum),
    ];
    lines.extend(oddities(&snapshot::health(row)));
    lines
}

fn oddities(health: &Health) -> Vec<String> {
    let Health { missing, outliers, odd_rows, correlated, constant } = health;
    let missing = missing.iter().map(|(name, share)| format!("missing    {name}: {:.1} %", 100.0 * share));
    let outliers = outliers
        .iter()
        .map(|(name, count)| format!("outliers   {name}: {count} values beyond three standard deviations"));
    let alike = correlated.iter().map(|(one, other, correlation)| {
        format!("alike      {one} and {other}: correlation {correlation:.3}")
    });
    let constant = constant.iter().map(|name| format!("constant   {name}"));
    let odd = [format!("odd        {odd_rows} rows")];
    missing.chain(outliers).chain(odd).chain(alike).chain(constant).collect()
}

fn values(snapshot: &Snapshot, symbol: &Symbol) -> Vec<String> {
    let names: Vec<&str> = snapshot.features.names().collect();
    let mut lines = vec![format!("day,{}", names.join(","))];
    let stocks = snapshot.histories.iter().zip(&snapshot.matrices);
    for (history, matrix) in stocks.filter(|(history, _)| history.symbol == symbol.as_str()) {
        let cell = |value: &f32| if value.is_nan() { String::new() } else { value.to_string() };
        lines.extend(history.days.iter().zip(matrix.iter()).map(|(day, row)| {
            let cells: Vec<String> = row.iter().map(cell).collect();
            format!("{day},{}", cells.join(","))
        }));
    }
    lines
}

fn posts(snapshot: &Snapshot, symbol: &Symbol) -> Vec<String> {
    let histories = snapshot.histories.iter().filter(|history| history.symbol == symbol.as_str());
    let moods = histories.flat_map(|history| &history.moods);
    let rows = moods.map(|mood| format!("{},{},{}", mood.day, mood.post, mood.score));
    ["day,post,score".to_owned()].into_iter().chain(rows).collect()
}

fn differences(found: &Difference) -> Vec<String> {
    let Difference { only_first, only_second, both, features } = found;
    let days = format!(
        "days       {both} in both, {only_first} only in the first, {only_second} only in the second"
    );
    let changed = features.iter().filter(|feature| feature.changed > 0);
    let changed = changed.map(|feature| {
        let FeatureDifference { name, changed, largest } = feature;
        format!("changed    {name}: {changed} values, by {largest} at most")
    });
    [days].into_iter().chain(changed).collect()
}
