use super::pass::Pass;

/// An opening bracket that may still turn out to begin a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    position: usize,
    is_image: bool,
}

/// Reads `[`, `![` or `]`: links leave their text, images nothing.
pub(super) fn read(pass: &mut Pass<'_>) {
    let rest = pass.rest();
    if rest.starts_with(']') {
        return close(pass);
    }
    let is_image = rest.starts_with("![");
    if is_image || rest.starts_with('[') {
        pass.brackets.push(Bracket { position: pass.out.len(), is_image });
    }
    pass.keep(if is_image { 2 } else { 1 });
}

fn close(pass: &mut Pass<'_>) {
    let destination = Destination::parse(&pass.rest()[1..]);
    match (pass.brackets.pop(), destination) {
        (Some(bracket), Some(destination)) if bracket.is_image => {
            pass.truncate(bracket.position);
            pass.push_space();
            pass.at += 1 + destination.length;
        }
        (Some(bracket), Some(destination)) if destination.is_address => {
            pass.mark(bracket.position, 1);
            pass.at += 1 + destination.length;
        }
        _ => pass.keep(1),
    }
}

/// The `(address "title")` of a link.
struct Destination {
    length: usize,
    is_address: bool,
}

impl Destination {
    /// Reads as far as the next bracket at most, which keeps the whole text linear.
    fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('(')?;
        let address = address_length(inner);
        let tail = inner[address..].trim_start_matches(' ');
        let title = tail.strip_prefix('"').and_then(|title| {
            let end = title.find(['"', '[', ']'])?;
            title[end..].strip_prefix('"')
        });
        let tail = title.unwrap_or(tail).trim_start_matches(' ').strip_prefix(')')?;
        let is_address = inner[..address].contains(['.', '/', '#', ':']);
        Some(Self { length: text.len() - tail.len(), is_address })
    }
}

/// The length of an address, whose own parentheses are balanced.
fn address_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let ends = |byte: u8| {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return true,
            b')' => depth -= 1,
            _ => {}
        }
        byte.is_ascii_whitespace() || matches!(byte, b'[' | b']' | b'<')
    };
    text.bytes().position(ends).unwrap_or(text.len())
}
