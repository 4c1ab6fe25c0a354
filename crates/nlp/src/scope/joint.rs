/// Words that turn from one subject to another.
const CONTRASTS: [&str; 10] =
    ["but", "while", "whereas", "although", "though", "however", "meanwhile", "unlike", "instead", "whilst"];

/// Words that join clauses as well as the members of a list.
const COORDINATIONS: [&str; 7] = ["and", "or", "then", "so", "plus", "nor", "because"];

/// Words and signs of which what stands before is the subject, and what stands behind has the contrary fate.
const COMPARISONS: [&str; 33] = [
    ">",
    ">>",
    ">>>",
    "<",
    "<<",
    "<<<",
    "beat",
    "beating",
    "beats",
    "crush",
    "crushes",
    "crushing",
    "destroy",
    "destroys",
    "eating",
    "eats",
    "into",
    "kill",
    "killing",
    "kills",
    "lags",
    "outperform",
    "outperforming",
    "outperforms",
    "outsold",
    "outsells",
    "over",
    "overtakes",
    "surpasses",
    "than",
    "trails",
    "trounces",
    "underperforms",
];

/// Words before a full stop that does not end a sentence.
const ABBREVIATIONS: [&str; 14] =
    ["co", "corp", "dr", "e.g", "etc", "i.e", "inc", "jr", "ltd", "mr", "mrs", "no", "st", "vs"];

/// Where the text between mentions of two different stocks turns from the first to the second, if it does.
///
/// The end of a sentence and a contrast come before a mere comma or "and"; of several the last one, as the words
/// before a stock are more often about it than those behind: "long A, which is up, short B".
pub(super) fn between(gap: &str) -> Option<usize> {
    if is_list(gap) {
        return None;
    }
    last_hard(gap).or_else(|| last_soft(gap)).or_else(|| after_comparison(gap))
}

/// Where the last sentence or contrasting clause of `gap` begins.
pub(super) fn last_hard(gap: &str) -> Option<usize> {
    let mut split = None;
    for word in words(gap) {
        if is_one_of(word.bare, &CONTRASTS) {
            split = Some(word.start);
        } else if word.ends_sentence() {
            split = Some(word.start + word.text.len());
        }
    }
    split
}

/// Where the last coordinate clause begins.
fn last_soft(gap: &str) -> Option<usize> {
    let mut split = None;
    let mut is_after_comma = false;
    for word in words(gap) {
        if is_one_of(word.bare, &COORDINATIONS) && !is_after_comma
            || matches!(word.text, "-" | "–" | "—" | "|" | "/")
        {
            split = Some(word.start);
        }
        is_after_comma = word.text.ends_with([',', ')']);
        if is_after_comma {
            split = Some(word.start + word.text.len());
        }
    }
    split
}

fn after_comparison(gap: &str) -> Option<usize> {
    let found =
        words(gap).find(|word| is_one_of(word.bare, &COMPARISONS) || is_one_of(word.text, &COMPARISONS));
    found.map(|word| word.start + word.text.len())
}

/// Whether nothing but commas, blanks, "and" and the like stands between two stocks.
fn is_list(gap: &str) -> bool {
    words(gap).all(|word| {
        word.bare.is_empty() && !is_one_of(word.text, &COMPARISONS) && !word.ends_sentence()
            || matches!(word.bare, "and" | "or" | "And" | "plus" | "s")
    }) && !gap.contains([';', '>', '<'])
}

struct Word<'text> {
    start: usize,
    /// With the punctuation around it.
    text: &'text str,
    bare: &'text str,
}

impl Word<'_> {
    fn ends_sentence(&self) -> bool {
        if self.text.ends_with(['!', '?', ';', '…']) {
            return true;
        }
        self.text.ends_with('.')
            && self.bare.chars().nth(1).is_some()
            && !is_one_of(self.bare, &ABBREVIATIONS)
            || self.text == "."
    }
}

fn words(gap: &str) -> impl Iterator<Item = Word<'_>> {
    let mut start = 0;
    gap.split(char::is_whitespace).filter_map(move |text| {
        let word =
            Word { start, text, bare: text.trim_matches(|character: char| !character.is_alphanumeric()) };
        start += text.len();
        start += gap[start..].chars().next().map_or(0, char::len_utf8);
        (!text.is_empty()).then_some(word)
    })
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(word))
}
