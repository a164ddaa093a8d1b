//! The parsers, each with the law that an accepted text obeys.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use domain::audit_chain::{GENESIS_HASH, canonical_json, chain_hash};
use domain::csv_cell::{import_text, text_field};
use domain::currency::{self, Currency};
use domain::decimal::{ExchangeRate, Percentage, PlainAmount, Quantity, Rate};
use domain::due_dates::parse_time_zone;
use domain::exact::Exact;
use domain::ids::TenantId;
use domain::money::Money;
use domain::natural_key::{
    ReceivedRow, normalise, normalise_guid, normalise_meter_id, normalise_resource_uri, usage_times,
};
use domain::period::Period;
use domain::role::Role;
use domain::text::{email_address, line, paragraph};
use pricing::{Explanation, Increase, ItemCreditKind, ItemCredits};
use serde_json::Value;

use super::{Target, Verdict};

const NUMBERS: &[&str] = &[
    "0",
    "-1.5",
    "999999999999999.999999999999999999",
    "0.0000000001",
    "100",
    "170141183460469231731",
    "922337203685477.5807",
    "1/3",
    "-10/4",
];
const RECEIVED: &[&str] = &["1", "1e-18", "9.99E+14", "0.001344086021505376", "-0", "5e-19"];
const MONTHS: &[&str] = &["2026-01", "0001-12", "9999-12"];
const GUIDS: &[&str] = &[
    "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55",
    "5E8D2F107A3C4B9EA1D69C0B8E7F6A55",
    "Custom Meter",
];
const TIMES: &[&str] = &[
    "2026-11-03T08:00:00Z",
    "2026-11-03T08:00:00.123456789+05:30",
    "2026-12-31T23:59:60Z",
];
const WORDS: &[&str] = &[
    "EUR",
    "JPY",
    "platform_administrator",
    "tenant_reader",
    "Europe/Berlin",
    "UTC",
];
const CELLS: &[&str] = &["=1+1", " -2", "Contoso, Ltd", "a\"b", "'=1", "plain", "\u{feff}@x"];
const MAILS: &[&str] = &["ada@aurora.example", " Ada@Aurora.Example ", "a\nb", "Cafe\u{301}"];
const JSON: &[&str] = &[
    "{\"a\":[1,-2,null,true],\"b\":\"\\u0001é\"}",
    "{\"amount\":\"1234.50\",\"currency\":\"EUR\"}",
    "[18446744073709551615]",
];
const EXPLANATIONS: &[&str] = &[concat!(
    "{\"period\":\"2026-01\",\"meter_id\":\"m\",\"sku\":\"\",\"pricing_item_id\":\"i\",\"origin\":null,\"unit\":\"u\",",
    "\"tier_mode\":\"graduated\",\"rate_period\":\"unit\",\"hours_divisor\":null,\"effective_rate\":null,\"quantity\":\"1\",",
    "\"slices\":[],\"conversion\":null,\"steps\":[{\"rule\":\"P-21\",\"operation\":\"divide\",\"inputs\":[",
    "{\"name\":\"q\",\"exact\":\"1\",\"displayed\":\"1\"},{\"name\":\"d\",\"exact\":\"2\",\"displayed\":\"2\"}],",
    "\"result\":{\"name\":\"p\",\"exact\":\"1/2\",\"displayed\":\"0.5\"}},{\"rule\":\"P-60\",\"operation\":\"round\",",
    "\"inputs\":[{\"name\":\"p\",\"exact\":\"1/2\",\"displayed\":\"0.5\"}],\"result\":{\"name\":\"amount\",\"exact\":\"1/2\",",
    "\"displayed\":\"0.50\"}}],\"unrounded_amount\":\"0.5\",\"amount\":{\"amount\":\"0.50\",\"currency\":\"EUR\"}}"
)];

/// Reads, writes and reads again.
fn round_trip<T: FromStr + Display + PartialEq>(text: &str) -> Verdict {
    match text.parse::<T>() {
        Ok(value) => Verdict::law(
            value.to_string().parse::<T>().is_ok_and(|again| again == value),
            "written and read again it is another value",
        ),
        Err(_) => Verdict::Refused,
    }
}

/// What has been brought into its form stays as it is.
fn stable(once: Option<String>, again: impl Fn(&str) -> Option<String>) -> Verdict {
    match once {
        Some(once) => Verdict::law(again(&once).as_deref() == Some(&once), "its form is not stable"),
        None => Verdict::Refused,
    }
}

fn taken<T, E>(result: &Result<T, E>) -> Verdict {
    if result.is_ok() {
        Verdict::Accepted
    } else {
        Verdict::Refused
    }
}

pub(super) fn all() -> Vec<Target> {
    let target = |name, seeds, read| Target { name, seeds, read };
    vec![
        target("money of every currency", NUMBERS, money),
        target("money as JSON", JSON, money_json),
        target("quantity", NUMBERS, round_trip::<Quantity>),
        target("sum of quantities", NUMBERS, sum_of_quantities),
        target("received quantity", RECEIVED, received),
        target("rate", NUMBERS, round_trip::<Rate>),
        target("percentage", NUMBERS, round_trip::<Percentage>),
        target("exchange rate", NUMBERS, round_trip::<ExchangeRate>),
        target("amount without currency", NUMBERS, round_trip::<PlainAmount>),
        target("exact decimal", NUMBERS, exact_decimal),
        target("exact fraction", NUMBERS, exact_fraction),
        target("credits of an item", NUMBERS, credits),
        target("price increase", NUMBERS, increase),
        target("month", MONTHS, round_trip::<Period>),
        target("currency", WORDS, round_trip::<Currency>),
        target("role", WORDS, round_trip::<Role>),
        target("time zone", WORDS, |text| taken(&parse_time_zone(text))),
        target("id", GUIDS, round_trip::<TenantId>),
        target("GUID of a stamp", GUIDS, |text| {
            stable(normalise_guid(text), normalise_guid)
        }),
        target("meter id", GUIDS, |text| {
            stable(normalise_meter_id(text), normalise_meter_id)
        }),
        target("resource", CELLS, |text| {
            stable(Some(normalise_resource_uri(text)), |text| {
                Some(normalise_resource_uri(text))
            })
        }),
        target("usage times", TIMES, times),
        target("row of a stamp", RECEIVED, row),
        target("CSV cell", CELLS, cell),
        target("line of text", MAILS, |text| {
            stable(line(text, 100).ok(), |text| line(text, 100).ok())
        }),
        target("paragraph", MAILS, |text| {
            stable(paragraph(text, 100).ok(), |text| paragraph(text, 100).ok())
        }),
        target("mail address", MAILS, |text| {
            stable(email_address(text).ok(), |text| email_address(text).ok())
        }),
        target("canonical JSON", JSON, canonical),
        target("explanation", EXPLANATIONS, explanation),
    ]
}

fn money(text: &str) -> Verdict {
    let mut verdict = Verdict::Refused;
    for currency in currency::all() {
        let Ok(money) = Money::parse(text, currency) else {
            continue;
        };
        verdict = Verdict::Accepted;
        if Money::parse(&money.amount_text(), currency) != Ok(money) {
            return Verdict::Wrong(format!("{money} is read as another amount"));
        }
    }
    verdict
}

fn money_json(text: &str) -> Verdict {
    match serde_json::from_str::<Money>(text) {
        Ok(money) => {
            let again = serde_json::to_string(&money).ok();
            let again = again.and_then(|json| serde_json::from_str::<Money>(&json).ok());
            Verdict::law(again == Some(money), "written and read again it is another amount")
        }
        Err(_) => Verdict::Refused,
    }
}

fn sum_of_quantities(text: &str) -> Verdict {
    match Quantity::parse_sum(text) {
        Ok(sum) => Verdict::law(
            Quantity::parse_sum(&sum.to_string()) == Ok(sum),
            "written and read again it is another sum",
        ),
        Err(_) => Verdict::Refused,
    }
}

fn received(text: &str) -> Verdict {
    match Quantity::parse_received(text) {
        Ok(quantity) => Verdict::law(
            !quantity.is_negative() && Quantity::parse(&quantity.to_string()) == Ok(quantity),
            "it is negative or out of range",
        ),
        Err(_) => Verdict::Refused,
    }
}

fn exact_decimal(text: &str) -> Verdict {
    match Exact::parse_decimal(text) {
        Ok(value) => {
            let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let again = u8::try_from(digits).ok().map(|digits| value.decimal_text(digits));
            let same = again.is_none_or(|again| again.is_some_and(|again| Exact::parse_decimal(&again) == Ok(value)));
            Verdict::law(same, "written and read again it is another value")
        }
        Err(_) => Verdict::Refused,
    }
}

fn exact_fraction(text: &str) -> Verdict {
    match Exact::parse_fraction(text) {
        Ok(value) => Verdict::law(
            Exact::parse_fraction(&value.fraction_text()) == Ok(value),
            "written and read again it is another value",
        ),
        Err(_) => Verdict::Refused,
    }
}

fn credits(text: &str) -> Verdict {
    let mut verdict = Verdict::Refused;
    for kind in [
        ItemCreditKind::Quantity,
        ItemCreditKind::Percent,
        ItemCreditKind::Amount,
    ] {
        let Ok(credits) = ItemCredits::parse([(kind, text)]) else {
            continue;
        };
        let told: Vec<(ItemCreditKind, String)> = credits.iter().collect();
        let again = ItemCredits::parse(told.iter().map(|(kind, text)| (*kind, text.as_str())));
        verdict = Verdict::law(again == Ok(credits), "told and read again they are other credits");
        if verdict != Verdict::Accepted {
            break;
        }
    }
    verdict
}

fn increase(text: &str) -> Verdict {
    let Ok(rate) = Rate::parse("0.5") else {
        return Verdict::Refused;
    };
    let applied = |increase: Result<Increase, _>| increase.and_then(|increase| increase.apply(rate));
    match (
        applied(Increase::percentage(text)),
        applied(Increase::fixed_amount(text)),
    ) {
        (Err(_), Err(_)) => Verdict::Refused,
        _ => Verdict::Accepted,
    }
}

fn times(text: &str) -> Verdict {
    let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap_or_default();
    let forwards = usage_times(day, text, "2026-11-03T12:00:00Z");
    let backwards = usage_times(day, "2026-11-03T07:00:00Z", text);
    let ordered = |times: &Result<_, _>| match times {
        Ok((start, end)) => start < end,
        Err(_) => true,
    };
    if forwards.is_err() && backwards.is_err() {
        return Verdict::Refused;
    }
    Verdict::law(ordered(&forwards) && ordered(&backwards), "it ends before it starts")
}

fn row(text: &str) -> Verdict {
    let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap_or_default();
    let row = ReceivedRow {
        platform_subscription_id: "5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55",
        meter_id: "m",
        usage_start: "2026-11-03T08:00:00Z",
        usage_end: "2026-11-03T09:00:00Z",
        resource_uri: text,
        sku: text,
        quantity: text,
    };
    let hostile = ReceivedRow {
        meter_id: text,
        quantity: "1",
        ..row
    };
    match (normalise("r", day, &row), normalise("r", day, &hostile)) {
        (Err(_), Err(_)) => Verdict::Refused,
        (Ok((key, _)), _) | (_, Ok((key, _))) => {
            Verdict::law(key.key_hash() == key.clone().key_hash(), "its hash differs")
        }
    }
}

/// What a CSV reader makes of a written field comes back as it was, but for NULs, and never starts a formula.
fn cell(text: &str) -> Verdict {
    let field = text_field(text);
    let read = match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => field,
    };
    let shown = read.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{200b}', '\u{feff}']);
    if shown.starts_with(['=', '+', '-', '@', '\t', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']) {
        return Verdict::Wrong("it starts a formula".to_owned());
    }
    let ambiguous = text.contains('\0') || text.starts_with('\'');
    Verdict::law(ambiguous || import_text(&read) == text, "it does not come back")
}

fn canonical(text: &str) -> Verdict {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Verdict::Refused;
    };
    let Ok(canonical) = canonical_json(&value) else {
        return Verdict::Refused;
    };
    let again = serde_json::from_str::<Value>(&canonical);
    let sealed = chain_hash(GENESIS_HASH, &canonical).is_ok();
    Verdict::law(
        sealed && again.is_ok_and(|again| again == value),
        "read again it is another value",
    )
}

fn explanation(text: &str) -> Verdict {
    let Ok(explanation) = serde_json::from_str::<Explanation>(text) else {
        return Verdict::Refused;
    };
    match explanation.recompute() {
        Ok(amount) => Verdict::law(amount == explanation.amount, "it computes to another amount"),
        Err(_) => Verdict::Refused,
    }
}
