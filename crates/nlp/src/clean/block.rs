use super::pass::Pass;

/// Skips the Markdown at the start of a line: rules, fences, headings, quotes, bullets and table borders.
pub(super) fn start_line(pass: &mut Pass<'_>) {
    pass.in_table_row = false;
    skip_blanks(pass);
    let line = line_of(pass.rest());
    // Only here, not after each prefix: a line is looked at whole just once.
    if is_rule(line) || is_fence(line) {
        pass.at += line.len();
        return;
    }
    while let Some(length) = prefix_length(pass.rest()) {
        pass.at += length;
        skip_blanks(pass);
    }
    if pass.rest().starts_with('|') {
        pass.in_table_row = true;
    }
}

/// Reads a pipe, which separates cells in a table and is text elsewhere.
pub(super) fn read_pipe(pass: &mut Pass<'_>) {
    if pass.in_table_row {
        pass.at += 1;
        pass.push_space();
    } else {
        pass.keep(1);
    }
}

fn skip_blanks(pass: &mut Pass<'_>) {
    pass.at += pass.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
}

fn line_of(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(b'-' | b'*' | b'_' | b'=' | b'`' | b'~' | b'|' | b':') => {
            &text[..memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len())]
        }
        _ => "",
    }
}

/// Whether `line` is a thematic break, the underline of a heading, or the row below the head of a table.
fn is_rule(line: &str) -> bool {
    let marks = line.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let Some(first) = marks.clone().next() else { return false };
    let is_break = marks.clone().all(|byte| byte == first) && marks.clone().count() >= 3;
    let is_border = line.contains("--") && marks.clone().all(|byte| matches!(byte, b'|' | b'-' | b':'));
    is_break || is_border
}

fn is_fence(line: &str) -> bool {
    let info = line.strip_prefix("```").or_else(|| line.strip_prefix("~~~"));
    info.is_some_and(|info| {
        info.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"`~+-".contains(&byte))
    })
}

fn prefix_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    match bytes.first()? {
        b'#' => {
            let hashes = bytes.iter().take(7).take_while(|byte| **byte == b'#').count();
            (hashes <= 6 && is_blank(bytes.get(hashes))).then_some(hashes)
        }
        b'-' | b'+' | b'*' => is_blank(bytes.get(1)).then_some(1),
        b'>' => is_quote(&rest[1..]).then_some(1),
        b'&' => rest.strip_prefix("&gt;").is_some_and(is_quote).then_some(4),
        b'0'..=b'9' => {
            let digits = bytes.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            let is_item = digits <= 2
                && matches!(bytes.get(digits), Some(b'.' | b')'))
                && is_blank(bytes.get(digits + 1));
            is_item.then_some(digits + 1)
        }
        _ => None,
    }
}

fn is_blank(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b' ' | b'\t'))
}

/// Whether a text that begins like `rest` is quoted by the `>` before it, which also begins `>:(` and `>5 %`.
fn is_quote(rest: &str) -> bool {
    rest.starts_with(|first: char| first.is_alphabetic() || " \t\r\n>\"'$[*!&".contains(first))
}
