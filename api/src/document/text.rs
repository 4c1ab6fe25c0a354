//! The first look at a document, one pass over its bytes, before anything is built from them.

use super::{Excess, refuse};
use async_graphql::ServerError;

pub const MOST_BYTES: usize = 100_000;
const MOST_TOKENS: usize = 2000;
/// Of braces, brackets and parentheses within each other; the parser goes into them recursively.
const MOST_NESTED: usize = 48;
const MOST_DIRECTIVES: usize = 50;

const SMALLER: &str = "send it in several requests, or its values as variables";

/// Counts the tokens, and refuses a text that the parser should not see.
pub fn scan(text: &str) -> Result<usize, Vec<ServerError>> {
    if text.len() > MOST_BYTES {
        return Err(Excess::over("bytes", MOST_BYTES, SMALLER).into());
    }
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut nested, mut directives) = (0, 0, 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at),
            byte if is_word(byte) => at + bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => at + 1,
        };
        tokens += 1;
        match byte {
            b'{' | b'(' | b'[' => nested += 1,
            b'}' | b')' | b']' => nested = nested.saturating_sub(1),
            b'@' => directives += 1,
            _ => {}
        }
        if tokens > MOST_TOKENS {
            return Err(Excess::over("tokens", MOST_TOKENS, SMALLER).into());
        }
        if nested > MOST_NESTED {
            return Err(Excess::over("levels of brackets", MOST_NESTED, SMALLER).into());
        }
        if directives > MOST_DIRECTIVES {
            return Err(Excess::over("directives", MOST_DIRECTIVES, SMALLER).into());
        }
        at = end;
    }
    Ok(tokens)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+')
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
}

/// Behind the closing quote, or the end of a text that lacks it.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let is_block = bytes[at..].starts_with(br#"""""#);
    let mut at = at + if is_block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if is_block && bytes[at..].starts_with(br#"\""""#) => at += 4,
            b'\\' if !is_block => at += 2,
            b'"' if is_block && bytes[at..].starts_with(br#"""""#) => return at + 3,
            b'"' | b'\n' if !is_block => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The text with the escapes written out that the parser does not know: `\u{1F680}` and pairs of surrogates; `None` if
/// there are none.
pub fn with_plain_escapes(text: &str) -> Result<Option<String>, Vec<ServerError>> {
    if !text.contains("\\u{") && !text.contains("\\uD") && !text.contains("\\ud") {
        return Ok(None);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '#']) {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let bytes = rest.as_bytes();
        let end =
            if bytes[0] == b'#' { end_of_line(bytes, 0) } else { end_of_string(bytes, 0).min(rest.len()) };
        // A string without its end may be cut within a character: the parser says what is wrong with it.
        let Some((token, behind)) = rest.split_at_checked(end) else { return Ok(None) };
        if token.starts_with('"') && !token.starts_with("\"\"\"") {
            unescape(token, &mut plain)
                .ok_or_else(|| refuse("a string has an escape that is no character"))?;
        } else {
            plain.push_str(token);
        }
        rest = behind;
    }
    plain.push_str(rest);
    Ok(Some(plain))
}

/// Copies a string, with the characters beyond the first plane written out; `None` if an escape is no character.
fn unescape(token: &str, plain: &mut String) -> Option<()> {
    let mut rest = token;
    while let Some(start) = rest.find('\\') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(hex) = rest.strip_prefix("\\u") else {
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        if let Some(hex) = hex.strip_prefix('{') {
            let (code, behind) = hex.split_once('}')?;
            push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?, plain);
            rest = behind;
            continue;
        }
        let (first, behind) = unit(hex)?;
        if !(0xD800..0xE000).contains(&first) {
            plain.push_str(&rest[..6]);
            rest = behind;
            continue;
        }
        let (second, behind) = unit(behind.strip_prefix("\\u")?)?;
        push(char::decode_utf16([first, second]).next()?.ok()?, plain);
        rest = behind;
    }
    plain.push_str(rest);
    Some(())
}

fn unit(hex: &str) -> Option<(u16, &str)> {
    let (code, behind) = hex.split_at_checked(4)?;
    Some((u16::from_str_radix(code, 16).ok()?, behind))
}

/// What ends a string, or stands nowhere in one, stays escaped.
fn push(char: char, plain: &mut String) {
    if char == '"' || char == '\\' || char.is_control() {
        use std::fmt::Write as _;
        write!(plain, "\\u{:04X}", u32::from(char)).expect("a String can be written");
    } else {
        plain.push(char);
    }
}
