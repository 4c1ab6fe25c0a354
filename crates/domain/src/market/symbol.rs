//! The name under which something trades.

use super::Error;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A ticker symbol: `^[A-Z][A-Z0-9.-]{0,9}$`, such as `AAPL` or `BRK.B`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol(Box<str>);

impl Symbol {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Symbol {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut bytes = text.bytes();
        let first = bytes.next().is_some_and(|byte| byte.is_ascii_uppercase());
        let rest = bytes
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        if first && rest && text.len() <= 10 {
            Ok(Self(text.into()))
        } else {
            Err(Error::BadSymbol(text.chars().take(40).collect()))
        }
    }
}

impl TryFrom<String> for Symbol {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Symbol> for String {
    fn from(symbol: Symbol) -> Self {
        symbol.0.into()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Symbol;

    #[test]
    fn symbols_of_the_contract_are_read_and_others_refused() {
        for good in ["A", "AAPL", "BRK.B", "BF-B", "X2345.7890"] {
            assert!(good.parse::<Symbol>().is_ok(), "{good}");
        }
        for bad in ["", "aapl", "1A", ".A", "AAPL ", "TOOLONGNAME", "A$", "Ä"] {
            assert!(bad.parse::<Symbol>().is_err(), "{bad}");
        }
    }
}
