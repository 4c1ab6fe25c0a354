use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Words at the end of a name that say how a company is set up, not what it is called.
const LEGAL_FORMS: &str = "ab ag and asa bancshares bhd class co cl com common companies company corp corporation corps cos de \
    group grp holding holdings inc incorporated international intl int'l kgaa limited llc lp l.p ltd nv n.v oao of \
    ord ordinary partners plc p.l.c reit s.a s.p.a sa se series shares spa stock the trust & a b c adr";

/// Words at the end of a name that say what a company does, and that people leave out.
const TRADES: &str = "airlines bancorp biosciences biotechnology brands chemical chemicals communications devices electronics energy \
    entertainment financial foods health healthcare industries labs laboratories medical motor motors networks oil \
    petroleum pharma pharmaceutical pharmaceuticals resorts resources restaurants sciences semiconductor semiconductors \
    software solutions stores systems technologies technology therapeutics";

/// Too general to name a company alone: "General Motors", "News Corp".
static GENERAL_WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/general_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Fewest letters of a name by rule: shorter ones are symbols or too ambiguous.
const FEWEST_LETTERS: usize = 4;

/// What people may call the company of this full `name`: "McDonald's Corp." is `McDonald's` and `McDonalds`.
pub(super) fn derive(name: &str) -> Vec<String> {
    // "Coca-Cola Company (The)" and "Alphabet Inc. - Class C".
    let name = name.split(" (").next().unwrap_or(name).split(" - ").next().unwrap_or(name);
    let words = name.split_whitespace().map(|word| word.trim_matches([',', '.', ';']));
    let mut words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    if words.first().is_some_and(|word| word.eq_ignore_ascii_case("the")) {
        words.remove(0);
    }
    strip_end(&mut words, LEGAL_FORMS);
    let mut aliases = Vec::new();
    add(&mut aliases, &words);
    strip_end(&mut words, TRADES);
    add(&mut aliases, &words);
    aliases
}

/// Removes the listed words from the end, as long as what is left still is a name.
fn strip_end(words: &mut Vec<&str>, list: &str) {
    while let Some((last, others)) = words.split_last()
        && is_listed(last, list)
        && !others.iter().all(|word| is_general(word))
    {
        words.pop();
    }
}

fn is_general(word: &str) -> bool {
    let word = word.to_lowercase();
    GENERAL_WORDS.contains(word.as_str()) || word.bytes().all(|byte| !byte.is_ascii_alphabetic())
}

fn is_listed(word: &str, list: &str) -> bool {
    list.split_whitespace().any(|listed| listed.eq_ignore_ascii_case(word))
}

/// Adds a name and the ways to spell it.
fn add(aliases: &mut Vec<String>, words: &[&str]) {
    let name = words.join(" ");
    let name = name.strip_suffix(".com").unwrap_or(&name);
    let letters = name.chars().filter(|character| character.is_alphabetic()).count();
    if letters < FEWEST_LETTERS || name.split(' ').all(is_general) {
        return;
    }
    let spellings = [
        name.to_owned(),
        name.replace('’', "'"),
        name.replace('\'', "’"),
        name.replace(['\'', '’'], ""),
        name.replace('-', " "),
        name.replace('-', ""),
        name.replace(" & ", " and "),
        name.replace(" and ", " & "),
    ];
    for spelling in spellings {
        if !aliases.contains(&spelling) {
            aliases.push(spelling);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::derive;

    #[test]
    fn names_lose_what_nobody_says() {
        check("Apple Inc.", &["Apple"]);
        check("The Priceline Group Inc. ", &["Priceline"]);
        check("Coca-Cola Company (The)", &["Coca-Cola", "Coca Cola", "CocaCola"]);
        check("Alphabet Inc Class C", &["Alphabet"]);
        check("Amazon.com, Inc.", &["Amazon"]);
        check("Bank of America Corp", &["Bank of America"]);
        check("The Bank of New York Mellon Corp.", &["Bank of New York Mellon"]);
        check("BP p.l.c.", &[]);
    }

    #[test]
    fn the_trade_is_left_out_unless_the_rest_is_too_general() {
        check("Gilead Sciences", &["Gilead Sciences", "Gilead"]);
        check("General Motors Company", &["General Motors"]);
        check("Chart Industries Inc", &["Chart Industries"]);
        check("500.com Ltd", &[]);
        check("News Corp (Class A)", &["News Corp"]);
    }

    #[test]
    fn signs_are_spelled_in_each_way() {
        check("McDonald's Corp.", &["McDonald's", "McDonald’s", "McDonalds"]);
        check("Johnson & Johnson", &["Johnson & Johnson", "Johnson and Johnson"]);
        check("", &[]);
    }

    #[track_caller]
    fn check(name: &str, aliases: &[&str]) {
        assert_eq!(derive(name), aliases);
    }
}
