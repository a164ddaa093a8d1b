//! Figures as people read them. Pure string work: no float ever touches an amount (G-3, G-4).

use api_types::common::Money;
use std::cell::Cell;

/// Keeps the groups of a number together at a line's end.
const GAP: char = '\u{a0}';

thread_local! {
    static SIGNS: Cell<Signs> = const { Cell::new(Signs::NEUTRAL) };
}

/// What stands between groups of three digits, and what before the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signs {
    group: char,
    point: char,
}

impl Signs {
    /// `4 812.40`: nobody reads it wrong.
    const NEUTRAL: Self = Self::of(GAP, '.');

    const fn of(group: char, point: char) -> Self {
        Self { group, point }
    }

    /// The signs of a BCP 47 tag, the same as on paper (B-96); the neutral ones where the language is not known.
    fn from_tag(tag: &str) -> Self {
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let region = parts
            .take_while(|part| part.len() > 1)
            .find(|part| part.len() == 2 || (part.len() == 3 && part.starts_with(|sign: char| sign.is_ascii_digit())))
            .unwrap_or_default()
            .to_ascii_uppercase();
        signs(&language, &region)
    }
}

#[expect(
    clippy::match_same_arms,
    reason = "ordered by language: the region's exception stands before its language's rule"
)]
fn signs(language: &str, region: &str) -> Signs {
    let english = Signs::of(',', '.');
    let continental = Signs::of('.', ',');
    let spaced = Signs::of(GAP, ',');
    match (language, region) {
        ("de" | "it" | "rm" | "en", "CH" | "LI") => Signs::of('\u{2019}', '.'),
        ("fr", "CH") => Signs::NEUTRAL,
        ("en", "DE" | "NL" | "BE" | "DK" | "SI") => continental,
        ("en" | "de", "AT") | ("en", "SE" | "FI") => spaced,
        ("es", "419" | "MX" | "US" | "PR" | "GT" | "HN" | "NI" | "PA" | "PE" | "SV" | "DO") => english,
        ("es", "CR") | ("pt", "PT") => spaced,
        ("de" | "es" | "it" | "pt" | "nl" | "da" | "id" | "tr" | "el" | "hr" | "sl" | "ro" | "sr" | "ca" | "vi", _) => {
            continental
        }
        (
            "fr" | "sv" | "nb" | "nn" | "no" | "fi" | "pl" | "cs" | "sk" | "hu" | "ru" | "uk" | "bg" | "et" | "lv"
            | "lt",
            _,
        ) => spaced,
        ("en" | "hi" | "ja" | "ko" | "zh", _) => english,
        _ => Signs::NEUTRAL,
    }
}

/// From now on figures are written as in this locale; without one, neutrally.
pub fn write_as_in(locale: Option<&str>) {
    SIGNS.set(locale.map_or(Signs::NEUTRAL, Signs::from_tag));
}

/// `4 812.40 EUR`, with the signs of the locale.
pub fn money(value: &Money) -> String {
    format!("{}{GAP}{}", group(&value.amount), value.currency)
}

/// Digits in groups of three before the decimal sign; what is not a decimal stays as it is. For reading only: what is
/// entered, exported or sent keeps its canonical text.
pub fn group(decimal: &str) -> String {
    grouped(decimal, SIGNS.get())
}

fn grouped(decimal: &str, signs: Signs) -> String {
    let (sign, digits) = split_sign(decimal);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain {
        return decimal.to_owned();
    }
    let mut out = String::with_capacity(decimal.len() + 8);
    out.push_str(if sign { "−" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(signs.group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(signs.point);
        out.push_str(fraction);
    }
    out
}

/// A count in groups of three.
pub fn count(value: u64) -> String {
    group(&value.to_string())
}

/// `1 tenant`, `27 tenants`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}{GAP}{}", count(value), if value == 1 { one } else { many })
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
        for text in ["192.168.0.1", "1e21", "1,5", "2026-11-22", "-", ".5", "1/3"] {
            assert_eq!(grouped(text, Signs::from_tag("de-DE")), text);
        }
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
    fn a_count_names_what_is_counted() {
        assert_eq!(plain(&counted(1, "tenant", "tenants")), "1 tenant");
        assert_eq!(plain(&counted(1200, "tenant", "tenants")), "1 200 tenants");
    }

    #[test]
    fn b_96_figures_are_written_as_in_the_locale() {
        for (tags, large, negative, small) in [
            ("en-GB en-US en hi-IN es-MX", "4,812.40", "−1,234,567.5", "999"),
            (
                "de-DE de es-ES it nl-NL pt-BR id tr da",
                "4.812,40",
                "−1.234.567,5",
                "999",
            ),
            (
                "fr-FR nb sv fi pl cs ru uk hu de-AT pt-PT",
                "4 812,40",
                "−1 234 567,5",
                "999",
            ),
            ("de-CH it-CH de-LI de_ch", "4’812.40", "−1’234’567.5", "999"),
            ("fr-CH x tlh sw-KE", "4 812.40", "−1 234 567.5", "999"),
        ] {
            for tag in tags.split(' ') {
                let shown = |decimal| plain(&grouped(decimal, Signs::from_tag(tag)));
                assert_eq!(shown("4812.40"), large, "{tag}");
                assert_eq!(shown("-1234567.5"), negative, "{tag}");
                assert_eq!(shown("999"), small, "{tag}");
            }
        }
    }

    #[test]
    fn b_96_script_and_extensions_of_a_tag_are_no_region() {
        assert_eq!(Signs::from_tag("sr-Latn-RS"), Signs::of('.', ','));
        assert_eq!(Signs::from_tag("de-Latn-CH-1996"), Signs::of('\u{2019}', '.'));
        assert_eq!(Signs::from_tag("de-u-ch-latn"), Signs::of('.', ','));
        assert_eq!(Signs::from_tag(""), Signs::NEUTRAL);
    }

    #[test]
    fn g_4_no_locale_alters_a_digit() {
        let figures = [
            "0",
            "0.00",
            "1000",
            "-999999.999",
            "92233720368547758.07",
            "170141183460469231731687303715884105727.000000000000000001",
            "0.100",
        ];
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        for tag in ["", "en-GB", "de-DE", "fr-FR", "de-CH", "de-AT"] {
            let signs = Signs::from_tag(tag);
            for figure in figures {
                let shown = grouped(figure, signs);
                assert_eq!(digits(&shown), digits(figure), "{tag} {figure}");
                let back: String = shown.chars().filter(|sign| *sign != signs.group).collect();
                let back = back.replace(signs.point, ".").replace('−', "-");
                assert_eq!(back, figure, "{tag}");
            }
        }
    }

    #[test]
    fn the_locale_holds_for_amounts_counts_and_quantities_until_it_is_taken_back() {
        let amount = Money {
            amount: "-4812.40".to_owned(),
            currency: "EUR".to_owned(),
        };
        write_as_in(Some("de-DE"));
        assert_eq!(plain(&money(&amount)), "−4.812,40 EUR");
        assert_eq!(count(1_234_567), "1.234.567");
        assert_eq!(quantity("1234.56785"), "1.234,5679");
        assert_eq!(plain(&counted(1200, "tenant", "tenants")), "1.200 tenants");
        write_as_in(None);
        assert_eq!(plain(&money(&amount)), "−4 812.40 EUR");
    }
}
