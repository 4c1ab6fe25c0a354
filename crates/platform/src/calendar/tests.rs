use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Calendar, Session};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a test writes a date")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("a test writes an instant")
}

#[track_caller]
fn check(text: &str, open: &str, close: &str) {
    let at = |time: &str| instant(&format!("{text}T{time}:00Z"));
    let expected = Session { day: day(text), open: at(open), close: at(close) };
    assert_eq!(Calendar::new_york().session(day(text)), Some(expected));
}

#[test]
fn bells_follow_daylight_saving_time() {
    check("2024-03-08", "14:30", "21:00");
    check("2024-03-11", "13:30", "20:00");
    check("2024-11-01", "13:30", "20:00");
    check("2024-11-04", "14:30", "21:00");
    // Before 2007 summer time ran from April to October.
    check("2006-03-31", "14:30", "21:00");
    check("2006-04-03", "13:30", "20:00");
    check("2098-07-01", "13:30", "20:00");
}

#[test]
fn shortened_days_close_at_one() {
    check("2014-07-03", "13:30", "17:00");
    check("2023-07-03", "13:30", "17:00");
    check("2023-11-24", "14:30", "18:00");
    check("2024-12-24", "14:30", "18:00");
    check("2021-12-31", "14:30", "21:00");
}

#[test]
fn weekends_holidays_and_closures_have_no_session() {
    let calendar = Calendar::new_york();
    for closed in
        ["2024-03-30", "2024-03-31", "2024-03-29", "2022-06-20", "2025-01-09", "2024-11-28", "1989-12-29"]
    {
        assert!(!calendar.is_trading_day(day(closed)), "{closed}");
    }
}

#[test]
fn news_influences_the_session_until_its_close_and_then_the_next() {
    let calendar = Calendar::new_york();
    for (time, influenced, closed) in [
        ("2024-03-28T19:59:59Z", "2024-03-28", "2024-03-27"),
        ("2024-03-28T20:00:00Z", "2024-04-01", "2024-03-28"),
        // Late on Thursday in New York is Friday in UTC: Good Friday and the weekend follow.
        ("2024-03-29T03:00:00Z", "2024-04-01", "2024-03-28"),
        ("2024-03-31T12:00:00Z", "2024-04-01", "2024-03-28"),
        ("2024-04-01T00:00:00Z", "2024-04-01", "2024-03-28"),
        ("2024-04-01T13:30:00Z", "2024-04-01", "2024-03-28"),
        ("2024-04-02T00:30:00Z", "2024-04-02", "2024-04-01"),
        ("2023-07-03T17:00:00Z", "2023-07-05", "2023-07-03"),
    ] {
        assert_eq!(calendar.influenced_session(instant(time)).day, day(influenced), "influenced at {time}");
        assert_eq!(calendar.last_closed_session(instant(time)).day, day(closed), "closed at {time}");
    }
}

#[test]
fn trading_is_on_from_the_opening_bell_until_just_before_the_closing_bell() {
    let calendar = Calendar::new_york();
    for (time, open) in [
        ("2023-07-03T13:29:59Z", false),
        ("2023-07-03T13:30:00Z", true),
        ("2023-07-03T16:59:59Z", true),
        ("2023-07-03T17:00:00Z", false),
        ("2023-07-04T15:00:00Z", false),
    ] {
        assert_eq!(calendar.is_open(instant(time)), open, "{time}");
    }
}

#[test]
fn next_previous_and_listed_sessions_are_consistent() {
    let calendar = Calendar::new_york();
    let sessions: Vec<Session> = calendar.sessions(day("2000-01-01"), day("2030-12-31")).collect();
    for pair in sessions.windows(2) {
        let [one, two] = pair else { unreachable!("windows of two") };
        let mut date = one.day.succ_opt().expect("a next day");
        while date < two.day {
            assert_eq!(calendar.session(date), None);
            assert_eq!((calendar.previous_session(date), calendar.next_session(date)), (*one, *two));
            date = date.succ_opt().expect("a next day");
        }
        assert_eq!((calendar.previous_session(two.day), calendar.next_session(two.day)), (*two, *two));
        let before_close = two.close - TimeDelta::nanoseconds(1);
        assert_eq!(
            (calendar.last_closed_session(one.close), calendar.influenced_session(one.close)),
            (*one, *two)
        );
        assert_eq!(
            (calendar.last_closed_session(before_close), calendar.influenced_session(before_close)),
            (*one, *two)
        );
    }
}

#[test]
fn sessions_include_both_ends_and_an_inverted_range_is_empty() {
    let calendar = Calendar::new_york();
    assert_eq!(calendar.sessions(day("2024-03-28"), day("2024-04-01")).len(), 2);
    assert_eq!(calendar.sessions(day("2024-03-29"), day("2024-03-31")).len(), 0);
    assert_eq!(calendar.sessions(day("2024-04-01"), day("2024-03-28")).len(), 0);
    assert_eq!(calendar.sessions(NaiveDate::MAX, NaiveDate::MIN).len(), 0);
}

#[test]
fn dates_outside_the_calendar_are_answered_with_its_ends() {
    let calendar = Calendar::new_york();
    let all: Vec<Session> = calendar.sessions(NaiveDate::MIN, NaiveDate::MAX).collect();
    let (first, last) = (all[0], all[all.len() - 1]);
    assert_eq!((first.day, last.day), (day("1990-01-02"), day("2099-12-31")));
    assert_eq!(
        (calendar.next_session(NaiveDate::MIN), calendar.previous_session(NaiveDate::MIN)),
        (first, first)
    );
    assert_eq!(
        (calendar.next_session(NaiveDate::MAX), calendar.previous_session(NaiveDate::MAX)),
        (last, last)
    );
    let (dawn, dusk) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!((calendar.influenced_session(dawn), calendar.last_closed_session(dawn)), (first, first));
    assert_eq!((calendar.influenced_session(dusk), calendar.last_closed_session(dusk)), (last, last));
    assert!(!calendar.is_open(dawn) && !calendar.is_open(dusk));
}
