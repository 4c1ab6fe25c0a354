use super::{Draft, Key, Model, template::Template, voice::Voice};
use domain::market::Symbol;

/// A post's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub title: Option<String>,
    pub body: String,
    pub names_other: bool,
}

impl Text {
    /// A headline's words are its title.
    pub(super) fn of(model: &Model, draft: &Draft<'_>) -> Self {
        let key = draft.key.with(8);
        let template = Template::pick(draft.voice, draft.mood, key.with(1));
        let words = Words::new(model, draft, key);
        let names_other =
            [template.title, Some(template.body)].iter().flatten().any(|text| text.contains("{o}"));
        let (title, body) = (template.title.map(|title| words.fill(title)), words.fill(template.body));
        match draft.voice {
            Voice::Press => Self { title: Some(body), body: String::new(), names_other },
            _ => Self { title, body, names_other },
        }
    }
}

/// What stands in the places of a template.
struct Words<'a> {
    stock: String,
    other: String,
    name: &'a str,
    price: String,
    change: String,
    number: String,
}

impl<'a> Words<'a> {
    fn new(model: &Model, draft: &Draft<'a>, key: Key) -> Self {
        let (stock, moment) = (draft.stock, &draft.moment);
        let price = model.log_price(stock, moment);
        let close = model.log_close(stock, moment.session.saturating_sub(1));
        let change = ((price - close).exp_m1() * 100.0).abs().max(0.1);
        Self {
            stock: mention(stock.listing.symbol(), draft.voice, key.with(2)),
            other: format!("${}", draft.other.listing.symbol()),
            name: stock.listing.short_name(),
            price: format!("{:.2}", price.exp()),
            change: format!("{change:.1}"),
            number: (2 + key.with(3).index(29)).to_string(),
        }
    }

    fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, behind) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            filled.push_str(self.word(place));
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }

    fn word(&self, place: &str) -> &str {
        match place {
            "s" => &self.stock,
            "o" => &self.other,
            "n" => self.name,
            "p" => &self.price,
            "c" => &self.change,
            "x" => &self.number,
            unknown => unreachable!("no template has a place {unknown}"),
        }
    }
}

/// Mostly a cashtag; forum people sometimes leave out the sign.
fn mention(symbol: &Symbol, voice: Voice, key: Key) -> String {
    match key.uniform() {
        point if voice != Voice::Forum || point > 0.2 => format!("${symbol}"),
        point if point > 0.05 => format!("{symbol} stock"),
        _ => format!("ticker {symbol}"),
    }
}
