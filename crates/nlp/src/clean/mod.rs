//! Plain text out of what people and news sites write.
//!
//! Removes HTML (`html`), Markdown (`block`, `emphasis`, `link`), URLs (`url`) and invisible
//! characters (`character`), decodes entities (`entity`) and puts single spaces between words. Keeps what
//! later steps read: emoji, cashtags, hashtags, mentions, punctuation and capitals.
//!
//! Never parses Markdown by the book: posts are no documents, and `$AAPL_`, `snake_case`, `5*3` and `$5 < $6`
//! must survive, so what does not clearly look like markup is text.

mod block;
mod character;
mod emphasis;
mod entity;
mod html;
mod link;
mod pass;
mod url;

use std::borrow::Cow;

use pass::Pass;

/// Ordinary texts settle in two or three passes; only what is built to nest takes more.
const MOST_PASSES: usize = 6;

/// Plain text of social or news markup.
///
/// Cleaning twice equals cleaning once, and takes time linear in the length of `text`.
pub fn clean(text: &str) -> Cow<'_, str> {
    let mut current = Cow::Borrowed(text);
    for _ in 0..MOST_PASSES {
        let next = Pass::over(&current);
        if next == current {
            return current;
        }
        // What one pass uncovers, such as the tag in `&lt;b&gt;`, the next one removes.
        current = Cow::Owned(next);
    }
    Cow::Owned(Pass::over(&defuse(&current)))
}

/// Blanks every character of which markup is made, so that one more pass is certainly the last.
fn defuse(text: &str) -> String {
    let is_markup = |character: char| {
        character.is_ascii_punctuation() && !"$',%!?".contains(character) || character == '…'
    };
    text.replace(is_markup, " ")
}
