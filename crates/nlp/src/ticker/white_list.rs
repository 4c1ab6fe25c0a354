use rustc_hash::FxHashSet;

/// The symbols to look for.
#[derive(Debug)]
pub(super) struct WhiteList {
    symbols: FxHashSet<Box<str>>,
}

impl WhiteList {
    pub(super) fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(symbols: I) -> Self {
        Self { symbols: symbols.into_iter().map(|symbol| symbol.as_ref().into()).collect() }
    }

    /// The listed symbol that reads exactly `text`.
    pub(super) fn find(&self, text: &str) -> Option<&str> {
        self.symbols.get(text).map(AsRef::as_ref)
    }

    /// The listed symbol that `text` means in any case and with any separator: `brk_b` is `BRK.B` or `BRK-B`.
    pub(super) fn find_spelled_freely(&self, text: &str) -> Option<&str> {
        if let Some(symbol) = self.find(text) {
            return Some(symbol);
        }
        let upper = text.to_ascii_uppercase();
        let spelled = |separator| self.find(&upper.replace(['.', '_', '-'], separator));
        if upper.contains(['.', '_', '-']) {
            spelled(".").or_else(|| spelled("-"))
        } else {
            self.find(&upper)
        }
    }
}
