use super::Reason;
use entity::Amount;

/// More significant digits than any result has; those behind can't change it.
const DIGITS: u32 = 36;
const NOTHING: [&[u8]; 6] = [b"", b"null", b"nan", b"n/a", b"na", b"none"];

/// Tells whether a field says that there is no number.
pub(super) fn is_null(field: &[u8]) -> bool {
    // Most fields start with a digit: no need to compare.
    !field.first().is_some_and(u8::is_ascii_digit)
        && NOTHING.iter().any(|null| field.eq_ignore_ascii_case(null))
}

/// An exact amount, rounded half away from zero beyond 10⁻⁸.
pub(super) fn amount(field: &[u8]) -> Result<Amount, Reason> {
    decimal(field, 8).map(Amount::from_units).ok_or(Reason::UnreadableNumber)
}

/// A whole number, such as a volume; fractions are rounded half away from zero.
pub(super) fn whole(field: &[u8]) -> Result<i64, Reason> {
    decimal(field, 0).ok_or(Reason::UnreadableNumber)
}

/// A decimal number in units of 10^−`scale`; `None` if it is none or too large.
///
/// Accepts a sign, a point and an exponent; no thousands separators, currencies or white space.
fn decimal(field: &[u8], scale: i32) -> Option<i64> {
    let (is_negative, unsigned) = match field.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, field),
    };
    let (mantissa, exponent) = split_exponent(unsigned)?;
    let (digits, power) = significant(mantissa)?;
    let units = shift(digits, power.checked_add(exponent)?.checked_add(scale)?)?;
    let units = i64::try_from(units).ok()?;
    Some(if is_negative { -units } else { units })
}

fn split_exponent(text: &[u8]) -> Option<(&[u8], i32)> {
    let Some(position) = text.iter().position(|byte| matches!(byte, b'e' | b'E')) else {
        return Some((text, 0));
    };
    let exponent = str::from_utf8(&text[position + 1..]).ok()?.parse::<i32>().ok()?;
    Some((&text[..position], exponent))
}

/// The digits as a whole number, and the power of ten by which to multiply it.
fn significant(mantissa: &[u8]) -> Option<(u128, i32)> {
    let (mut value, mut count, mut power) = (0_u128, 0, 0);
    let (mut has_digit, mut has_point) = (false, false);
    for byte in mantissa {
        match byte {
            b'0'..=b'9' => {
                has_digit = true;
                let is_counted = count < DIGITS;
                if is_counted {
                    value = value * 10 + u128::from(byte - b'0');
                    count += u32::from(value > 0);
                }
                power += i32::from(!is_counted) - i32::from(has_point);
            }
            b'.' if !has_point => has_point = true,
            _ => return None,
        }
    }
    has_digit.then_some((value, power))
}

/// `value` × 10^`power`, rounded half up.
fn shift(value: u128, power: i32) -> Option<u128> {
    let factor = 10_u128.checked_pow(power.unsigned_abs());
    match factor {
        _ if value == 0 => Some(0),
        Some(factor) if power >= 0 => value.checked_mul(factor),
        None if power >= 0 => None,
        // 64-bit division is several times faster, and almost always enough.
        Some(factor) => match (u64::try_from(value), u64::try_from(factor)) {
            (Ok(value), Ok(factor)) => {
                Some(u128::from(value / factor + u64::from(value % factor >= factor.div_ceil(2))))
            }
            _ => Some(value / factor + u128::from(value % factor >= factor / 2)),
        },
        // 36 digits are nothing behind 10³⁸.
        None => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(decimal(text.as_bytes(), 8), expected, "{text}");
    }

    #[test]
    fn decimals_are_exact_up_to_eight_places_and_rounded_half_away_beyond() {
        check("70.702957", Some(7_070_295_700));
        check("78.50856800000001", Some(7_850_856_800));
        check("0.000000005", Some(1));
        check("0.0000000049999999999999999999999999999999999999999999", Some(0));
        check("-0.000000005", Some(-1));
        check("+7", Some(700_000_000));
        check(".5", Some(50_000_000));
        check("5.", Some(500_000_000));
        check("0.14550000429153442", Some(14_550_000));
        check("92233720368.54775807", Some(i64::MAX));
        check("92233720368.54775808", None);
        check(&format!("1{}", "0".repeat(60)), None);
        check(&format!("0.{}1", "0".repeat(60)), Some(0));
    }

    #[test]
    fn exponents_are_read() {
        check("1.5e2", Some(15_000_000_000));
        check("1.0000000000000003E-05", Some(1000));
        check("1e-400", Some(0));
        check("0e400", Some(0));
        check("1e400", None);
        check("1e99999999999", None);
    }

    #[test]
    fn what_is_not_a_plain_number_is_refused() {
        for text in ["", ".", "-", "e5", "1e", "1,234.5", "$5", "1 0", "1.2.3", "0x10", "inf", "--1", "１"] {
            check(text, None);
        }
    }

    #[test]
    fn volumes_are_whole() {
        assert_eq!(whole(b"830506.0000"), Ok(830_506));
        assert_eq!(whole(b"250000000000"), Ok(250_000_000_000));
        assert_eq!(whole(b"1.5"), Ok(2));
    }
}
