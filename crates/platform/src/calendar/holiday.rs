use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Days without trading that no rule foretells, as (year, month, day).
///
/// Source: the exchange's press releases and its list of special closings.
const SPECIAL_CLOSURES: [(i32, u32, u32); 11] = [
    (1994, 4, 27), // funeral of Richard Nixon
    (2001, 9, 11), // the attacks on the World Trade Center
    (2001, 9, 12),
    (2001, 9, 13),
    (2001, 9, 14),
    (2004, 6, 11),  // mourning for Ronald Reagan
    (2007, 1, 2),   // mourning for Gerald Ford
    (2012, 10, 29), // hurricane Sandy
    (2012, 10, 30),
    (2018, 12, 5), // mourning for George H. W. Bush
    (2025, 1, 9),  // mourning for Jimmy Carter
];

/// Tells whether the New York Stock Exchange stays shut on `day`: a weekend, a holiday or a special closure.
///
/// Holds from 1990 on. Source: NYSE Rule 7.2 and its historical list of holidays.
pub(super) fn is_closed(day: NaiveDate) -> bool {
    let date = (day.year(), day.month(), day.day());
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        || is_holiday(day)
        || SPECIAL_CLOSURES.contains(&date)
}

fn is_holiday(day: NaiveDate) -> bool {
    let (year, date) = (day.year(), day.day());
    let is_monday = day.weekday() == Weekday::Mon;
    match day.month() {
        // New Year and Martin Luther King.
        1 => is_new_year(day) || (year >= 1998 && is_monday && (15..=21).contains(&date)),
        // Washington's birthday.
        2 => is_monday && (15..=21).contains(&date),
        3 | 4 => Some(day) == good_friday(year),
        // Memorial Day.
        5 => is_monday && date >= 25,
        // Juneteenth.
        6 => year >= 2022 && is_observed(day, 19),
        // Independence Day.
        7 => is_observed(day, 4),
        // Labor Day.
        9 => is_monday && date <= 7,
        // Thanksgiving.
        11 => day.weekday() == Weekday::Thu && (22..=28).contains(&date),
        // Christmas.
        12 => is_observed(day, 25),
        _ => false,
    }
}

/// A New Year on a Saturday is not made up for: the Friday before ends the year's books.
fn is_new_year(day: NaiveDate) -> bool {
    day.day() == 1 || (day.day() == 2 && day.weekday() == Weekday::Mon)
}

/// Tells whether a holiday on the `date`th of this month is kept on `day`: Friday for Saturday, Monday for Sunday.
fn is_observed(day: NaiveDate, date: u32) -> bool {
    match day.weekday() {
        Weekday::Fri if day.day() + 1 == date => true,
        Weekday::Mon if day.day() == date + 1 => true,
        _ => day.day() == date,
    }
}

/// The Friday before Easter in the Gregorian calendar.
///
/// Source: the anonymous computus in J. Meeus, Astronomical Algorithms, chapter 8.
fn good_friday(year: i32) -> Option<NaiveDate> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    // Counted on from the last day of February, so that 22 is March 22nd, the earliest Easter; Good Friday is two days
    // before, and `march` below is already one day in.
    let easter = epact + weekday - 7 * late + 22;
    let march = NaiveDate::from_ymd_opt(year, 3, 1)?;
    march.checked_add_days(Days::new(u64::try_from(easter - 3).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test writes a date")
    }

    #[test]
    fn good_fridays_match_published_easter_tables() {
        // U.S. Census Bureau, Easter dates 1600 to 2099; 2008 and 2038 are among the earliest and latest.
        for expected in
            ["1990-04-13", "2000-04-21", "2008-03-21", "2016-03-25", "2024-03-29", "2025-04-18", "2038-04-23"]
        {
            let expected = day(expected);
            assert_eq!(good_friday(expected.year()), Some(expected));
        }
    }

    #[test]
    fn holidays_on_weekends_move_to_the_nearest_weekday_except_a_saturday_new_year() {
        for closed in
            ["2022-06-20", "2022-12-26", "2023-01-02", "2021-12-24", "2020-07-03", "2021-07-05", "2027-06-18"]
        {
            assert!(is_closed(day(closed)), "{closed} is a holiday");
        }
        for open in ["2021-12-31", "2027-12-31", "2010-12-31", "2021-06-18"] {
            assert!(!is_closed(day(open)), "{open} is a trading day");
        }
    }

    #[test]
    fn young_holidays_start_in_their_first_year() {
        assert!(!is_closed(day("1997-01-20")));
        assert!(is_closed(day("1998-01-19")));
        assert!(!is_closed(day("2020-06-19")));
        assert!(is_closed(day("2023-06-19")));
    }

    #[test]
    fn exceptional_closures_are_known() {
        for closed in
            ["1994-04-27", "2001-09-14", "2004-06-11", "2007-01-02", "2012-10-30", "2018-12-05", "2025-01-09"]
        {
            assert!(is_closed(day(closed)), "{closed} was closed");
        }
        assert!(!is_closed(day("2001-09-17")));
    }
}
