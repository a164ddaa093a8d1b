//! Grouping, decimal sign and dates by the whole locale tag (B-96). Text in, text out: no figure becomes a binary number.

use chrono::{Datelike, NaiveDate};

use crate::error::DocumentError;
use crate::labels::{Labels, Language};

const NO_BREAK: &str = "\u{a0}";
const NARROW_NO_BREAK: &str = "\u{202f}";
/// Digits of a quantity after the decimal sign on paper (B-22).
pub const QUANTITY_DIGITS: usize = 10;

/// How a locale writes figures and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Language of the labels.
    pub language: Language,
    group: &'static str,
    decimal: &'static str,
    grouping: Grouping,
    date: DateStyle,
    /// Whether the currency code stands before the figure.
    pub code_first: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grouping {
    /// 1,234,567
    Thousands,
    /// 1234 but 12.345
    ThousandsFromFive,
    /// 12,34,567
    Indian,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DateStyle {
    /// 5 Nov 2026
    DayMonthWord,
    /// Nov 5, 2026
    MonthWordDay,
    /// 05.11.2026
    Dots,
    /// 05/11/2026
    Slashes,
    /// 05-11-2026
    Dashes,
    /// 2026-11-05
    Iso,
}

impl Locale {
    /// Reads a BCP 47 tag; whatever is unknown in it falls back to the language, and an unknown language to English (B-96).
    pub fn from_tag(tag: &str) -> Self {
        let mut subtags = tag.split(['-', '_']);
        let language = subtags.next().unwrap_or_default().to_ascii_lowercase();
        let region = subtags
            .find(|part| part.len() == 2 || (part.len() == 3 && part.starts_with(|c: char| c.is_ascii_digit())))
            .unwrap_or_default()
            .to_ascii_uppercase();
        let (group, decimal, grouping) = figures(&language, &region);
        Self {
            language: Language::from_code(&language),
            group,
            decimal,
            grouping,
            date: date_style(&language, &region),
            code_first: code_first(&language, &region),
        }
    }

    /// A decimal with all its digits.
    ///
    /// # Errors
    /// [`DocumentError::Decimal`] when the text is not in the written form of G-4.
    pub fn decimal(&self, text: &str, field: &'static str) -> Result<String, DocumentError> {
        self.rounded(text, usize::MAX, field)
    }

    /// A decimal with at most `digits` digits after the decimal sign, ties away from zero.
    ///
    /// # Errors
    /// [`DocumentError::Decimal`] when the text is not in the written form of G-4.
    pub fn rounded(&self, text: &str, digits: usize, field: &'static str) -> Result<String, DocumentError> {
        let (negative, whole, fraction) = split(text).ok_or(DocumentError::Decimal { field })?;
        let (whole, fraction) = round(whole, fraction, digits);
        let zero = !whole.bytes().chain(fraction.bytes()).any(|digit| digit != b'0');
        let sign = if negative && !zero { "\u{2212}" } else { "" };
        let point = if fraction.is_empty() { "" } else { self.decimal };
        Ok(format!("{sign}{}{point}{fraction}", self.grouped(&whole)))
    }

    /// An amount with its currency code.
    ///
    /// # Errors
    /// [`DocumentError::Decimal`] when the text is not in the written form of G-4.
    pub fn money(&self, text: &str, currency: &str, field: &'static str) -> Result<String, DocumentError> {
        let figure = self.decimal(text, field)?;
        Ok(if self.code_first {
            format!("{currency}{NO_BREAK}{figure}")
        } else {
            format!("{figure}{NO_BREAK}{currency}")
        })
    }

    /// A percentage without superfluous zeros: `20%`, `7,7 %`.
    ///
    /// # Errors
    /// [`DocumentError::Decimal`] when the text is not in the written form of G-4.
    pub fn percent(&self, text: &str, field: &'static str) -> Result<String, DocumentError> {
        let trimmed = match text.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
            Some(_) => text.trim_end_matches('0'),
            None => text,
        };
        let gap = if self.language == Language::English {
            ""
        } else {
            NO_BREAK
        };
        Ok(format!("{}{gap}%", self.decimal(trimmed, field)?))
    }

    /// A calendar date.
    pub fn date(&self, date: NaiveDate) -> String {
        let (year, month, day) = (date.year(), date.month(), date.day());
        let word = Labels::of(self.language).month_short(month);
        match self.date {
            DateStyle::DayMonthWord => format!("{day}{NO_BREAK}{word}{NO_BREAK}{year}"),
            DateStyle::MonthWordDay => format!("{word}{NO_BREAK}{day},{NO_BREAK}{year}"),
            DateStyle::Dots => format!("{day:02}.{month:02}.{year}"),
            DateStyle::Slashes => format!("{day:02}/{month:02}/{year}"),
            DateStyle::Dashes => format!("{day:02}-{month:02}-{year}"),
            DateStyle::Iso => format!("{year}-{month:02}-{day:02}"),
        }
    }

    /// A month in words, such as *October 2026*.
    ///
    /// # Errors
    /// [`DocumentError::Period`] when the text is not `YYYY-MM`.
    pub fn period(&self, period: &str) -> Result<String, DocumentError> {
        let well_formed = period.len() == 7
            && period
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() });
        let (year, month) = period
            .split_once('-')
            .filter(|_| well_formed)
            .ok_or(DocumentError::Period)?;
        let first =
            NaiveDate::parse_from_str(&format!("{year}-{month}-01"), "%Y-%m-%d").map_err(|_| DocumentError::Period)?;
        let of = if self.language == Language::Spanish {
            " de "
        } else {
            " "
        };
        Ok(format!("{}{of}{year}", Labels::of(self.language).month(first.month())))
    }

    fn grouped(&self, whole: &str) -> String {
        let digits = whole.len();
        let smallest = if self.grouping == Grouping::ThousandsFromFive {
            5
        } else {
            4
        };
        if digits < smallest {
            return whole.to_owned();
        }
        let mut text = String::with_capacity(digits.saturating_mul(2));
        for (at, digit) in whole.chars().enumerate() {
            let left = digits.saturating_sub(at);
            let boundary = match self.grouping {
                Grouping::Indian => left == 3 || (left > 3 && left % 2 == 1),
                Grouping::Thousands | Grouping::ThousandsFromFive => left.is_multiple_of(3),
            };
            if at > 0 && boundary {
                text.push_str(self.group);
            }
            text.push(digit);
        }
        text
    }
}

#[expect(
    clippy::match_same_arms,
    reason = "ordered by language: the region's exception stands before its language's rule"
)]
fn figures(language: &str, region: &str) -> (&'static str, &'static str, Grouping) {
    use Grouping::{Indian, Thousands, ThousandsFromFive};
    let apostrophe = ("\u{2019}", ".", Thousands);
    let continental = (".", ",", Thousands);
    let spaced = (NO_BREAK, ",", Thousands);
    let english = (",", ".", Thousands);
    match (language, region) {
        ("de" | "it" | "rm" | "en", "CH" | "LI") => apostrophe,
        ("en" | "hi", "IN") | ("hi", _) => (",", ".", Indian),
        ("en", "DE" | "NL" | "BE" | "DK" | "SI") => continental,
        ("en" | "de", "AT") | ("en", "SE" | "FI") => spaced,
        ("fr", "CA") => spaced,
        ("fr", "CH") => (NARROW_NO_BREAK, ".", Thousands),
        ("fr", _) => (NARROW_NO_BREAK, ",", Thousands),
        ("es", "" | "ES") => (".", ",", ThousandsFromFive),
        ("es", "419" | "MX" | "US" | "PR" | "GT" | "HN" | "NI" | "PA" | "PE" | "SV" | "DO") => english,
        ("es", "CR") => spaced,
        ("pt", "PT") | ("pl", _) => (NO_BREAK, ",", ThousandsFromFive),
        ("de" | "es" | "it" | "pt" | "nl" | "da" | "id" | "tr" | "el" | "hr" | "sl" | "ro" | "sr" | "ca" | "vi", _) => {
            continental
        }
        ("sv" | "nb" | "nn" | "no" | "fi" | "cs" | "sk" | "hu" | "ru" | "uk" | "bg" | "et" | "lv" | "lt", _) => spaced,
        _ => english,
    }
}

#[expect(
    clippy::match_same_arms,
    reason = "ordered by language: the region's exception stands before its language's rule"
)]
fn date_style(language: &str, region: &str) -> DateStyle {
    match (language, region) {
        ("en", "" | "US" | "PH" | "CA") => DateStyle::MonthWordDay,
        ("fr", "CA") | ("en", "SE") => DateStyle::Iso,
        ("de" | "fr" | "it" | "rm" | "en", "CH" | "LI") => DateStyle::Dots,
        ("en", _) => DateStyle::DayMonthWord,
        (
            "de" | "da" | "nb" | "nn" | "no" | "fi" | "pl" | "cs" | "sk" | "ru" | "uk" | "tr" | "ro" | "hr" | "et"
            | "bg",
            _,
        ) => DateStyle::Dots,
        ("fr" | "es" | "it" | "pt" | "el" | "ca" | "vi" | "id", _) => DateStyle::Slashes,
        ("nl", _) => DateStyle::Dashes,
        _ => DateStyle::Iso,
    }
}

fn code_first(language: &str, region: &str) -> bool {
    match language {
        "de" | "it" | "rm" => matches!(region, "CH" | "LI" | "AT"),
        "es" => !matches!(region, "" | "ES"),
        "pt" => region == "BR",
        "fr" | "ca" | "da" | "nb" | "nn" | "no" | "sv" | "fi" | "pl" | "cs" | "sk" | "hu" | "ru" | "uk" | "bg"
        | "et" | "lv" | "lt" | "el" | "hr" | "sl" | "ro" | "sr" | "vi" => false,
        _ => true,
    }
}

/// Sign, digits before and digits after the point; `None` for anything G-4 does not allow.
fn split(text: &str) -> Option<(bool, &str, &str)> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let valid = !whole.is_empty() && !leading_zero && digits_only(whole) && digits_only(fraction);
    valid.then_some((negative, whole, fraction))
}

/// Rounds digits to `digits` places, ties away from zero, carrying by hand.
fn round(whole: &str, fraction: &str, digits: usize) -> (String, String) {
    if fraction.len() <= digits {
        return (whole.to_owned(), fraction.to_owned());
    }
    let (kept, dropped) = fraction.split_at(digits);
    let mut carry = dropped.as_bytes().first().is_some_and(|digit| *digit >= b'5');
    let mut reversed = String::new();
    for digit in whole.chars().chain(kept.chars()).rev() {
        let next = match (carry, digit) {
            (true, '9') => '0',
            (true, other) => {
                carry = false;
                char::from_digit(other.to_digit(10).unwrap_or_default().saturating_add(1), 10).unwrap_or(other)
            }
            (false, other) => other,
        };
        reversed.push(next);
    }
    if carry {
        reversed.push('1');
    }
    let all: String = reversed.chars().rev().collect();
    let (whole, fraction) = all.split_at(all.len().saturating_sub(digits));
    (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(tag: &str, text: &str) -> String {
        Locale::from_tag(tag).money(text, "EUR", "amount").unwrap()
    }

    #[test]
    fn b_96_amounts_follow_the_whole_tag_and_keep_code_and_minor_digits() {
        let cases = [
            ("en-GB", "EUR\u{a0}1,234,567.50"),
            ("de", "1.234.567,50\u{a0}EUR"),
            ("de-DE", "1.234.567,50\u{a0}EUR"),
            ("de-CH", "EUR\u{a0}1\u{2019}234\u{2019}567.50"),
            ("de-AT", "EUR\u{a0}1\u{a0}234\u{a0}567,50"),
            ("fr-FR", "1\u{202f}234\u{202f}567,50\u{a0}EUR"),
            ("es-ES", "1.234.567,50\u{a0}EUR"),
            ("es-MX", "EUR\u{a0}1,234,567.50"),
            ("en-IN", "EUR\u{a0}12,34,567.50"),
            ("sv-SE", "1\u{a0}234\u{a0}567,50\u{a0}EUR"),
            ("zh-Hant-TW", "EUR\u{a0}1,234,567.50"),
            ("", "EUR\u{a0}1,234,567.50"),
        ];
        for (tag, expected) in cases {
            assert_eq!(amount(tag, "1234567.50"), expected, "{tag}");
        }
        assert_eq!(amount("es", "1234.50"), "1234,50\u{a0}EUR");
        assert_eq!(amount("es", "12345.50"), "12.345,50\u{a0}EUR");
        assert_eq!(amount("en", "999.00"), "EUR\u{a0}999.00");
        assert_eq!(amount("de", "-18.00"), "\u{2212}18,00\u{a0}EUR");
    }

    #[test]
    fn b_22_a_quantity_keeps_its_digits_up_to_ten_and_carries_beyond() {
        let locale = Locale::from_tag("en");
        let shown = |text| locale.rounded(text, QUANTITY_DIGITS, "quantity").unwrap();
        assert_eq!(shown("744"), "744");
        assert_eq!(shown("1234.1234567890"), "1,234.1234567890");
        assert_eq!(shown("0.123456789012345678"), "0.123456789");
        assert_eq!(shown("0.12345678905"), "0.1234567891");
        assert_eq!(shown("999.99999999999"), "1,000");
        assert_eq!(shown("-0.00000000001"), "0");
        assert_eq!(shown("999999999999999.5"), "999,999,999,999,999.5");
    }

    #[test]
    fn g_4_anything_but_the_written_form_is_refused() {
        let locale = Locale::from_tag("en");
        for text in [
            "", "-", "+1", "1e3", "01", "1.", ".5", "1,5", " 1", "NaN", "--1", "\u{661}",
        ] {
            let refused = locale.decimal(text, "amount");
            assert_eq!(refused, Err(DocumentError::Decimal { field: "amount" }), "{text:?}");
        }
    }

    #[test]
    fn b_96_dates_and_months_follow_the_tag() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        let cases = [
            ("en-GB", "7\u{a0}Mar\u{a0}2026", "March 2026"),
            ("en-US", "Mar\u{a0}7,\u{a0}2026", "March 2026"),
            ("de-DE", "07.03.2026", "März 2026"),
            ("de_CH", "07.03.2026", "März 2026"),
            ("fr-FR", "07/03/2026", "mars 2026"),
            ("fr-CA", "2026-03-07", "mars 2026"),
            ("es-ES", "07/03/2026", "marzo de 2026"),
            ("nl-NL", "07-03-2026", "March 2026"),
        ];
        for (tag, day, month) in cases {
            let locale = Locale::from_tag(tag);
            assert_eq!(locale.date(date), day, "{tag}");
            assert_eq!(locale.period("2026-03").unwrap(), month, "{tag}");
        }
        for wrong in ["2026-13", "2026-3", "202603", "", "2026-03-01", "+026-03"] {
            assert_eq!(
                Locale::from_tag("en").period(wrong),
                Err(DocumentError::Period),
                "{wrong}"
            );
        }
    }

    #[test]
    fn percentages_lose_superfluous_zeros_only() {
        let german = Locale::from_tag("de");
        assert_eq!(german.percent("7.70", "tax_rate").unwrap(), "7,7\u{a0}%");
        assert_eq!(german.percent("20.0000", "tax_rate").unwrap(), "20\u{a0}%");
        assert_eq!(Locale::from_tag("en").percent("20", "tax_rate").unwrap(), "20%");
        assert_eq!(Locale::from_tag("en").percent("100", "tax_rate").unwrap(), "100%");
    }
}
