use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

const REGULAR: NaiveTime = NaiveTime::from_hms_opt(16, 0, 0).expect("four in the afternoon exists");
const EARLY: NaiveTime = NaiveTime::from_hms_opt(13, 0, 0).expect("one in the afternoon exists");
/// The shortened close until 1992.
const EARLY_UNTIL_1992: NaiveTime = NaiveTime::from_hms_opt(14, 0, 0).expect("two in the afternoon exists");

/// The New York time at which the trading day `day` ends.
///
/// Holds from 1990 on. Source: NYSE Rule 7.2 and the sessions 1990 to 2014 of `exchange_calendars`.
pub(super) fn close_time(day: NaiveDate) -> NaiveTime {
    if !closes_early(day) {
        REGULAR
    } else if day.year() <= 1992 {
        EARLY_UNTIL_1992
    } else {
        EARLY
    }
}

fn closes_early(day: NaiveDate) -> bool {
    let (year, date, weekday) = (day.year(), day.day(), day.weekday());
    match (day.month(), date) {
        (7, 3) => year >= 2013 || (year >= 1995 && weekday != Weekday::Wed),
        // Until 2012 an Independence Day on a Thursday shortened the Friday after it instead of the Wednesday before.
        (7, 5) => (1995..=2012).contains(&year) && weekday == Weekday::Fri,
        // The day after Thanksgiving.
        (11, 23..=29) => year >= 1992 && weekday == Weekday::Fri,
        (12, 24) => true,
        // Twice the Friday after Christmas, and once the last day before the year 2000.
        (12, 26) => year == 1997 || year == 2003,
        (12, 31) => year == 1999,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_days_follow_the_rules_of_their_time() {
        for (day, expected) in [
            ("1991-11-29", REGULAR),
            ("1992-11-27", EARLY_UNTIL_1992),
            ("1992-12-24", EARLY_UNTIL_1992),
            ("1993-11-26", EARLY),
            ("1996-07-03", REGULAR),
            ("1996-07-05", EARLY),
            ("1997-12-26", EARLY),
            ("1999-12-31", EARLY),
            ("2008-12-26", REGULAR),
            ("2013-07-03", EARLY),
            ("2013-07-05", REGULAR),
            ("2019-07-03", EARLY),
            ("2024-07-05", REGULAR),
            ("2024-11-29", EARLY),
            ("2024-12-24", EARLY),
            ("2024-12-31", REGULAR),
        ] {
            let day: NaiveDate = day.parse().expect("a test writes a date");
            assert_eq!(close_time(day), expected, "{day}");
        }
    }
}
