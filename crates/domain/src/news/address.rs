//! The one address of an article, whoever sells it.

use super::{Error, NewPost};
use entity::news::post::{Column, Entity};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use std::collections::HashSet;
use url::Url;

/// A longer address is not stored, and known by nobody.
pub const LONGEST: usize = 500;
/// What says where a reader came from, not what is read.
const TRACKING: [&str; 9] =
    ["fbclid", "gclid", "mc_cid", "mc_eid", "cmpid", "ncid", "guccounter", "guce_referrer", "soc_src"];

/// The address without what does not name the article; `None` of what is no web address, or too long a one.
///
/// It still leads to the article: only the scheme, the host's letters, the fragment and marks of tracking change.
pub fn canonical(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok()?;
    if url.scheme() == "http" && url.port().is_none() {
        url.set_scheme("https").ok()?;
    }
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
        return None;
    }
    url.set_fragment(None);
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !is_tracking(name)).map(|(a, b)| (a.into(), b.into())).collect();
    if kept.len() != url.query_pairs().count() {
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    let text = String::from(url);
    (text.len() <= LONGEST).then_some(text)
}

fn is_tracking(name: &str) -> bool {
    name.starts_with("utm_") || TRACKING.contains(&name)
}

/// `posts` without those whose address is known already, from another source or before among them.
pub async fn drop_known(db: &impl ConnectionTrait, posts: Vec<NewPost>) -> Result<Vec<NewPost>, Error> {
    let mut known: HashSet<String> = HashSet::new();
    for chunk in posts.chunks(500) {
        let Some(source) = chunk.first().map(|post| post.source) else { continue };
        let rows: Vec<Option<String>> = Entity::find()
            .select_only()
            .column(Column::Url)
            .filter(Column::Url.is_in(chunk.iter().filter_map(|post| post.url.as_deref())))
            // The same source knows its own by their ids.
            .filter(Column::Source.ne(source))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(rows.into_iter().flatten());
    }
    let is_new = |post: &NewPost| post.url.clone().is_none_or(|url| known.insert(url));
    Ok(posts.into_iter().filter(is_new).collect())
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn what_names_the_article_stays_and_the_rest_goes() {
        for (address, expected) in [
            ("http://Example.com/a?utm_source=x&id=7&gclid=1#top", Some("https://example.com/a?id=7")),
            ("https://example.com/a?utm_source=x", Some("https://example.com/a")),
            ("https://example.com/a?b=1&c=%20x", Some("https://example.com/a?b=1&c=%20x")),
            ("http://example.com:8080/", Some("http://example.com:8080/")),
            ("ftp://example.com/", None),
            ("no address", None),
        ] {
            assert_eq!(canonical(address).as_deref(), expected, "{address}");
        }
        assert_eq!(canonical(&format!("https://example.com/{}", "x".repeat(500))), None);
    }
}
