use super::{Key, Mood, Voice};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../data/posts.txt");

static SECTIONS: LazyLock<FxHashMap<&str, Vec<Template>>> = LazyLock::new(sections);

/// A text with places for names and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub title: Option<&'static str>,
    pub body: &'static str,
}

impl Template {
    pub(super) fn pick(voice: Voice, mood: Mood, key: Key) -> Self {
        let templates =
            SECTIONS.get(section(voice, mood)).expect("the table has a section for each voice and mood");
        key.one_of(templates)
    }
}

fn section(voice: Voice, mood: Mood) -> &'static str {
    match (voice, mood) {
        (Voice::Forum, Mood::Bullish) => "forum bullish",
        (Voice::Forum, Mood::Bearish) => "forum bearish",
        (Voice::Forum, Mood::Neutral) => "forum neutral",
        (Voice::Emoji, Mood::Bullish) => "emoji bullish",
        (Voice::Emoji, Mood::Bearish) => "emoji bearish",
        (Voice::Emoji, Mood::Neutral) => "emoji neutral",
        (Voice::Analyst, Mood::Bullish) => "analyst bullish",
        (Voice::Analyst, Mood::Bearish) => "analyst bearish",
        (Voice::Analyst, Mood::Neutral) => "analyst neutral",
        (Voice::Press, Mood::Bullish) => "press bullish",
        (Voice::Press, Mood::Bearish) => "press bearish",
        (Voice::Press, Mood::Neutral) => "press neutral",
    }
}

fn sections() -> FxHashMap<&'static str, Vec<Template>> {
    let mut sections: FxHashMap<&str, Vec<Template>> = FxHashMap::default();
    let mut name = "";
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(next) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name = next;
        } else {
            let (title, body) =
                line.split_once(" || ").map_or((None, line), |(title, body)| (Some(title), body));
            sections.entry(name).or_default().push(Template { title, body });
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voice_has_twelve_texts_for_every_mood() {
        for voice in [Voice::Forum, Voice::Emoji, Voice::Analyst, Voice::Press] {
            for mood in [Mood::Bullish, Mood::Bearish, Mood::Neutral] {
                let templates = &SECTIONS[section(voice, mood)];
                assert!(templates.len() >= 12, "{voice:?} {mood:?}");
                let has_place = |text: &str| text.contains("{s}") || text.contains("{n}");
                assert!(
                    templates
                        .iter()
                        .all(|template| has_place(template.body) || template.title.is_some_and(has_place))
                );
            }
        }
        assert_eq!(SECTIONS.len(), 12);
    }
}
