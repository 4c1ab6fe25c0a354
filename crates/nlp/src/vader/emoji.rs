use std::borrow::Cow;

use rustc_hash::FxHashMap;

const TABLE: &str = include_str!("../../data/emoji_utf8_lexicon.txt");

/// The descriptions of the emoji of one character each.
///
/// The reference looks emoji up character by character, so its sequences (flags, families, skin tones)
/// never match as a whole, and are left out here.
#[derive(Debug)]
pub(super) struct Emojis {
    descriptions: FxHashMap<char, &'static str>,
}

impl Emojis {
    pub(super) fn embedded() -> Self {
        let rows = TABLE.lines().filter_map(|line| line.trim().split_once('\t'));
        let descriptions = rows.filter_map(|(emoji, description)| {
            let mut characters = emoji.chars();
            let first = characters.next()?;
            characters.next().is_none().then_some((first, description))
        });
        Self { descriptions: descriptions.collect() }
    }

    /// Replaces each emoji by its description, set off from what stands before it, but not from what follows.
    pub(super) fn describe<'text>(&self, text: &'text str) -> Cow<'text, str> {
        if !text.chars().any(|character| self.description(character).is_some()) {
            return Cow::Borrowed(text);
        }
        let mut described = String::with_capacity(text.len() * 2);
        let mut after_space = true;
        for character in text.chars() {
            if let Some(description) = self.description(character) {
                if !after_space {
                    described.push(' ');
                }
                described.push_str(description);
                after_space = false;
            } else {
                described.push(character);
                after_space = character == ' ';
            }
        }
        Cow::Owned(described)
    }

    fn description(&self, character: char) -> Option<&'static str> {
        if character.is_ascii() { None } else { self.descriptions.get(&character).copied() }
    }
}
