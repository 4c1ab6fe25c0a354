/// A stock to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing<'text> {
    /// Upper-case, as in `BRK.B`.
    pub symbol: &'text str,
    /// The full name of the company, as in `Berkshire Hathaway Inc.`; without it only well-known aliases count.
    pub name: Option<&'text str>,
}

impl<'text> From<&'text str> for Listing<'text> {
    fn from(symbol: &'text str) -> Self {
        Self { symbol, name: None }
    }
}

impl<'text> From<&'text String> for Listing<'text> {
    fn from(symbol: &'text String) -> Self {
        Self::from(symbol.as_str())
    }
}

impl<'text> From<&&'text str> for Listing<'text> {
    fn from(symbol: &&'text str) -> Self {
        Self::from(*symbol)
    }
}

impl<'text> From<(&'text str, &'text str)> for Listing<'text> {
    fn from((symbol, name): (&'text str, &'text str)) -> Self {
        Self { symbol, name: Some(name) }
    }
}
