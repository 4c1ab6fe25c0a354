use std::borrow::Cow;

use super::pass::Pass;

/// No named entity is longer, with its semicolon.
const LONGEST: usize = 33;

/// Reads `&`, and decodes the entity that it begins, even if it was encoded more than once: `&amp;gt;`.
pub(super) fn read(pass: &mut Pass<'_>) {
    let mut decoded = Cow::Borrowed("&");
    pass.at += 1;
    // Each further round reads on after a decoded ampersand, as if that stood in the text.
    while decoded == "&"
        && let Some((character, length)) = decode(pass.rest())
    {
        decoded = character;
        pass.at += length;
    }
    let next = pass.rest().chars().next();
    for character in decoded.chars() {
        pass.push(character, next);
    }
}

/// Decodes the entity whose ampersand stands before `name`; the length is that of its name and semicolon.
fn decode(name: &str) -> Option<(Cow<'static, str>, usize)> {
    let bytes = name.as_bytes();
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'#';
    let length = bytes.iter().take(LONGEST).take_while(is_name).count();
    if bytes.get(length) != Some(&b';') {
        return None;
    }
    let source = format!("&{}", &name[..=length]);
    let decoded = html_escape::decode_html_entities(&source);
    (decoded != source).then(|| (Cow::Owned(decoded.into_owned()), length + 1))
}
