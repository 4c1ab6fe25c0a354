//! Exact money on both databases.

use rust_decimal::Decimal;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// An exact amount in units of 10⁻⁸, from −92 to +92 billion.
///
/// Stored as a 64-bit integer because SQLite has no exact decimals, and sortable for the same reason.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize,
)]
#[sea_orm(column_type = "BigInteger")]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    const SCALE: u32 = 8;

    /// The amount of `units` × 10⁻⁸.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// The count of 10⁻⁸ units.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Rounds `value` to 10⁻⁸; `None` when it is out of range.
    pub fn from_decimal(value: Decimal) -> Option<Self> {
        let mut value = value;
        value.rescale(Self::SCALE);
        if value.scale() != Self::SCALE {
            return None;
        }
        i64::try_from(value.mantissa()).ok().map(Self)
    }

    /// Rounds `value` to 10⁻⁸; `None` when it is not finite or out of range.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let units = (value * 1e8).round();
        (units.is_finite() && units.abs() < 9.2e18).then_some(Self(units as i64))
    }

    /// The nearest float, for model inputs and statistics.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e8
    }
}

impl From<Amount> for Decimal {
    /// The exact decimal without trailing zeros.
    fn from(amount: Amount) -> Self {
        Self::new(amount.0, Amount::SCALE).normalize()
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;
    use rust_decimal::Decimal;

    #[test]
    fn decimals_survive_the_round_trip() {
        for text in ["0", "70.702957", "-0.00000001", "91999999999.12345678"] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(Decimal::from(Amount::from_decimal(decimal).unwrap()), decimal);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Amount::from_decimal(Decimal::MAX), None);
        assert_eq!(Amount::from_decimal(Decimal::from(92_233_720_369_i64)), None);
        assert_eq!(Amount::from_f64(f64::NAN), None);
        assert_eq!(Amount::from_f64(1e12), None);
    }
}
