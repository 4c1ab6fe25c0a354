use domain::market::BarDefect;
use std::fmt;

/// Why a row is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The row repeats the header, as in files that were put together from several.
    HeaderRow,
    WrongColumnCount,
    /// A quote opens in the line and none closes it within a megabyte, or the file.
    UnclosedQuote,
    UnreadableJson,
    BadUtf8,
    /// A text has the character U+0000.
    NulInText,
    BadSymbol,
    UnreadableDate,
    UnreadableNumber,
    /// A price column says `null`, `NaN` or `N/A`, or the close says nothing.
    NullPrice,
    Defect(BarDefect),
    /// What the simulation made would pass for real: it is made anew where it is wanted.
    Simulated,
    /// The file gave the same symbol and day before.
    DuplicateDay,
    EmptyText,
    IdTooLong,
    UnknownContentType,
    /// The file gave the same id, or without ids the same time, title and text, before.
    DuplicatePost,
    UnknownKind,
    /// Neither positive, neutral or negative nor a number.
    UnknownLabel,
    DuplicateStock,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HeaderRow => "repeated header row",
            Self::WrongColumnCount => "wrong column count",
            Self::UnclosedQuote => "unclosed quote",
            Self::UnreadableJson => "unreadable JSON",
            Self::BadUtf8 => "bad UTF-8",
            Self::NulInText => "NUL in a text",
            Self::BadSymbol => "bad symbol",
            Self::UnreadableDate => "unreadable date",
            Self::UnreadableNumber => "unreadable number",
            Self::NullPrice => "null price",
            Self::Defect(defect) => return defect.fmt(f),
            Self::Simulated => "simulated, not real",
            Self::DuplicateDay => "duplicate day",
            Self::EmptyText => "empty text",
            Self::IdTooLong => "id longer than 200 bytes",
            Self::UnknownContentType => "unknown content type",
            Self::DuplicatePost => "duplicate post",
            Self::UnknownKind => "unknown kind of stock",
            Self::UnknownLabel => "unknown label",
            Self::DuplicateStock => "duplicate stock",
        })
    }
}
