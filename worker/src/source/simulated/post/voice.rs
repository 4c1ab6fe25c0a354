use super::Key;
use entity::news::post::ContentType;

const FORUMS: [&str; 4] = ["wallstreetbets", "stocks", "investing", "options"];
const RESEARCH: [&str; 3] = ["Harbourview Research", "Northlight Partners", "Quill & Sons"];
const ANALYSTS: [&str; 8] = [
    "M. Keller",
    "R. Osei",
    "L. Fontaine",
    "P. Marsh",
    "H. Lindqvist",
    "J. Okafor",
    "S. Iyer",
    "D. Whitcombe",
];
const AGENCIES: [&str; 4] = ["Meridian Wire", "Tidewater News", "Ledger Press", "Compass Business"];
const NICK_STARTS: [&str; 20] = [
    "Diamond",
    "Paper",
    "Theta",
    "Gamma",
    "Lazy",
    "Angry",
    "Quiet",
    "Lucky",
    "Broke",
    "Tiny",
    "Grand",
    "Cosmic",
    "Salty",
    "Sleepy",
    "Rapid",
    "Hidden",
    "Golden",
    "Leveraged",
    "Patient",
    "Nervous",
];
const NICK_ENDS: [&str; 20] = [
    "Hands", "Whale", "Ape", "Trader", "Badger", "Penguin", "Otter", "Investor", "Gang", "Dentist", "Wizard",
    "Llama", "Broker", "Falcon", "Goose", "Hamster", "Yolo", "Pilot", "Teacher", "Moose",
];

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// A forum's regulars, who talk about yesterday.
    Forum,
    /// Those who feel with every tick.
    Emoji,
    /// Those who see a little of tomorrow.
    Analyst,
    /// Agencies, who report what the price did.
    Press,
}

/// A post around its words.
#[derive(Debug)]
pub(super) struct Shape {
    pub content_type: ContentType,
    pub channel: &'static str,
    pub author: Option<String>,
    pub votes: Option<i32>,
    pub comment_count: Option<i32>,
    pub upvote_ratio: Option<f64>,
}

impl Voice {
    pub(super) fn pick(key: Key) -> Self {
        match key.uniform() {
            point if point < 0.40 => Self::Forum,
            point if point < 0.62 => Self::Emoji,
            point if point < 0.77 => Self::Analyst,
            _ => Self::Press,
        }
    }

    /// A title makes a forum's post out of a comment.
    pub(super) fn shape(self, key: Key, has_title: bool) -> Shape {
        let quiet = |content_type, channel, author| Shape {
            content_type,
            channel,
            author,
            votes: None,
            comment_count: None,
            upvote_ratio: None,
        };
        match self {
            Self::Forum | Self::Emoji => Shape {
                content_type: if has_title { ContentType::Post } else { ContentType::Comment },
                channel: forum(key.with(1)),
                author: Some(nick(key.with(2))),
                votes: Some(count(key.with(3), if has_title { 80.0 } else { 6.0 })),
                comment_count: has_title.then(|| count(key.with(4), 25.0)),
                upvote_ratio: has_title.then(|| (55.0 + 44.0 * key.with(5).uniform()).round() / 100.0),
            },
            Self::Analyst => {
                quiet(ContentType::Article, key.with(1).one_of(&RESEARCH), Some(analyst(key.with(2))))
            }
            Self::Press => quiet(ContentType::Headline, key.with(1).one_of(&AGENCIES), None),
        }
    }
}

/// Half of all goes to the first forum.
fn forum(key: Key) -> &'static str {
    if key.with(1).uniform() < 0.4 { FORUMS[0] } else { key.one_of(&FORUMS) }
}

fn analyst(key: Key) -> String {
    key.one_of(&ANALYSTS).to_owned()
}

fn nick(key: Key) -> String {
    let (start, end) = (key.with(1).one_of(&NICK_STARTS), key.with(2).one_of(&NICK_ENDS));
    format!("{start}{end}{}", key.with(3).index(90) + 10)
}

/// Lognormal about `median`: most posts have few, some have very many.
#[expect(clippy::cast_possible_truncation, reason = "six standard deviations are below the limit")]
fn count(key: Key, median: f64) -> i32 {
    (median * (1.3 * key.normal()).exp()).round() as i32
}
