use super::pass::Pass;

/// The delimiters that may still turn out to open something: one per sign and length.
#[derive(Debug, Default)]
pub(super) struct Openers {
    open: [Option<Opener>; 7],
}

#[derive(Clone, Copy, Debug)]
struct Opener {
    position: usize,
    length: usize,
}

impl Openers {
    /// Forgets what was written from `length` on.
    pub(super) fn truncate(&mut self, length: usize) {
        for opener in &mut self.open {
            *opener = opener.filter(|opener| opener.position < length);
        }
    }
}

/// Reads a run of `*`, `_` or `~`: removed with its partner when both hug a text from outside, else kept.
pub(super) fn read(pass: &mut Pass<'_>) {
    let rest = pass.rest();
    let sign = rest.as_bytes()[0];
    let length = rest.bytes().take_while(|byte| *byte == sign).count();
    let Some(slot) = slot(sign, length) else { return pass.keep(length) };
    let (before, after) = (pass.previous(), rest[length..].chars().next());
    let closes = before.is_some_and(is_inner_end) && !after.is_some_and(char::is_alphanumeric);
    let opens = after.is_some_and(is_inner_start) && !before.is_some_and(char::is_alphanumeric);
    if let Some(opener) = pass.openers.open[slot].filter(|opener| closes && opener.length == length) {
        pass.openers.open[slot] = None;
        pass.mark(opener.position, length);
        pass.at += length;
        return;
    }
    if opens {
        pass.openers.open[slot] = Some(Opener { position: pass.out.len(), length });
    }
    pass.keep(length);
}

/// Reads a run of backticks, which is dropped unless it serves as an apostrophe.
pub(super) fn read_backtick(pass: &mut Pass<'_>) {
    let length = pass.rest().bytes().take_while(|byte| *byte == b'`').count();
    let is_inside = pass.previous().is_some_and(char::is_alphanumeric)
        && pass.rest()[length..].starts_with(char::is_alphanumeric);
    if length == 1 && is_inside {
        pass.keep(1);
    } else {
        pass.at += length;
    }
}

/// Reads a run of backslashes, which is dropped where it escapes a Markdown sign.
pub(super) fn read_escape(pass: &mut Pass<'_>) {
    let length = pass.rest().bytes().take_while(|byte| *byte == b'\\').count();
    if pass.rest()[length..]
        .starts_with(['*', '_', '~', '`', '#', '>', '[', ']', '(', ')', '!', '|', '$', '-', '+', '.'])
    {
        pass.at += length;
    } else {
        pass.keep(length);
    }
}

/// The place of a delimiter among the openers; `None` for what is never one, as in `~5 %`.
fn slot(sign: u8, length: usize) -> Option<usize> {
    match (sign, length) {
        (b'*', length) => Some(length.min(3) - 1),
        (b'_', length) => Some(length.min(3) + 2),
        (b'~', 2) => Some(6),
        _ => None,
    }
}

/// Emphasised text begins with a word, a quotation, a tag or another delimiter; `:*)` has none.
fn is_inner_start(character: char) -> bool {
    character.is_alphanumeric() || !character.is_ascii() || "$#@\"'([*_~<`\\!+-&".contains(character)
}

fn is_inner_end(character: char) -> bool {
    character.is_alphanumeric() || !character.is_ascii() || "\"')]*_~>`.,!?%;$".contains(character)
}
