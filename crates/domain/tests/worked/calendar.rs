//! Months, due dates, notices and the moment previews are created.

use chrono::{NaiveDate, TimeDelta};
use cms_domain::due_dates::{
    DateError, date_in_zone, days_overdue, due_on, is_overdue, notice_grid_day, overdue_from, parse_time_zone,
    preview_at, start_of_day,
};
use cms_domain::period::{Period, PeriodError};
use proptest::prelude::*;

use crate::{day, instant, period};

#[test]
fn p_31_months_have_the_hours_of_their_days() {
    let facts = |text: &str| (period(text).days(), period(text).hours());
    assert_eq!(facts("2026-02"), (28, 672));
    assert_eq!(facts("2028-02"), (29, 696));
    assert_eq!(facts("2100-02"), (28, 672));
    assert_eq!(facts("2000-02"), (29, 696));
    assert_eq!(facts("2026-04"), (30, 720));
    assert_eq!(facts("2026-12"), (31, 744));
    assert_eq!(period("2026-02").first_day(), day("2026-02-01"));
    assert_eq!(period("2026-02").last_day(), day("2026-02-28"));
    assert_eq!(period("2026-12").ends_at(), instant("2027-01-01T00:00:00Z"));
    assert_eq!(period("2026-12").starts_at(), instant("2026-12-01T00:00:00Z"));
}

#[test]
fn u_40_an_instant_belongs_to_the_month_it_starts_in() {
    let of = |text: &str| Period::of(instant(text)).to_string();
    assert_eq!(of("2026-01-31T23:59:59.999999999Z"), "2026-01");
    assert_eq!(of("2026-02-01T00:00:00Z"), "2026-02");
    assert_eq!(of("2026-02-01T00:30:00+01:00"), "2026-01");
    let january = period("2026-01");
    assert!(january.contains(instant("2026-01-01T00:00:00Z")));
    assert!(!january.contains(instant("2026-02-01T00:00:00Z")));
    assert_eq!(Period::of_date(day("2026-03-31")), period("2026-03"));
}

#[test]
fn months_are_counted_forwards_and_backwards() {
    let january = period("2026-01");
    assert_eq!((january.year(), january.month()), (2026, 1));
    assert_eq!(january.previous(), period("2025-12"));
    assert_eq!(january.next(), period("2026-02"));
    assert_eq!(january.plus_months(-13), period("2024-12"));
    assert_eq!(january.plus_months(25), period("2028-02"));
    assert_eq!(january.months_since(period("2024-12")), 13);
    assert_eq!(period("2024-12").months_since(january), -13);
    assert_eq!(period("2026-12").first_of_year(), january);
    assert!(period("2025-12") < january);
    assert_eq!(format!("{january:?}"), "Period(2026-01)");
}

#[test]
fn months_that_do_not_exist_are_refused() {
    assert_eq!(Period::new(2026, 0), Err(PeriodError::Invalid));
    assert_eq!(Period::new(2026, 13), Err(PeriodError::Invalid));
    assert_eq!(Period::new(0, 1), Err(PeriodError::Invalid));
    assert_eq!(Period::new(10_000, 1), Err(PeriodError::Invalid));
    assert_eq!(Period::new(1, 1).unwrap().to_string(), "0001-01");
    assert_eq!(Period::new(9_999, 12).unwrap().to_string(), "9999-12");
    for text in [
        "202601", "2026-1", "2026-001", "26-01", "2026-0a", "a026-01", "-026-01", "2026-", "-01", "",
    ] {
        assert_eq!(text.parse::<Period>().unwrap_err().code(), "period_invalid", "{text}");
    }
    assert_eq!(serde_json::to_string(&period("2026-07")).unwrap(), "\"2026-07\"");
    assert_eq!(
        serde_json::from_str::<Period>("\"2026-07\"").unwrap(),
        period("2026-07")
    );
    assert!(serde_json::from_str::<Period>("\"2026-7\"").is_err());
}

#[test]
fn b_60_documents_are_due_after_their_terms_and_overdue_the_day_after() {
    let due = due_on(day("2028-02-05"), 30).unwrap();
    assert_eq!((due, overdue_from(due)), (day("2028-03-06"), day("2028-03-07")));
    assert_eq!(due_on(day("2026-02-05"), 0), Ok(day("2026-02-05")));
    assert_eq!(overdue_from(NaiveDate::MAX), NaiveDate::MAX);
    assert!(!is_overdue(due, due) && is_overdue(due, overdue_from(due)));
    assert_eq!(days_overdue(due, day("2028-01-01")), 0);
    assert_eq!(days_overdue(due, due), 0);
    assert_eq!(days_overdue(due, day("2028-03-16")), 10);
    assert_eq!(DateError::OutOfRange.code(), "date_out_of_range");
    assert_eq!(DateError::TimeZoneUnknown.code(), "time_zone_unknown");
}

#[test]
fn b_64_notices_are_sent_on_the_days_of_the_grid() {
    let due = day("2026-03-07");
    let notice = |today: &str, last: Option<&str>| notice_grid_day(due, 7, day(today), last.map(day));
    assert_eq!(notice("2026-03-07", None), None);
    assert_eq!(notice("2026-03-08", None), Some(day("2026-03-08")));
    assert_eq!(notice("2026-03-14", None), Some(day("2026-03-08")));
    assert_eq!(notice("2026-03-14", Some("2026-03-08")), None);
    assert_eq!(notice("2026-03-15", Some("2026-03-08")), Some(day("2026-03-15")));
    // A run that was late does not shift the grid, and a missed step is not sent twice.
    assert_eq!(notice("2026-03-17", Some("2026-03-08")), Some(day("2026-03-15")));
    assert_eq!(notice("2026-03-30", Some("2026-03-08")), Some(day("2026-03-29")));
    assert_eq!(notice("2026-03-17", Some("2026-03-16")), None);
    assert_eq!(
        notice_grid_day(due, 0, day("2026-03-10"), None),
        Some(day("2026-03-10"))
    );
    assert_eq!(notice_grid_day(NaiveDate::MAX, 7, NaiveDate::MAX, None), None);
}

#[test]
fn b_2_the_date_of_a_document_is_that_of_the_billing_time_zone() {
    let zone = |name| parse_time_zone(name).unwrap();
    let late = instant("2026-01-31T23:30:00Z");
    assert_eq!(date_in_zone(late, zone("UTC")), day("2026-01-31"));
    assert_eq!(date_in_zone(late, zone("Europe/Berlin")), day("2026-02-01"));
    assert_eq!(date_in_zone(late, zone("America/New_York")), day("2026-01-31"));
    assert_eq!(parse_time_zone("europe/berlin"), Err(DateError::TimeZoneUnknown));
}

#[test]
fn b_3_previews_come_after_the_delay_and_never_before_the_month_has_ended() {
    let at = |month: &str, delay, zone| {
        let moment = preview_at(period(month), delay, parse_time_zone(zone).unwrap()).unwrap();
        moment.to_rfc3339()
    };
    assert_eq!(at("2026-01", 3, "UTC"), "2026-02-04T00:00:00+00:00");
    assert_eq!(at("2026-01", 3, "Europe/Berlin"), "2026-02-03T23:00:00+00:00");
    assert_eq!(at("2026-01", 0, "Europe/Berlin"), "2026-02-01T00:00:00+00:00");
    assert_eq!(at("2026-01", 0, "America/New_York"), "2026-02-01T05:00:00+00:00");
    assert_eq!(at("2026-03", 0, "Pacific/Auckland"), "2026-04-01T00:00:00+00:00");
    let beyond = preview_at(period("2026-01"), u32::MAX, parse_time_zone("UTC").unwrap());
    assert_eq!(beyond, Err(DateError::OutOfRange));
}

#[test]
fn a_day_starts_when_its_zone_says_so() {
    let start = |text: &str, zone| {
        start_of_day(day(text), parse_time_zone(zone).unwrap())
            .unwrap()
            .to_rfc3339()
    };
    // Clocks go back over midnight: the earlier of the two midnights starts the day.
    assert_eq!(start("2026-10-25", "Atlantic/Azores"), "2026-10-25T00:00:00+00:00");
    // Samoa had no 30 December 2011 at all.
    assert_eq!(start("2011-12-30", "Pacific/Apia"), "2011-12-30T10:00:00+00:00");
    assert_eq!(start("2026-06-01", "Asia/Kathmandu"), "2026-05-31T18:15:00+00:00");
}

proptest! {
    #[test]
    fn moving_by_months_and_back_changes_nothing(start in 0_i32..24_000, count in -20_000_i32..20_000) {
        let start = period("0001-01").plus_months(start);
        let moved = start.plus_months(count);
        prop_assert_eq!(moved.plus_months(-count), start);
        prop_assert_eq!(moved.months_since(start), count);
        prop_assert!((1..=12).contains(&moved.month()));
    }

    #[test]
    fn the_days_of_a_month_are_the_days_between_its_ends(start in 0_i32..24_000) {
        let month = period("0001-01").plus_months(start);
        let days = month.ends_at() - month.starts_at();
        prop_assert_eq!(days, TimeDelta::days(month.days().into()));
        prop_assert_eq!(month.last_day().succ_opt(), Some(month.next().first_day()));
    }
}
