//! Laws of what is counted, cut and compared: windows, notices, texts, cells, sums (U-32 to U-37, B-64, B-92, G-8, P-41, P-65).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use cms_domain::allocate::allocate;
use cms_domain::csv_cell::{record, text_field};
use cms_domain::decimal::{Quantity, Rate};
use cms_domain::due_dates::{days_overdue, due_on, is_overdue, notice_grid_day, overdue_from};
use cms_domain::exact::Exact;
use cms_domain::money::Money;
use cms_domain::natural_key::{NaturalKey, Outcome, WindowRow, compare, reduce, replace, usage_times};
use cms_domain::text::{line, optional_line, paragraph};
use proptest::prelude::*;

use crate::{currency, day, instant};

fn key(resource: u8) -> NaturalKey {
    NaturalKey {
        region_id: "r1".to_owned(),
        reported_date: day("2026-11-03"),
        platform_subscription_id: "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55".to_owned(),
        meter_id: "m".to_owned(),
        usage_start: instant("2026-11-03T08:00:00Z"),
        usage_end: instant("2026-11-03T09:00:00Z"),
        resource_uri: resource.to_string(),
        sku: String::new(),
    }
}

fn any_reading() -> impl Strategy<Value = Vec<(NaturalKey, Quantity)>> {
    let one = (0_u8..6, 0_i128..4).prop_map(|(resource, atto)| (key(resource), Quantity::from_atto(atto)));
    prop::collection::vec(one, 0..30)
}

/// The rows by key and ordinal.
fn by_place(rows: &[WindowRow]) -> BTreeMap<(&NaturalKey, u32), Quantity> {
    rows.iter().map(|row| ((&row.key, row.ordinal), row.quantity)).collect()
}

proptest! {
    /// Every row read and every row stored is in exactly one of the four counts (U-33).
    #[test]
    fn what_a_reading_changes_adds_up(before in any_reading(), after in any_reading()) {
        let (stored, read) = (reduce(before).rows, reduce(after).rows);
        let changes = compare(&stored, &read);
        let count = |rows: &[WindowRow]| u32::try_from(rows.len()).unwrap();
        prop_assert_eq!(changes.added + changes.changed + changes.unchanged, count(&read));
        prop_assert_eq!(changes.changed + changes.unchanged + changes.removed, count(&stored));
        let (old, new) = (by_place(&stored), by_place(&read));
        let same = new.iter().filter(|(place, quantity)| old.get(*place) == Some(*quantity)).count();
        prop_assert_eq!(usize::try_from(changes.unchanged).unwrap(), same);
        let shrunk = matches!(replace(&stored, &read), Outcome::Shrunk { .. });
        prop_assert_eq!(shrunk, read.len() < stored.len());
    }

    /// Ordinals count up from 1 by quantity, and no row is lost or made (U-32).
    #[test]
    fn ordinals_count_the_quantities_of_a_key(reading in any_reading()) {
        let window = reduce(reading.clone());
        let mut by_key: BTreeMap<&NaturalKey, Vec<(u32, Quantity)>> = BTreeMap::new();
        for row in &window.rows {
            by_key.entry(&row.key).or_default().push((row.ordinal, row.quantity));
        }
        for rows in by_key.values() {
            prop_assert!(rows.iter().zip(1..).all(|((ordinal, _), number)| *ordinal == number));
            prop_assert!(rows.windows(2).all(|pair| pair[0].1 < pair[1].1));
        }
        let repeated = by_key.values().filter(|rows| rows.len() > 1).count();
        prop_assert_eq!(usize::try_from(window.repeated_keys).unwrap(), repeated);
        prop_assert_eq!(window.rows.len() + usize::try_from(window.duplicate_rows).unwrap(), reading.len());
    }

    /// A job that runs every day sends every notice of the grid, each once (B-64).
    #[test]
    fn a_daily_job_sends_every_notice_of_the_grid(interval in 1_u32..40, days in 0_u64..200) {
        let due = day("2026-03-07");
        let mut sent: Vec<NaiveDate> = Vec::new();
        for offset in 0..=days {
            let today = due.checked_add_days(Days::new(offset)).unwrap();
            if let Some(grid_day) = notice_grid_day(due, interval, today, sent.last().copied()) {
                prop_assert_eq!(grid_day, today);
                sent.push(grid_day);
            }
        }
        let expected = if days == 0 { 0 } else { (days - 1) / u64::from(interval) + 1 };
        prop_assert_eq!(u64::try_from(sent.len()).unwrap(), expected);
    }

    #[test]
    fn a_document_is_overdue_from_the_day_after_it_is_due(terms in 0_u32..400, later in 0_u32..400) {
        let due = due_on(day("2026-01-31"), terms).unwrap();
        let today = due_on(due, later).unwrap();
        prop_assert_eq!(days_overdue(due, today), later);
        prop_assert_eq!(is_overdue(due, today), later > 0);
        prop_assert_eq!(today >= overdue_from(due), later > 0);
    }

    #[test]
    fn entered_text_stays_as_it_is_once_it_has_its_form(text in any::<String>(), longest in 0_usize..40) {
        for read in [line, optional_line, paragraph] {
            let Ok(once) = read(&text, longest) else { continue };
            prop_assert!(once.chars().count() <= longest);
            prop_assert_eq!(once.trim(), once.as_str());
            prop_assert_eq!(read(&once, longest), Ok(once.clone()));
        }
    }

    /// A field without quotes has nothing in it that ends a field or a record (B-91).
    #[test]
    fn a_record_has_as_many_fields_as_were_written(values in prop::collection::vec(any::<String>(), 1..6)) {
        let written = record(values.iter().map(|value| text_field(value)));
        let mut fields = 1;
        let mut records = 0;
        let mut quoted = false;
        for character in written.chars() {
            match character {
                '"' => quoted = !quoted,
                ',' if !quoted => fields += 1,
                '\n' if !quoted => records += 1,
                _ => {}
            }
        }
        prop_assert_eq!((fields, records, quoted), (values.len(), 1, false));
    }

    /// The sum of quantities does not depend on how they are cut (P-41).
    #[test]
    fn the_sum_of_the_parts_is_the_sum(atto in prop::collection::vec(-1_000_000_i128..1_000_000, 0..40), cut in 0_usize..40) {
        let quantities: Vec<Quantity> = atto.into_iter().map(Quantity::from_atto).collect();
        let (left, right) = quantities.split_at(cut.min(quantities.len()));
        let sum = |part: &[Quantity]| Quantity::sum(part.iter().copied()).unwrap();
        prop_assert_eq!(sum(left).checked_add(sum(right)), Some(sum(&quantities)));
        let exact = quantities.iter().fold(Exact::zero(), |sum, one| sum.plus(&Exact::from(*one)));
        prop_assert_eq!(exact, Exact::from(sum(&quantities)));
    }

    /// A larger weight never gets a smaller part, and equal weights differ by one minor unit at most (P-65).
    #[test]
    fn parts_follow_their_weights(minor in 0_i64..1_000_000, weights in prop::collection::vec(0_u32..50, 1..12)) {
        let amount = Money::from_minor(minor, currency("EUR"));
        let quantities: Vec<Quantity> = weights.iter().copied().map(Quantity::from_units).collect();
        let parts = allocate(amount, &quantities).unwrap();
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        for (one, part) in weights.iter().zip(&parts) {
            for (other, beside) in weights.iter().zip(&parts) {
                let (part, beside) = (part.amount_minor(), beside.amount_minor());
                prop_assert!(one <= other || part >= beside);
                prop_assert!(one != other || part.abs_diff(beside) <= 1);
            }
        }
    }

    #[test]
    fn rates_are_added_as_they_are_written(left in 0_i128..5_000_000_000_000_000_000, right in 0_i128..5_000_000_000_000_000_000) {
        let (left, right) = (Rate::from_scaled(left).unwrap(), Rate::from_scaled(right).unwrap());
        match left.checked_add(right) {
            Ok(sum) => prop_assert_eq!(Exact::from(sum), Exact::from(left).plus(&Exact::from(right))),
            Err(error) => prop_assert_eq!(error.code(), "rate_out_of_range"),
        }
    }

    /// Whatever the offsets, accepted usage starts before it ends and on the reported day at the latest (U-44).
    #[test]
    fn accepted_usage_times_are_in_order(start in -5_000_i64..5_000, minutes in -100_i64..50_000, offset in -14_i32..15) {
        let zone = chrono::FixedOffset::east_opt(offset * 3_600).unwrap();
        let from = instant("2026-11-03T12:00:00Z") + chrono::TimeDelta::minutes(start);
        let to = from + chrono::TimeDelta::minutes(minutes);
        let text = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).to_rfc3339();
        let read = usage_times(day("2026-11-03"), &text(from), &text(to));
        let valid = minutes > 0 && minutes <= 31 * 24 * 60;
        let in_time = from.date_naive() <= day("2026-11-03");
        prop_assert_eq!(read.is_ok(), valid && in_time);
        if let Ok((read_from, read_to)) = read {
            prop_assert_eq!((read_from, read_to), (from, to));
        }
    }
}
