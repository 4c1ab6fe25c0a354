//! Which kind of answer a client wants, by RFC 9110.

use axum::http::{HeaderMap, header::ACCEPT};

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`: a document that can't run is answered with 200, as old clients expect.
    Json,
    /// `application/graphql-response+json`: the status tells whether it ran.
    GraphQl,
    /// `text/event-stream`, by the protocol graphql-sse in its mode of distinct connections.
    Events,
}

impl Media {
    /// In the order in which they are preferred where the client has no preference.
    const ALL: [Self; 3] = [Self::Json, Self::GraphQl, Self::Events];

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Events => "text/event-stream; charset=utf-8",
        }
    }

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("application", "json"),
            Self::GraphQl => ("application", "graphql-response+json"),
            Self::Events => ("text", "event-stream"),
        }
    }

    /// The best that the header `Accept` allows; `None` if it allows none.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let lines: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
        let ranges: Vec<Range<'_>> =
            lines.iter().flat_map(|line| line.split(',')).filter_map(Range::parse).collect();
        if ranges.is_empty() {
            return lines.iter().all(|line| line.trim().is_empty()).then_some(Self::Json);
        }
        let choices = Self::ALL.into_iter().filter_map(|media| {
            // The most specific range decides, whatever the others say.
            let (place, range) = ranges
                .iter()
                .enumerate()
                .filter(|(_, range)| range.covers(media))
                .max_by_key(|(place, range)| (range.specificity(), std::cmp::Reverse(*place)))?;
            (range.quality > 0).then_some((media, range.quality, range.specificity(), place))
        });
        // Of equal quality what is named before what is only covered, and what is named first.
        let best = choices.min_by_key(|(_, quality, specificity, place)| {
            (std::cmp::Reverse(*quality), std::cmp::Reverse(*specificity), *place)
        });
        best.map(|(media, ..)| media)
    }
}

/// One range of `Accept`.
#[derive(Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// `None` for what is no range, or asks for another encoding than UTF-8.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            if name.trim().eq_ignore_ascii_case("q") {
                let share: f32 = value.parse().ok().filter(|share| (0.0..=1.0).contains(share))?;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
                {
                    quality = (share * 1000.0).round() as u16;
                }
            } else if name.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
                return None;
            }
        }
        Some(Self { kind, subtype, quality })
    }

    fn covers(&self, media: Media) -> bool {
        let (kind, subtype) = media.name();
        // A stream of events only goes to who asks for it.
        let is_open = media != Media::Events;
        let is = |found: &str, wanted: &str| found.eq_ignore_ascii_case(wanted) || (found == "*" && is_open);
        is(self.kind, kind) && is(self.subtype, subtype)
    }

    fn specificity(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

/// The only encoding of JSON.
pub fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::Media;
    use axum::http::{HeaderMap, header::ACCEPT};

    fn check(accept: &str, expected: Option<Media>) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        assert_eq!(Media::accepted(&headers), expected, "{accept}");
    }

    #[test]
    fn the_best_that_is_accepted_is_given() {
        use Media::{Events, GraphQl, Json};
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Json));
        check("", Some(Json));
        check("*/*", Some(Json));
        check("application/*", Some(Json));
        check("application/json", Some(Json));
        check("APPLICATION/JSON; charset=UTF-8", Some(Json));
        check("application/graphql-response+json", Some(GraphQl));
        check("application/graphql-response+json, application/json;q=0.9", Some(GraphQl));
        check("application/graphql-response+json, application/json", Some(GraphQl));
        check("application/json, application/graphql-response+json", Some(Json));
        check("application/json;q=0.5, application/graphql-response+json;q=0.8", Some(GraphQl));
        check("application/json;q=0, */*", Some(GraphQl));
        check("*/*;q=0.1, application/graphql-response+json;q=0.2", Some(GraphQl));
        check("text/html, */*;q=0.8", Some(Json));
        check("text/event-stream", Some(Events));
        check("text/event-stream, application/json;q=0.5", Some(Events));
    }

    #[test]
    fn what_cannot_be_given_is_refused() {
        check("text/html", None);
        check("text/*", None);
        check("application/xml, image/*", None);
        check("application/json;q=0", None);
        check("application/json;charset=utf-16", None);
        check("nonsense", None);
    }
}
