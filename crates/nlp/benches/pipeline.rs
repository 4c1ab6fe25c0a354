//! Texts per second of each step and of all together, on one core.

use std::fs::File;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use nlp::{Finance, Quality, Signals, TickerExtractor, Vader, clean, fingerprint, scopes};

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
    run("all", texts, &|text| {
        let text = clean(text);
        black_box(Quality::of(&Signals { text: &text, ..Signals::default() }));
        black_box(fingerprint(&text));
        let mentions = extractor.extract(&text);
        let scopes = scopes(&text, &mentions);
        // A post about several stocks is scored part by part.
        for scope in scopes {
            black_box(finance.score(&scope.read(&text)));
        }
        black_box(finance.score(&text));
    });
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
