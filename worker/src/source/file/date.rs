use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Dates whose zone is written, as social networks and feeds give them.
const ZONED: [&str; 3] = ["%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%.f%z"];
const LOCAL: [&str; 4] =
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
const LAST_SECOND: NaiveTime = NaiveTime::from_hms_opt(23, 59, 59).expect("the last second of a day exists");

/// A day as it is written: `2014-01-31`, `2014/01/31`, `20140131`, a time of that day, or seconds or milliseconds since
/// 1970.
///
/// Days whose order of month and day is a matter of country are not read.
pub(super) fn day(field: &[u8]) -> Option<NaiveDate> {
    plain_day(field).or_else(|| {
        let (local, _) = instant_parts(field)?;
        Some(local.date())
    })
}

/// An instant; UTC unless a zone is written. A day alone counts as its last second, so that nothing is known too early.
pub(super) fn instant(field: &[u8]) -> Option<DateTime<Utc>> {
    if let Some(day) = plain_day(field) {
        return Some(day.and_time(LAST_SECOND).and_utc());
    }
    instant_parts(field).map(|(_, instant)| instant)
}

fn plain_day(field: &[u8]) -> Option<NaiveDate> {
    let (year, month, date) = match field {
        [year @ .., b'-', m1, m2, b'-', d1, d2] | [year @ .., b'/', m1, m2, b'/', d1, d2]
            if year.len() == 4 =>
        {
            (year, [*m1, *m2], [*d1, *d2])
        }
        [year @ .., m1, m2, d1, d2] if year.len() == 4 => (year, [*m1, *m2], [*d1, *d2]),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(digits(year)?).ok()?, digits(&month)?, digits(&date)?)
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// The time as written and the instant it means.
fn instant_parts(field: &[u8]) -> Option<(NaiveDateTime, DateTime<Utc>)> {
    if let Some(instant) = epoch(field) {
        return Some((instant.naive_utc(), instant));
    }
    let text = str::from_utf8(field).ok()?;
    let zoned = DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| ZONED.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()))
        .or_else(|| DateTime::parse_from_rfc2822(text).ok());
    if let Some(zoned) = zoned {
        return Some((zoned.naive_local(), zoned.to_utc()));
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let local = LOCAL.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some((local, local.and_utc()))
}

/// Seconds (9 or 10 digits, perhaps with a fraction) or milliseconds (12 or 13 digits) since 1970.
fn epoch(field: &[u8]) -> Option<DateTime<Utc>> {
    let point = field.iter().position(|byte| *byte == b'.').unwrap_or(field.len());
    let (whole, fraction) = field.split_at(point);
    if !whole.iter().chain(fraction.iter().skip(1)).all(u8::is_ascii_digit) {
        return None;
    }
    let value: i64 = str::from_utf8(whole).ok()?.parse().ok()?;
    match whole.len() {
        9 | 10 => DateTime::from_timestamp_secs(value),
        12 | 13 => DateTime::from_timestamp_millis(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_day(text: &str, expected: Option<&str>) {
        let expected = expected.map(|day| day.parse().expect("a test writes a date"));
        assert_eq!(day(text.as_bytes()), expected, "{text}");
    }

    #[track_caller]
    fn check_instant(text: &str, expected: Option<&str>) {
        let expected = expected.map(|time| time.parse().expect("a test writes an instant"));
        assert_eq!(instant(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        for text in [
            "2014-01-31",
            "2014/01/31",
            "20140131",
            "2014-01-31 00:00:00",
            "2014-01-31 16:00",
            "2014-01-31T00:00:00Z",
            // In UTC it is still the 30th.
            "2014-01-31 00:00:00+02:00",
            "2014-01-31T23:00:00-05:00",
            "1391126400",
            "1391126400000",
        ] {
            check_day(text, Some("2014-01-31"));
        }
    }

    #[test]
    fn days_that_need_a_guess_are_refused() {
        for text in
            ["01/31/2014", "31/01/2014", "31.01.2014", "14-01-31", "2014-1-31", "2014-02-30", "", "null", "1"]
        {
            check_day(text, None);
        }
    }

    #[test]
    fn instants_are_utc_unless_a_zone_is_written() {
        check_instant("Wed Jan 01 03:29:29 +0000 2014", Some("2014-01-01T03:29:29Z"));
        check_instant("Wed, 01 Jan 2014 03:29:29 GMT", Some("2014-01-01T03:29:29Z"));
        check_instant("2014-01-01T03:29:29+0100", Some("2014-01-01T02:29:29Z"));
        check_instant("2024-07-02 10:15:04", Some("2024-07-02T10:15:04Z"));
        check_instant("2024-07-02 10:15:04 UTC", Some("2024-07-02T10:15:04Z"));
        check_instant("1404800000.0", Some("2014-07-08T06:13:20Z"));
        check_instant("2020-01-01", Some("2020-01-01T23:59:59Z"));
        check_instant("yesterday", None);
    }
}
