//! The scalars of the contract.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value, scalar};
use chrono::NaiveDate;
use domain::{Amount, market};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The name under which a stock trades, such as `AAPL` or `BRK.B`: 1 to 10 of A-Z, 0-9, dot and hyphen, starting with a
/// letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Symbol(pub market::Symbol);

/// The name under which a stock trades, such as `AAPL` or `BRK.B`: 1 to 10 of A-Z, 0-9, dot and hyphen, starting with a
/// letter.
#[Scalar(name = "Symbol")]
impl ScalarType for Symbol {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|error: market::Error| InputValueError::custom(error))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A calendar date, such as `2014-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A calendar date, such as `2014-12-31`.
#[Scalar(name = "Date", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|_| InputValueError::custom("write a date such as 2014-12-31"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A 64-bit integer, as a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub i64);

/// A 64-bit integer, as a JSON number.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_i64().map(Self).ok_or_else(|| InputValueError::expected_type(value))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// The address of a resource on the web.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Url(pub String);

scalar!(Url, "URL", "The address of a resource on the web.", "https://url.spec.whatwg.org/");

/// A position in a list or a stream: opaque, kept as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

scalar!(Cursor, "Cursor", "A position in a list or a stream: opaque, kept as it was given.");

/// The decimal of an exact amount.
pub fn decimal(amount: Amount) -> Decimal {
    amount.into()
}
