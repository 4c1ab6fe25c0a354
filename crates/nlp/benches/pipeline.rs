//! Texts per second of each step and of all together, on one core.

use std::fs::File;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use nlp::{
    CompactModel, Finance, Label, NearIndex, Quality, SentimentModel as _, Signals, TickerExtractor, Vader,
    clean, compact::Example, fingerprint, scopes,
};

const CORPUS: &str = include_str!("corpus.txt");
const SYMBOLS: [&str; 20] = [
    "AAPL", "AMC", "AMD", "AMZN", "BRK.B", "GM", "GME", "GOOG", "INTC", "JPM", "META", "MSFT", "NFLX",
    "NVDA", "PLTR", "SPY", "T", "TSLA", "WMT", "XOM",
];

fn bench(criterion: &mut Criterion) {
    bench_corpus(criterion, "built-in", &CORPUS.lines().map(unescape).collect::<Vec<_>>());
    if let Some(folder) = std::env::var_os("BELLWETHER_TEST_DATA") {
        let path = std::path::Path::new(&folder).join("stocknet-tweets/tweets_2014.csv.gz");
        let file = File::open(path).expect("the tweets exist");
        let rows = csv::Reader::from_reader(GzDecoder::new(file)).into_records();
        let tweets = rows.map(|row| row.expect("the tweets are well-formed")[4].to_owned());
        bench_corpus(criterion, "tweets of 2014", &tweets.collect::<Vec<_>>());
    }
}

fn bench_corpus(criterion: &mut Criterion, name: &str, texts: &[String]) {
    let extractor = extractor();
    let (vader, finance) = (Vader::shared(), Finance::shared());
    let cleaned = texts.iter().map(|text| clean(text).into_owned()).collect::<Vec<_>>();
    let mut run = |step: &str, texts: &[String], work: &dyn Fn(&str)| {
        let mut group = criterion.benchmark_group(step);
        group.throughput(Throughput::Elements(texts.len() as u64)).sample_size(20);
        group.bench_with_input(BenchmarkId::from_parameter(name), texts, |bencher, texts| {
            bencher.iter(|| texts.iter().for_each(|text| work(text)));
        });
        group.finish();
    };
    run("clean", texts, &|text| {
        black_box(clean(text));
    });
    run("tickers", &cleaned, &|text| {
        black_box(extractor.extract(text));
    });
    run("vader", &cleaned, &|text| {
        black_box(vader.score(text));
    });
    run("quality", &cleaned, &|text| {
        black_box(Quality::of(&Signals {
            text,
            votes: Some(3),
            comment_count: Some(1),
            upvote_ratio: Some(0.8),
        }));
    });
    run("fingerprint", &cleaned, &|text| {
        black_box(fingerprint(text));
    });
    run("finance", &cleaned, &|text| {
        black_box(finance.score(text));
    });
    let compact = compact();
    let judge = |text: &str| {
        black_box(compact.judge(&[text]).expect("it judges any text"));
    };
    run("compact", &cleaned, &judge);
    bench_all(criterion, name, "all", texts, &|text| {
        black_box(finance.score(text));
    });
    bench_all(criterion, name, "all, with the compact model", texts, &judge);
}

/// Everything that happens to a post; `judge` says how it feels.
fn bench_all(criterion: &mut Criterion, name: &str, step: &str, texts: &[String], judge: &dyn Fn(&str)) {
    let extractor = extractor();
    let mut group = criterion.benchmark_group(step);
    group.throughput(Throughput::Elements(texts.len() as u64)).sample_size(20);
    group.bench_with_input(BenchmarkId::from_parameter(name), texts, |bencher, texts| {
        bencher.iter(|| {
            // Anew each time: no post is a copy of itself.
            let mut index = NearIndex::new();
            for (id, text) in texts.iter().enumerate() {
                let text = clean(text);
                black_box(Quality::of(&Signals { text: &text, ..Signals::default() }));
                black_box(fingerprint(&text).map(|found| index.insert(id, found).copied()));
                let mentions = extractor.extract(&text);
                // A post about several stocks is scored part by part.
                for scope in scopes(&text, &mentions) {
                    judge(&scope.read(&text));
                }
                judge(&text);
            }
        });
    });
    group.finish();
}

/// Trained on the built-in texts, alternately good and bad: what it learned does not matter for how fast it judges.
fn compact() -> CompactModel {
    let labels = [Label::Positive, Label::Negative].into_iter().cycle();
    let examples: Vec<_> = CORPUS.lines().zip(labels).map(|(text, label)| Example { text, label }).collect();
    CompactModel::train(&examples).expect("there are enough texts")
}

/// As many listings as an exchange has, where their names are at hand.
fn extractor() -> TickerExtractor {
    let folder = std::env::var_os("BELLWETHER_TEST_DATA").map(std::path::PathBuf::from);
    let names = folder.and_then(|folder| std::fs::read_to_string(folder.join("vintages/symbols.tsv")).ok());
    let Some(names) = names else { return TickerExtractor::new(SYMBOLS) };
    TickerExtractor::new(names.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?))
    }))
}

/// The corpus has a text per line, in which `\n` stands for a new line.
fn unescape(line: &str) -> String {
    line.replace("\\n", "\n")
}

criterion_group!(benches, bench);
criterion_main!(benches);
