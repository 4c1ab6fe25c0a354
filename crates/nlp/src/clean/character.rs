const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Space,
    Drop,
}

/// Judges `character` by itself, by the `last` one that was kept and by the `next` one.
pub(super) fn judge(character: char, last: Option<char>, next: Option<char>) -> Verdict {
    let follows_emoji = last.is_some_and(|last| is_emoji(last) || is_selector(last));
    let is_kept = match character {
        ZERO_WIDTH_JOINER => follows_emoji && next.is_some_and(is_emoji),
        // Keycaps are a digit, a selector and a frame.
        _ if is_selector(character) => {
            last.is_some_and(|last| is_emoji(last) || last.is_ascii_digit() || matches!(last, '#' | '*'))
        }
        // Flags of England, Scotland and Wales spell their region in tags.
        '\u{e0020}'..='\u{e007f}' => {
            last.is_some_and(|last| is_emoji(last) || matches!(last, '\u{e0020}'..='\u{e007f}'))
        }
        _ if character.is_whitespace() => return Verdict::Space,
        _ => !is_invisible(character),
    };
    if is_kept { Verdict::Keep } else { Verdict::Drop }
}

/// The last character of `out`, which holds whole characters.
pub(super) fn last_of(out: &[u8]) -> Option<char> {
    let tail = &out[out.len().saturating_sub(4)..];
    // The tail may begin within a character: at most three bytes until the next one.
    let starts = (0..tail.len()).find_map(|start| std::str::from_utf8(&tail[start..]).ok());
    starts.and_then(|tail| tail.chars().next_back())
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe0e}' | '\u{fe0f}')
}

/// Whether `character` is, or may be, an emoji: symbols, pictographs, modifiers and regional indicators.
fn is_emoji(character: char) -> bool {
    matches!(character, '©' | '®' | '‼'..='⁉' | '⃣' | '™'..='㊙' | '\u{1f000}'..='\u{1faff}')
        && !character.is_whitespace()
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{fe00}'..='\u{fe0d}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
