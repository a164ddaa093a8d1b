//! A year walked month by month and day by day, in the places where calendars break.

use chrono::{Days, NaiveDate};
use cms_domain::allocate::allocate;
use cms_domain::decimal::{Quantity, Rate};
use cms_domain::due_dates::{date_in_zone, due_on, parse_time_zone, preview_at, start_of_day};
use cms_domain::exact::Exact;
use cms_domain::money::Money;
use cms_domain::period::Period;

use crate::{currency, day, eur, period, quantity};

/// Zones whose clocks change at midnight, by half an hour, by a day, far from UTC, or never.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Zurich",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Pacific/Kiritimati",
];

fn months_of(year: i32) -> Vec<Period> {
    (1..=12).map(|month| Period::new(year, month).unwrap()).collect()
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    (0..366)
        .map(move |offset| first.checked_add_days(Days::new(offset)).unwrap())
        .take_while(move |day| day.format("%Y").to_string() == year.to_string())
}

#[test]
fn p_31_the_hours_of_twelve_months_are_those_of_the_year() {
    let hours = |year| -> u32 { months_of(year).iter().map(|month| month.hours()).sum() };
    assert_eq!((hours(2026), hours(2028), hours(2100)), (8_760, 8_784, 8_760));
}

#[test]
fn u_40_every_day_of_a_year_belongs_to_one_month() {
    for year in [2026, 2028] {
        let months = months_of(year);
        for day in days_of(year) {
            let holding = months
                .iter()
                .filter(|month| (month.first_day()..=month.last_day()).contains(&day));
            assert_eq!(holding.copied().collect::<Vec<_>>(), [Period::of_date(day)], "{day}");
        }
    }
}

/// A day starts at one instant, which is that day, and the instant before it is not (B-2).
#[test]
fn b_2_days_follow_each_other_in_every_zone() {
    let moment = chrono::TimeDelta::seconds(1);
    for name in ZONES {
        let zone = parse_time_zone(name).unwrap();
        for year in [2010, 2017, 2026] {
            for day in days_of(year) {
                let start = start_of_day(day, zone).unwrap();
                assert_eq!(date_in_zone(start, zone), day, "{day} in {name}");
                assert!(date_in_zone(start - moment, zone) < day, "before {day} in {name}");
            }
        }
    }
}

#[test]
fn b_3_previews_of_twelve_months_come_in_order_and_after_their_month() {
    for name in ZONES {
        let zone = parse_time_zone(name).unwrap();
        for delay in [0, 5, 60] {
            let moments: Vec<_> = months_of(2026)
                .into_iter()
                .map(|month| (month, preview_at(month, delay, zone).unwrap()))
                .collect();
            assert!(moments.windows(2).all(|pair| pair[0].1 < pair[1].1), "{name}");
            assert!(moments.iter().all(|(month, at)| *at >= month.ends_at()), "{name}");
        }
    }
}

#[test]
fn b_60_thirty_days_after_each_last_day_of_a_month() {
    let due = |month: &str| due_on(period(month).last_day(), 30).unwrap();
    assert_eq!(due("2026-01"), day("2026-03-02"));
    assert_eq!(due("2028-01"), day("2028-03-01"));
    assert_eq!(due("2026-02"), day("2026-03-30"));
    assert_eq!(due("2026-11"), day("2026-12-30"));
    assert_eq!(due("2026-12"), day("2027-01-30"));
}

/// 10,000.00 for a year, by the hours of its months: 744/8760 of it is 849.315…, 672/8760 is 767.123…, 720/8760 is 821.917….
#[test]
fn p_65_a_year_is_allocated_to_its_months_by_their_hours() {
    let weights: Vec<Quantity> = months_of(2026)
        .iter()
        .map(|month| Quantity::from_units(month.hours()))
        .collect();
    let parts = allocate(eur("10000.00"), &weights).unwrap();
    let texts: Vec<String> = parts.iter().map(|part| part.amount_text()).collect();
    // The floors leave 7 cents: one to each month of 720 hours (0.78 cent over), then to the first three of the seven with
    // 744 (0.51), none to February (0.33).
    assert_eq!(
        texts,
        [
            "849.32", "767.12", "849.32", "821.92", "849.32", "821.92", "849.31", "849.31", "821.92", "849.31",
            "821.92", "849.31"
        ]
    );
    assert_eq!(Money::sum(currency("EUR"), parts), Ok(eur("10000.00")));
}

/// 2 cores for each hour of a month at 36.50 a month of 730 hours: hours × 2 × 36.50 / 730, which is hours / 10.
#[test]
fn p_32_a_rate_a_month_charges_each_month_for_its_hours() {
    let rate = Exact::from(Rate::parse("36.50").unwrap());
    let cores = Exact::from(quantity("2"));
    let divisor = Exact::from_integer(730);
    let mut year = Exact::zero();
    for (month, expected) in [
        ("2026-01", "74.40"),
        ("2026-02", "67.20"),
        ("2028-02", "69.60"),
        ("2026-06", "72.00"),
    ] {
        let hours = Exact::from(Quantity::from_units(period(month).hours()));
        let charge = cores.times(&hours).times(&rate).checked_div(&divisor).unwrap();
        assert_eq!(charge.round_to(currency("EUR")).unwrap(), eur(expected), "{month}");
        year = year.plus(&charge);
    }
    assert_eq!(year.fraction_text(), "1416/5");
}

/// Half a minor unit goes away from zero, in currencies of none, two and three digits (P-60).
#[test]
fn p_60_one_half_is_rounded_alike_in_every_currency() {
    for (code, half, rounded) in [
        ("JPY", "0.5", "1"),
        ("EUR", "0.005", "0.01"),
        ("KWD", "0.0005", "0.001"),
    ] {
        let of = currency(code);
        let exact = Exact::parse_decimal(half).unwrap();
        assert_eq!(
            exact.round_to(of).unwrap(),
            Money::parse(rounded, of).unwrap(),
            "{code}"
        );
        let below = exact.minus(&Exact::parse_decimal("0.000000000000000001").unwrap());
        assert!(below.round_to(of).unwrap().is_zero(), "{code}");
        let credited = exact.negated().round_to(of).unwrap();
        assert_eq!(credited.checked_neg().unwrap().amount_text(), rounded, "{code}");
    }
}
