use super::pass::Pass;

/// Hosts of short links, which people also write without a scheme.
const BARE_HOSTS: [&str; 6] = ["t.co", "pic.twitter.com", "bit.ly", "goo.gl", "youtu.be", "ow.ly"];
const SCHEMES: [&str; 3] = ["https", "http", "ftp"];
/// What is left of a scheme where a retweet was cut off: `http…`.
const CUT_OFF: [&str; 8] = ["https:/", "http:/", "https:", "http:", "https", "http", "htt", "ht"];

/// Reads `:`, `.` or `/`, and removes the URL that it belongs to, whose beginning is already written.
pub(super) fn read(pass: &mut Pass<'_>) {
    let rest = pass.rest();
    let starts = |sign: char| {
        rest.starts_with(sign) && rest[1..].starts_with(|next: char| next.is_ascii_alphanumeric())
    };
    let found = if rest.starts_with("://") {
        SCHEMES.iter().find_map(|scheme| before(&pass.out, scheme)).map(|written| (written, 3))
    } else if starts('.') {
        word_before(&pass.out, "www").map(|written| (written, 1))
    } else if starts('/') {
        BARE_HOSTS.iter().find_map(|host| word_before(&pass.out, host)).map(|written| (written, 1))
    } else {
        None
    };
    let Some((written, separator)) = found else { return pass.keep(1) };
    pass.truncate(written);
    pass.at += separator + length(&rest[separator..]);
    pass.push_space();
}

/// Takes back the URL that an ellipsis has cut off, if one stands before it.
pub(super) fn take_back_cut_off(pass: &mut Pass<'_>) -> bool {
    let written = CUT_OFF.iter().find_map(|scheme| word_before(&pass.out, scheme));
    if let Some(written) = written {
        pass.truncate(written);
    }
    written.is_some()
}

/// The length of the URL that `text` goes on with, without the punctuation of the sentence around it.
fn length(text: &str) -> usize {
    let ends = |character: char| {
        !(character.is_ascii_graphic() || character == '…') || "<>\"[]{}|\\^`".contains(character)
    };
    let url = &text[..text.find(ends).unwrap_or(text.len())];
    let has_parenthesis = url.contains('(');
    let is_around =
        |character: char| ".,;:!?'*_~".contains(character) || character == ')' && !has_parenthesis;
    url.trim_end_matches(is_around).len()
}

/// The length of `out` without `word` in any case at its end.
fn before(out: &[u8], word: &str) -> Option<usize> {
    let start = out.len().checked_sub(word.len())?;
    out[start..].eq_ignore_ascii_case(word.as_bytes()).then_some(start)
}

/// As [`before`], where `word` is not the tail of a longer one.
fn word_before(out: &[u8], word: &str) -> Option<usize> {
    let joins = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@') || !byte.is_ascii()
    };
    before(out, word).filter(|start| !start.checked_sub(1).is_some_and(|last| joins(out[last])))
}
