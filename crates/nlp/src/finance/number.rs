/// A number of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) is_percent: bool,
    /// Whether a plus or minus stands before it: +1, −1, or 0 for neither.
    pub(super) sign: f64,
}

const CURRENCIES: [&str; 12] = ["eur", "usd", "gbp", "sek", "nok", "dkk", "us$", "$", "€", "£", "rs", "¥"];

/// Digits and signs beyond which nothing is a number.
const LONGEST: usize = 24;

/// Parses `5.1`, `1,000`, `+2.4%`, `eur131m` or `$5bn`.
pub(super) fn parse(text: &str) -> Option<Number> {
    let text = text.trim_matches(['(', ')', ',', ';', ':', '!', '?', '~', '\'']).trim_end_matches('.');
    if text.len() > LONGEST {
        return None;
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1.0,
        Some(b'-') => -1.0,
        _ => 0.0,
    };
    let bare = CURRENCIES.iter().find_map(|currency| unsigned.strip_prefix(currency)).unwrap_or(unsigned);
    let digits = bare.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
    let value = bare[..digits].replace(',', "").parse::<f64>().ok()?;
    let mut number = Number { value, is_percent: false, sign };
    let unit = &bare[digits..];
    (unit.is_empty() || number.scale(unit)).then_some(number)
}

impl Number {
    /// Takes in the unit that stands behind; `false` if `unit` is none.
    pub(super) fn scale(&mut self, unit: &str) -> bool {
        let factor = match unit {
            "%" | "percent" | "pct" | "pc" => {
                self.is_percent = true;
                1.0
            }
            "k" | "thousand" => 1e3,
            "m" | "mn" | "mln" | "million" | "mio" => 1e6,
            "b" | "bn" | "bln" | "billion" => 1e9,
            "x" | "p" | "c" => 1.0,
            _ => return false,
        };
        self.value *= factor;
        true
    }

    /// Takes in a fraction that was split off: "EUR0 .8 m"; `false` if `text` is none.
    pub(super) fn append(&mut self, text: &str) -> bool {
        let is_fraction = text.starts_with('.') && self.value.fract() == 0.0;
        match text.parse::<f64>() {
            Ok(fraction) if is_fraction => {
                self.value += fraction;
                true
            }
            _ => false,
        }
    }

    /// Whether it is more likely a year than an amount.
    pub(super) fn is_year(&self) -> bool {
        !self.is_percent && self.value.fract() == 0.0 && (1950.0..2100.0).contains(&self.value)
    }
}
