use std::str::from_utf8;

use memchr::memmem;

use super::lexicon::{Lexicon, Word};

/// A word or emoticon of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) uppercase: bool,
}

/// The tokens of a text in order.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    /// Whether some tokens, but not all, are upper-case, which makes capitals a means of emphasis.
    pub(super) mixed_case: bool,
}

impl Tokens {
    pub(super) fn parse(text: &str, lexicon: &Lexicon) -> Self {
        let words = text.split(is_python_space).filter(|word| !word.is_empty());
        let list = words.map(|word| Token::parse(strip(word), lexicon)).collect::<Vec<_>>();
        let uppercase = list.iter().filter(|token| token.uppercase).count();
        Self { mixed_case: 0 < uppercase && uppercase < list.len(), list }
    }
}

impl Token {
    fn parse(text: &str, lexicon: &Lexicon) -> Self {
        let (mut word, uppercase) =
            if text.is_ascii() { parse_ascii(text, lexicon) } else { parse_unicode(text, lexicon) };
        word.negates = word.negates || contains_nt(text.as_bytes());
        Self { word, uppercase }
    }
}

fn parse_ascii(text: &str, lexicon: &Lexicon) -> (Word, bool) {
    let bytes = text.as_bytes();
    let has_upper = bytes.iter().any(u8::is_ascii_uppercase);
    let uppercase = has_upper && !bytes.iter().any(u8::is_ascii_lowercase);
    if !has_upper {
        return (lexicon.get(text), uppercase);
    }
    // A copy on the stack: lower-casing allocates nothing, and a longer word is in no table.
    let mut buffer = [0; Lexicon::LONGEST_WORD];
    let Some(lowercase) = buffer.get_mut(..bytes.len()) else { return (Word::default(), uppercase) };
    lowercase.copy_from_slice(bytes);
    lowercase.make_ascii_lowercase();
    (from_utf8(lowercase).map_or_else(|_| Word::default(), |word| lexicon.get(word)), uppercase)
}

fn parse_unicode(text: &str, lexicon: &Lexicon) -> (Word, bool) {
    let lower = |character: char| character.is_lowercase() || is_titlecase(character);
    let uppercase = text.chars().any(char::is_uppercase) && !text.chars().any(lower);
    (lexicon.get(&text.to_lowercase()), uppercase)
}

/// Removes punctuation around a word, but not around what is too short to be one: likely an emoticon.
fn strip(token: &str) -> &str {
    let stripped = token.trim_matches(|character: char| character.is_ascii_punctuation());
    if stripped.chars().nth(2).is_some() { stripped } else { token }
}

fn contains_nt(bytes: &[u8]) -> bool {
    // Most tokens have no apostrophe; only then is the search worth its set-up.
    bytes.contains(&b'\'')
        && [b"n't", b"N't", b"n'T", b"N'T"].iter().any(|nt| memmem::find(bytes, *nt).is_some())
}

/// White space as Python's `str.split` sees it: Unicode's, and four separators that Unicode leaves out.
pub(super) fn is_python_space(character: char) -> bool {
    matches!(character, '\u{1c}'..='\u{1f}') || character.is_whitespace()
}

/// The general category Lt, which `str.isupper` does not accept and Rust's `char` does not tell.
fn is_titlecase(character: char) -> bool {
    matches!(
        character,
        'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'ᾈ'..='ᾏ' | 'ᾘ'..='ᾟ' | 'ᾨ'..='ᾯ' | 'ᾼ' | 'ῌ' | 'ῼ'
    )
}
