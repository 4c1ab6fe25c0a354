//! `bellwether scoreboard`.

use anyhow::bail;
use clap::{Args, Subcommand};
use domain::{
    PageRequest,
    forecast::{
        live::{self, Live, Proportion},
        model::{self, Filter},
        scoreboard::{self, Verdict},
    },
};
use platform::config::Config;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Check that no prediction was altered, removed or moved since it was made.
    Verify,
    /// Say how good the newest hundred models turned out to be.
    Show,
}

pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    match arguments.act {
        Act::Verify => match scoreboard::verify(&platform.db).await? {
            Verdict::Intact(count) => println!("The scoreboard is intact: {count} predictions."),
            Verdict::Broken { sequence, how } => {
                bail!("the scoreboard is broken at prediction {sequence}: {how}")
            }
        },
        Act::Show => {
            let db = platform.db.connection();
            let models = model::list(db, &Filter::default(), &PageRequest::first(100)).await?.rows;
            let ids: Vec<_> = models.iter().map(|row| row.id).collect();
            let live = live::by_models(db, &ids, &live::Filter::default()).await?;
            println!(
                "{:<14} {:>8} {:>20} {:>20} {:>20} {:>8}",
                "model", "judged", "right %", "in 95 %", "in 99 %", "/ naive"
            );
            for row in models {
                if let Some(live) = live.get(&row.id) {
                    println!("{}", line(&model::name(&row), live));
                }
            }
        }
    }
    Ok(())
}

fn line(name: &str, live: &Live) -> String {
    let share = |share: Option<Proportion>| {
        let both = share.and_then(|share| Some((share.share()?, share.interval()?)));
        both.map_or("-".to_owned(), |(share, interval)| {
            format!("{:.1} ({:.1}-{:.1})", 100.0 * share, 100.0 * interval.low, 100.0 * interval.high)
        })
    };
    format!(
        "{name:<14} {:>8} {:>20} {:>20} {:>20} {:>8}",
        live.judged,
        share(live.accuracy()),
        share(live.coverage_95()),
        share(live.coverage_99()),
        if live.naive_error > 0.0 { format!("{:.3}", live.error / live.naive_error) } else { "-".to_owned() }
    )
}
