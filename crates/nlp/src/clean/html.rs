use memchr::{memchr_iter, memchr2, memmem};

use super::pass::Pass;

/// Elements within a line, whose tags leave no space.
const INLINE: &str = "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike \
    strong sub sup tt u var wbr";

const BLOCK: &str = "address article aside audio blockquote body br button canvas caption center col colgroup dd details \
    dialog div dl dt embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html \
    iframe img input legend li link main menu meta nav noscript object ol optgroup option p picture pre \
    script section select source style summary svg table tbody td textarea tfoot th thead title tr";

/// What has no end in the rest of the text, so that it is not searched for again.
#[derive(Debug, Default)]
pub(super) struct Unclosed {
    comment: bool,
    script: bool,
    style: bool,
}

/// Reads `<`, and removes the tag or comment that it begins; scripts and styles go with their content.
pub(super) fn read(pass: &mut Pass<'_>) {
    let rest = pass.rest();
    if rest.starts_with("<!--") {
        return read_comment(pass);
    }
    let Some(tag) = Tag::parse(rest) else { return pass.keep(1) };
    pass.at += tag.length;
    if !is_listed(INLINE, tag.name) {
        pass.push_space();
    }
    if tag.opens("script") {
        pass.unclosed.script = pass.unclosed.script || !skip_content(pass, "script");
    } else if tag.opens("style") {
        pass.unclosed.style = pass.unclosed.style || !skip_content(pass, "style");
    }
}

fn read_comment(pass: &mut Pass<'_>) {
    let end = if pass.unclosed.comment { None } else { memmem::find(&pass.rest().as_bytes()[4..], b"-->") };
    if let Some(end) = end {
        pass.at += 4 + end + 3;
        pass.push_space();
    } else {
        pass.unclosed.comment = true;
        pass.keep(1);
    }
}

/// Skips to the end tag of `name`, if there is one.
fn skip_content(pass: &mut Pass<'_>, name: &str) -> bool {
    let bytes = pass.rest().as_bytes();
    let ends = |at: &usize| {
        let end_tag = bytes[*at..].strip_prefix(b"</").and_then(|tag| tag.get(..name.len()));
        end_tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    let end = memchr_iter(b'<', bytes).find(ends);
    pass.at += end.unwrap_or(0);
    end.is_some()
}

/// `<name …>`, `</name>` or `<!doctype …>`.
struct Tag<'text> {
    name: &'text str,
    is_end: bool,
    length: usize,
}

impl<'text> Tag<'text> {
    /// Parses a tag up to the next angle bracket; `$5 <b and c> 4`, `<TSLA>` and `<3` are none.
    fn parse(text: &'text str) -> Option<Self> {
        let inner = &text[1..];
        let is_declaration = inner.starts_with(['!', '?']);
        let is_end = inner.starts_with('/');
        let named = if is_declaration || is_end { &inner[1..] } else { inner };
        if !named.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':');
        let (name, attributes) = named.split_at(named.bytes().take_while(is_name).count());
        let end = memchr2(b'<', b'>', attributes.as_bytes())?;
        if attributes.as_bytes()[end] == b'<' {
            return None;
        }
        let length = text.len() - attributes.len() + end + 1;
        let is_tag = is_declaration || is_known(name) && is_list(&attributes[..end]);
        // An autolink, such as `<https://example.com>`, reads as a name with a colon.
        (is_tag || name.contains(':') && attributes.starts_with("//")).then_some(Self {
            name,
            is_end,
            length,
        })
    }

    fn opens(&self, name: &str) -> bool {
        !self.is_end && self.name.eq_ignore_ascii_case(name)
    }
}

/// Whether `name` is an element of HTML, or of an extension of it: `o:p`, `my-element`.
fn is_known(name: &str) -> bool {
    is_listed(INLINE, name) || is_listed(BLOCK, name) || name.contains([':', '-'])
}

fn is_listed(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether `attributes` look like attributes: none, or some with a value.
fn is_list(attributes: &str) -> bool {
    let attributes = attributes.trim_end_matches('/').trim();
    attributes.is_empty() || attributes.contains('=')
}
