use super::white_list::WhiteList;
use super::{Finding, Mention, MentionKind, Reading, is_boundary};

const LONGEST_BASE: usize = 6;
const CONFIDENCE: f64 = 0.99;
/// For `$it`: people who mean the stock mostly write capitals.
const LOWERCASE_CONFIDENCE: f64 = 0.9;

/// Reads the cashtag at the dollar sign at `dollar`, if it is one.
///
/// Twitter's rule, one to six letters with an optional class of one or two, opened up for what its own parser
/// passes over though people mean it: `($AAPL)`, `$ESRX,$GILD`, `$AAPL’s`.
pub(super) fn read<'list>(text: &str, dollar: usize, list: &'list WhiteList) -> Reading<'list> {
    let rest = &text[dollar + 1..];
    let base = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let end = dollar + 1 + base;
    let nothing = Reading { finding: Finding::Nothing, end };
    let is_letters = rest.as_bytes()[..base].iter().all(u8::is_ascii_alphabetic);
    if !(1..=LONGEST_BASE).contains(&base) || !is_letters || !may_precede(text[..dollar].chars().next_back())
    {
        return nothing;
    }
    let length = base + class_length(&rest[base..]);
    let name = &rest[..length];
    let behind = &rest[length..];
    if !may_follow(behind.chars().next()) || is_cut_off(behind) {
        return nothing;
    }
    let confidence =
        if name.bytes().any(|byte| byte.is_ascii_lowercase()) { LOWERCASE_CONFIDENCE } else { CONFIDENCE };
    let end = dollar + 1 + length;
    let finding = match list.find_spelled_freely(name) {
        Some(symbol) => {
            Finding::Sure(Mention { symbol, start: dollar, end, kind: MentionKind::Cashtag, confidence })
        }
        None => Finding::Nothing,
    };
    Reading { finding, end }
}

/// The length of a class as in `.B`, or 0.
///
/// `$KEY.TO` is another stock than `$KEY`, so a class counts even if no such symbol is listed.
fn class_length(rest: &str) -> usize {
    if !rest.starts_with(['.', '_']) {
        return 0;
    }
    let letters = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
    let ends = !rest[1 + letters..].starts_with(char::is_alphanumeric);
    if (1..=2).contains(&letters) && ends { 1 + letters } else { 0 }
}

fn may_precede(character: Option<char>) -> bool {
    character.is_none_or(|character| !matches!(character, '#' | '@' | '_') && is_boundary(character))
}

fn may_follow(character: Option<char>) -> bool {
    character.is_none_or(is_boundary)
}

/// Whether the text was cut off within the cashtag, as retweets are: `… $AAPL $GOO…`.
fn is_cut_off(behind: &str) -> bool {
    behind.strip_prefix('…').is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with("http")
    })
}
