//! Instants, days and months as people read them. Instants are told by the clock of the zone somebody asked for; days
//! and months of the calendar are never shifted.

use super::zone::Clock;
use std::cell::RefCell;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

thread_local! {
    static CLOCK: RefCell<Option<Clock>> = const { RefCell::new(None) };
}

/// From now on instants are told by this clock; without one, in UTC.
pub fn tell_by(clock: Option<Clock>) {
    CLOCK.replace(clock);
}

/// `22 Nov 2026, 15:05 Europe/Zurich` from an instant in UTC.
pub fn instant(text: &str) -> String {
    let (local, zone) = local(text);
    match (local.get(..10), local.get(11..16)) {
        (Some(day), Some(time)) => format!("{}, {time} {zone}", date(day)),
        _ => text.to_owned(),
    }
}

/// `15:05:59` from an instant in UTC, by the same clock.
pub fn time_of_day(text: &str) -> String {
    local(text).0.get(11..19).unwrap_or_default().to_owned()
}

/// The instant as the clock shows it, and the zone's name; in UTC without a clock.
fn local(text: &str) -> (String, String) {
    let told = CLOCK.with_borrow(|clock| {
        let clock = clock.as_ref()?;
        Some((clock.tell(text)?, clock.zone().replace('_', " ")))
    });
    told.unwrap_or_else(|| (text.to_owned(), "UTC".to_owned()))
}

/// `22 Nov 2026` from `2026-11-22`.
pub fn date(text: &str) -> String {
    match (text.get(..7), text.get(8..10)) {
        (Some(period), Some(day)) => {
            format!("{} {}", day.trim_start_matches('0'), month(period))
        }
        _ => text.to_owned(),
    }
}

/// `Nov 2026` from `2026-11`.
pub fn month(text: &str) -> String {
    let name = text
        .get(5..7)
        .and_then(|number| number.parse::<usize>().ok())
        .and_then(|number| MONTHS.get(number.checked_sub(1)?));
    match (text.get(..4), name) {
        (Some(year), Some(name)) => format!("{name} {year}"),
        _ => text.to_owned(),
    }
}

/// The month before `2026-11` or after it (`by` of -1 or 1; any number works).
pub fn shift_month(period: &str, by: i32) -> String {
    let parts = period.split_once('-');
    let year = parts.and_then(|(year, _)| year.parse::<i32>().ok());
    let number = parts.and_then(|(_, number)| number.parse::<i32>().ok());
    let (Some(year), Some(number)) = (year, number) else {
        return period.to_owned();
    };
    let months = year * 12 + number - 1 + by;
    format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}

/// First and last day of a month.
pub fn month_days(period: &str) -> (String, String) {
    let year = period.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or(0);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match period.get(5..7) {
        Some("04" | "06" | "09" | "11") => 30,
        Some("02") if leap => 29,
        Some("02") => 28,
        _ => 31,
    };
    (format!("{period}-01"), format!("{period}-{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_instants_are_written_out() {
        assert_eq!(instant("2026-11-22T14:05:59Z"), "22 Nov 2026, 14:05 UTC");
        assert_eq!(instant("2026-11-02T04:05:59.123456Z"), "2 Nov 2026, 04:05 UTC");
        assert_eq!(date("2026-10-01"), "1 Oct 2026");
        assert_eq!(month("2026-08"), "Aug 2026");
        assert_eq!(month("2026-13"), "2026-13");
        assert_eq!(date(""), "");
    }

    #[test]
    fn an_instant_is_told_by_the_clock_of_the_zone_and_a_day_never() {
        let ahead = |text: &str| (text == "2026-12-31T23:30:59Z").then(|| "2027-01-01T00:30:59".to_owned());
        tell_by(Some(Clock::reading("Europe/Zurich", ahead)));
        assert_eq!(instant("2026-12-31T23:30:59Z"), "1 Jan 2027, 00:30 Europe/Zurich");
        assert_eq!(
            instant("2026-12-31T23:30:59.123456Z"),
            "1 Jan 2027, 00:30 Europe/Zurich"
        );
        assert_eq!(time_of_day("2026-12-31T23:30:59Z"), "00:30:59");
        assert_eq!(date("2026-12-31"), "31 Dec 2026");
        assert_eq!(month("2026-12"), "Dec 2026");
        assert_eq!(instant("2026-12-31"), "2026-12-31");
        assert_eq!(instant("soon"), "soon");
    }

    #[test]
    fn what_the_clock_cannot_tell_is_told_in_utc() {
        tell_by(Some(Clock::reading("America/New_York", |_| None)));
        assert_eq!(instant("2026-11-22T14:05:59Z"), "22 Nov 2026, 14:05 UTC");
        tell_by(Some(Clock::reading("America/New_York", |_| {
            Some("2026-11-22T09:05:59".to_owned())
        })));
        assert_eq!(instant("2026-11-22T14:05:59Z"), "22 Nov 2026, 09:05 America/New York");
        tell_by(None);
        assert_eq!(time_of_day("2026-11-22T14:05:59Z"), "14:05:59");
    }

    #[test]
    fn months_are_counted_over_the_turn_of_the_year() {
        assert_eq!(shift_month("2026-01", -1), "2025-12");
        assert_eq!(shift_month("2026-12", 1), "2027-01");
        assert_eq!(shift_month("2026-11", -13), "2025-10");
        assert_eq!(shift_month("soon", 1), "soon");
    }

    #[test]
    fn a_month_knows_its_days() {
        assert_eq!(month_days("2026-02").1, "2026-02-28");
        assert_eq!(month_days("2028-02").1, "2028-02-29");
        assert_eq!(month_days("2100-02").1, "2100-02-28");
        assert_eq!(month_days("2000-02").1, "2000-02-29");
        assert_eq!(
            month_days("2026-11"),
            ("2026-11-01".to_owned(), "2026-11-30".to_owned())
        );
    }
}
