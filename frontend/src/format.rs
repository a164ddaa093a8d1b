//! Figures, dates and codes as people read them. Pure string work: no float ever touches an amount (G-3, G-4).

use api_types::common::Money;

/// Keeps the groups of a number together at a line's end.
const GAP: char = '\u{a0}';
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `4 812.40 EUR`.
pub fn money(value: &Money) -> String {
    format!("{}{GAP}{}", group(&value.amount), value.currency)
}

/// Digits in groups of three before the point; what is not a decimal stays as it is.
pub fn group(decimal: &str) -> String {
    let (sign, digits) = split_sign(decimal);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return decimal.to_owned();
    }
    let mut out = String::with_capacity(decimal.len() + 8);
    out.push_str(if sign { "−" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(GAP);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A count in groups of three.
pub fn count(value: u64) -> String {
    group(&value.to_string())
}

/// A quantity rounded to at most four fraction digits, half away from zero, without trailing zeros. The exact value
/// belongs beside it, on hover.
pub fn quantity(decimal: &str) -> String {
    group(&round(decimal, 4))
}

fn split_sign(decimal: &str) -> (bool, &str) {
    decimal.strip_prefix('-').map_or((false, decimal), |rest| (true, rest))
}

/// Rounds a decimal text to `places` fraction digits and drops trailing zeros.
pub fn round(decimal: &str, places: usize) -> String {
    let (sign, digits) = split_sign(decimal);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain {
        return decimal.to_owned();
    }
    let kept: String = fraction.chars().take(places).collect();
    let up = fraction.chars().nth(places).is_some_and(|digit| digit >= '5');
    let mut figures: Vec<char> = whole.chars().chain(kept.chars()).collect();
    if up {
        carry(&mut figures);
    }
    let point = figures.len().saturating_sub(kept.len());
    let whole: String = figures.iter().take(point).collect();
    let fraction: String = figures.iter().skip(point).collect();
    let fraction = fraction.trim_end_matches('0');
    let text = if fraction.is_empty() {
        whole
    } else {
        format!("{whole}.{fraction}")
    };
    let zero = text.chars().all(|character| matches!(character, '0' | '.'));
    if sign && !zero { format!("-{text}") } else { text }
}

/// Adds one to the last digit.
fn carry(figures: &mut Vec<char>) {
    for figure in figures.iter_mut().rev() {
        let Some(next) = figure.to_digit(10).and_then(|digit| char::from_digit(digit + 1, 10)) else {
            *figure = '0';
            continue;
        };
        *figure = next;
        return;
    }
    figures.insert(0, '1');
}

/// `22 Nov 2026, 14:05 UTC` from an instant in UTC.
pub fn instant(text: &str) -> String {
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{}, {time} UTC", date(day)),
        _ => text.to_owned(),
    }
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

/// A code as words in sentence case: `completed_with_errors` is `Completed with errors`.
pub fn words(code: &str) -> String {
    let text = code.replace(['_', '-'], " ");
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A role as the how-to writes it: `platform_administrator` is `Platform Administrator`.
pub fn title(code: &str) -> String {
    code.split('_').map(words).collect::<Vec<_>>().join(" ")
}

/// `1 tenant`, `27 tenants`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}{GAP}{}", count(value), if value == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(GAP, " ")
    }

    #[test]
    fn an_amount_is_grouped_and_names_its_currency() {
        let of = |amount: &str, currency: &str| {
            plain(&money(&Money {
                amount: amount.to_owned(),
                currency: currency.to_owned(),
            }))
        };
        assert_eq!(of("4812.40", "EUR"), "4 812.40 EUR");
        assert_eq!(of("0.00", "EUR"), "0.00 EUR");
        assert_eq!(of("-1234567.89", "USD"), "−1 234 567.89 USD");
        assert_eq!(of("999", "JPY"), "999 JPY");
        assert_eq!(of("92233720368547758.07", "EUR"), "92 233 720 368 547 758.07 EUR");
    }

    #[test]
    fn text_that_is_no_decimal_is_shown_as_it_is() {
        assert_eq!(group("tiered"), "tiered");
        assert_eq!(group(""), "");
        assert_eq!(round("tiered", 4), "tiered");
    }

    #[test]
    fn a_quantity_is_rounded_half_away_from_zero_to_four_digits() {
        for (exact, shown) in [
            ("744", "744"),
            ("0.12345", "0.1235"),
            ("0.12344999", "0.1234"),
            ("-0.00005", "−0.0001"),
            ("-0.00001", "0"),
            ("9999.99995", "10 000"),
            ("1.500000", "1.5"),
            ("123456789012345.000000000000000001", "123 456 789 012 345"),
        ] {
            assert_eq!(plain(&quantity(exact)), shown, "{exact}");
        }
    }

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

    #[test]
    fn codes_become_words() {
        assert_eq!(words("completed_with_errors"), "Completed with errors");
        assert_eq!(title("platform_administrator"), "Platform Administrator");
        assert_eq!(plain(&counted(1, "tenant", "tenants")), "1 tenant");
        assert_eq!(plain(&counted(1200, "tenant", "tenants")), "1 200 tenants");
    }
}
