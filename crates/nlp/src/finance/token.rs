use std::borrow::Cow;

use super::lexicon::{Entry, Lexicon};
use super::number::{self, Number};

/// A word, phrase, number or emoji of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'text> {
    /// In lower case; of a phrase its first word.
    pub(super) word: &'text str,
    pub(super) entry: Entry,
    pub(super) number: Option<Number>,
    pub(super) end: End,
}

/// What ends behind a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Nothing,
    Comma,
    Sentence,
}

/// `text` as the tokens need it: in lower case and with plain apostrophes.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(
        text.chars()
            .flat_map(char::to_lowercase)
            .map(|character| if character == '’' { '\'' } else { character })
            .collect(),
    )
}

/// The tokens of a folded `text`.
pub(super) fn tokens<'text>(text: &'text str, lexicon: &Lexicon) -> Vec<Token<'text>> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    for chunk in text.split_whitespace() {
        read_chunk(chunk, lexicon, &mut tokens);
    }
    join_phrases(&mut tokens, lexicon);
    tokens
}

/// Reads what stands between two blanks.
fn read_chunk<'text>(chunk: &'text str, lexicon: &Lexicon, tokens: &mut Vec<Token<'text>>) {
    if chunk.starts_with('@') || chunk.contains("://") {
        return;
    }
    let is_sign = chunk.starts_with(|first: char| first.is_ascii_punctuation());
    if is_sign && let Some(entry) = lexicon.get(chunk) {
        return tokens.push(Token { word: chunk, entry, number: None, end: End::Nothing });
    }
    if chunk.starts_with('$') && chunk[1..].starts_with(char::is_alphabetic) {
        // A cashtag is no word, whatever it spells.
        tokens.push(Token { word: "$", entry: Entry::default(), number: None, end: End::Nothing });
    } else {
        for piece in chunk.split(['/', '—', '–', '…', '(', ')', '"', '“', '”', '*']) {
            read_piece(piece, lexicon, tokens);
        }
    }
    if let Some(last) = tokens.last_mut() {
        last.end = last.end.max(end_of(chunk));
    }
}

/// Reads a piece of letters and digits, in which emoji may stand.
fn read_piece<'text>(piece: &'text str, lexicon: &Lexicon, tokens: &mut Vec<Token<'text>>) {
    let is_pictograph = |character: char| !character.is_ascii() && !character.is_alphanumeric();
    if piece.is_ascii() || !piece.contains(is_pictograph) {
        return read_word(piece, lexicon, tokens);
    }
    let mut rest = piece;
    while let Some((at, pictograph)) = rest.char_indices().find(|(_, character)| is_pictograph(*character)) {
        let end = at + pictograph.len_utf8();
        read_word(&rest[..at], lexicon, tokens);
        if let Some(entry) = lexicon.get(&rest[at..end]) {
            tokens.push(Token { word: &rest[at..end], entry, number: None, end: End::Nothing });
        }
        rest = &rest[end..];
    }
    read_word(rest, lexicon, tokens);
}

fn read_word<'text>(piece: &'text str, lexicon: &Lexicon, tokens: &mut Vec<Token<'text>>) {
    if let Some(number) = number::parse(piece) {
        if !tokens.last_mut().is_some_and(|last| last.number.as_mut().is_some_and(|last| last.append(piece)))
        {
            tokens.push(Token {
                word: piece,
                entry: Entry::default(),
                number: Some(number),
                end: End::Nothing,
            });
        }
        return;
    }
    let word = piece.trim_matches(|character: char| character.is_ascii_punctuation() && character != '%');
    if word.is_empty() {
        return;
    }
    if let Some(last) = tokens.last_mut().and_then(|last| last.number.as_mut())
        && last.scale(word)
    {
        return;
    }
    let entry = lexicon.get(word).or_else(|| word.strip_suffix("'s").and_then(|word| lexicon.get(word)));
    tokens.push(Token { word, entry: entry.unwrap_or_default(), number: None, end: End::Nothing });
}

fn end_of(chunk: &str) -> End {
    match chunk.as_bytes().last() {
        Some(b'.') if chunk.len() > 3 || chunk == "." => End::Sentence,
        Some(b'!' | b'?' | b';') => End::Sentence,
        Some(b',' | b':' | b')') => End::Comma,
        Some(b'-') if chunk.bytes().all(|byte| byte == b'-') => End::Comma,
        _ => End::Nothing,
    }
}

/// Makes one token of the words of each phrase; of several phrases the longest.
fn join_phrases(tokens: &mut Vec<Token<'_>>, lexicon: &Lexicon) {
    let mut phrase = String::new();
    let mut kept = 0;
    let mut position = 0;
    while position < tokens.len() {
        let mut token = tokens[position];
        let mut length = 1;
        phrase.clear();
        phrase.push_str(token.word);
        for next in 1..token.entry.longest_phrase {
            let Some(word) = tokens.get(position + next) else { break };
            if tokens[position + next - 1].end != End::Nothing {
                break;
            }
            phrase.push(' ');
            phrase.push_str(word.word);
            if let Some(entry) = lexicon.get(&phrase) {
                (token.entry, token.end) = (entry, word.end);
                length = next + 1;
            }
        }
        tokens[kept] = token;
        kept += 1;
        position += length;
    }
    tokens.truncate(kept);
}
