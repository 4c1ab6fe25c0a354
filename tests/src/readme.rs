//! What the README tells people to do.

/// The blocks of GraphQL in a chapter, in their order.
///
/// # Panics
/// When the README has no such chapter.
pub fn graphql(chapter: &str) -> Vec<String> {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once(&format!("\n## {chapter}\n")).expect("the README has the chapter");
    let text = rest.split("\n## ").next().unwrap_or_default();
    let blocks = text.split("```graphql\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}
