use rustc_hash::FxHashSet;

use super::word::is_common;
use super::{Finding, Mention, MentionKind};

/// Bytes that may stand between two symbols of a list: "AAPL, MSFT", or "AAPL SPY MSFT" where SPY is not listed.
const LONGEST_GAP: usize = 8;

/// The mentions among the `findings`: the sure ones, and the doubtful ones that others support.
///
/// A doubtful symbol is believed if its company is `named`, too, if it stands in a list of symbols,
/// or if it heads the text: "FB - Facebook …".
pub(super) fn believe<'list>(
    text: &str,
    findings: Vec<Finding<'list>>,
    named: &FxHashSet<&str>,
) -> Vec<Mention<'list>> {
    let mut mentions = Vec::new();
    let mut run = Vec::new();
    for finding in findings {
        let (Finding::Sure(mention) | Finding::Doubtful(mention)) = &finding else { continue };
        if run.last().is_some_and(|last: &Finding<'_>| !is_list(text, last, mention)) {
            settle(&mut run, named, &mut mentions);
        }
        let is_heading = mention.symbol.len() > 1 && is_heading(text, mention);
        let finding = if is_heading { Finding::Sure(*mention) } else { finding };
        run.push(finding);
    }
    settle(&mut run, named, &mut mentions);
    mentions
}

/// Moves the believed symbols of a list to `mentions`.
fn settle<'list>(run: &mut Vec<Finding<'list>>, named: &FxHashSet<&str>, mentions: &mut Vec<Mention<'list>>) {
    let is_sure_symbol = |finding: &&Finding<'_>| matches!(finding, Finding::Sure(mention) if mention.kind == MentionKind::Symbol);
    let sure = run.iter().filter(is_sure_symbol).count();
    mentions.extend(run.drain(..).filter_map(|finding| match finding {
        Finding::Sure(mention) => Some(mention),
        Finding::Doubtful(mention) => {
            // Letters and words are in capitals for many reasons: they need two neighbours.
            let needed = if mention.symbol.len() == 1 || is_common(mention.symbol) { 2 } else { 1 };
            (named.contains(mention.symbol) || sure >= needed).then_some(mention)
        }
        Finding::Nothing => None,
    }));
}

/// Whether only blanks, signs and capitals stand between two symbols.
fn is_list(text: &str, last: &Finding<'_>, next: &Mention<'_>) -> bool {
    let (Finding::Sure(last) | Finding::Doubtful(last)) = last else { return false };
    let gap = &text[last.end..next.start];
    gap.len() <= LONGEST_GAP
        && gap.bytes().all(|byte| byte.is_ascii_uppercase() || b" ,/&;|+-".contains(&byte))
}

fn is_heading(text: &str, mention: &Mention<'_>) -> bool {
    let behind = &text[mention.end..];
    let is_first = text[..mention.start].trim_start().is_empty();
    is_first && !is_common(mention.symbol) && (behind.starts_with(" - ") || behind.starts_with(": "))
}
