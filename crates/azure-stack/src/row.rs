//! One usage row, as received.

use std::borrow::Cow;

use domain::natural_key::{QuarantineReason, ReceivedRow};

use crate::instance_data::InstanceData;
use crate::scan::{ScanFault, Scanner, decode};

/// A row of a page or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row is sound; a box would cost an allocation a row"
)]
pub enum UsageRow {
    /// All fields are there; their values are not judged yet (U-44).
    Sound(SoundRow),
    /// A field is missing or of another kind: to be quarantined (U-44, F-23).
    Malformed(MalformedRow),
}

/// A row whose fields are all there, in the stamp's own words (U-30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundRow {
    /// The subscription as the stamp knows it, in any case.
    pub platform_subscription_id: String,
    /// The meter, in any case, with or without hyphens.
    pub meter_id: String,
    /// Start of the usage, a date-time with offset.
    pub usage_start: String,
    /// End of the usage, likewise.
    pub usage_end: String,
    /// The quantity's digits as they came (U-38).
    pub quantity: String,
    /// `instanceData` as received: the text inside the string, or the object's own text.
    pub instance_data: String,
    /// The same, read.
    pub instance: InstanceData,
}

/// A row that cannot be used, whole, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedRow {
    /// The row's text as received.
    pub raw: String,
    /// Why it is quarantined (U-44).
    pub reason: QuarantineReason,
}

impl SoundRow {
    /// The row in the form that `domain` normalises and judges (U-31, U-44).
    pub fn received(&self) -> ReceivedRow<'_> {
        ReceivedRow {
            platform_subscription_id: &self.platform_subscription_id,
            meter_id: &self.meter_id,
            usage_start: &self.usage_start,
            usage_end: &self.usage_end,
            resource_uri: &self.instance.resource_uri,
            sku: self.instance.sku(),
            quantity: &self.quantity,
        }
    }
}

/// The raw values of the fields that are read.
#[derive(Default)]
struct Fields<'a> {
    subscription: Option<&'a str>,
    meter: Option<&'a str>,
    start: Option<&'a str>,
    end: Option<&'a str>,
    quantity: Option<&'a str>,
    instance: Option<&'a str>,
}

impl UsageRow {
    /// Reads a row's text.
    pub fn parse(raw: &str) -> Self {
        Self::scan(&mut Scanner::new(raw)).unwrap_or_else(|_| malformed(raw, QuarantineReason::InstanceDataInvalid))
    }

    /// Reads the row that the scanner stands before and passes over it. A fault is one of the page, not of the row.
    pub(crate) fn scan(scanner: &mut Scanner<'_>) -> Result<Self, ScanFault> {
        let mut end = *scanner;
        let Some(first) = end.peek() else {
            return Err(ScanFault::Ended);
        };
        // Only an object can be a row; anything else is passed over as a whole.
        let mut fields = Fields::default();
        if first == b'{' && read_fields(&mut end, &mut fields).is_ok() {
            let raw = scanner.until(&end);
            *scanner = end;
            return Ok(fields.judge().unwrap_or_else(|reason| malformed(raw, reason)));
        }
        let raw = scanner.value()?;
        Ok(malformed(raw, QuarantineReason::InstanceDataInvalid))
    }
}

fn malformed(raw: &str, reason: QuarantineReason) -> UsageRow {
    UsageRow::Malformed(MalformedRow {
        raw: raw.to_owned(),
        reason,
    })
}

fn read_fields<'a>(scanner: &mut Scanner<'a>, fields: &mut Fields<'a>) -> Result<(), ScanFault> {
    scanner.object(|key, scanner| {
        if key == r#""properties""# && scanner.peek() == Some(b'{') {
            return scanner.object(|key, scanner| fields.keep(key, scanner.value()?));
        }
        scanner.value().map(drop)
    })
}

impl<'a> Fields<'a> {
    /// Keeps a member of `properties`. A field that comes twice makes the row unreadable.
    fn keep(&mut self, key: &str, value: &'a str) -> Result<(), ScanFault> {
        let slot = match key {
            r#""subscriptionId""# => &mut self.subscription,
            r#""meterId""# => &mut self.meter,
            r#""usageStartTime""# => &mut self.start,
            r#""usageEndTime""# => &mut self.end,
            r#""quantity""# => &mut self.quantity,
            r#""instanceData""# => &mut self.instance,
            _ => return Ok(()),
        };
        if slot.replace(value).is_some() {
            Err(ScanFault::Unexpected)
        } else {
            Ok(())
        }
    }

    fn judge(&self) -> Result<UsageRow, QuarantineReason> {
        let platform_subscription_id = text(self.subscription).ok_or(QuarantineReason::SubscriptionInvalid)?;
        let meter_id = text(self.meter).ok_or(QuarantineReason::MeterInvalid)?;
        let usage_start = text(self.start).ok_or(QuarantineReason::UsageTimeInvalid)?;
        let usage_end = text(self.end).ok_or(QuarantineReason::UsageTimeInvalid)?;
        let quantity = self
            .quantity
            .filter(|raw| is_number(raw))
            .ok_or(QuarantineReason::QuantityInvalid)?;
        let invalid = QuarantineReason::InstanceDataInvalid;
        let raw = self.instance.ok_or(invalid)?;
        let instance_data = if raw.starts_with('"') {
            decode(raw).ok_or(invalid)?
        } else {
            Cow::Borrowed(raw)
        };
        let instance = InstanceData::parse(&instance_data).ok_or(invalid)?;
        Ok(UsageRow::Sound(SoundRow {
            platform_subscription_id,
            meter_id,
            usage_start,
            usage_end,
            quantity: quantity.to_owned(),
            instance_data: instance_data.into_owned(),
            instance,
        }))
    }
}

fn text(raw: Option<&str>) -> Option<String> {
    raw.and_then(decode).map(Cow::into_owned)
}

/// Whether a raw value is a JSON number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
fn is_number(raw: &str) -> bool {
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (raw, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use domain::natural_key::QuarantineReason;

    use super::{SoundRow, UsageRow, is_number};

    const DATA: &str = r#""{\"Microsoft.Resources\":{\"resourceUri\":\"/subscriptions/s/resourceGroups/g/providers/P/t/n\",\"location\":\"zrh1\",\"tags\":\"\",\"additionalInfo\":\"{\\\"ServiceType\\\":\\\"A1\\\"}\"}}""#;

    fn row(change: impl Fn(String) -> String) -> UsageRow {
        let text = format!(
            r#"{{"id":"x","properties":{{"subscriptionId":"5E8D2F10","usageStartTime":"2026-11-03T08:00:00+00:00","usageEndTime":"2026-11-03T09:00:00+00:00","instanceData":{DATA},"quantity":0.001388888888888889,"meterId":"09F8","name":"n"}}}}"#
        );
        UsageRow::parse(&change(text))
    }

    fn sound(row: UsageRow) -> SoundRow {
        match row {
            UsageRow::Sound(row) => row,
            UsageRow::Malformed(row) => panic!("{row:?}"),
        }
    }

    fn reason(row: UsageRow) -> QuarantineReason {
        match row {
            UsageRow::Sound(row) => panic!("{row:?}"),
            UsageRow::Malformed(row) => row.reason,
        }
    }

    #[test]
    fn a_row_keeps_the_digits_of_its_quantity_and_the_text_of_its_instance_data() {
        let row = sound(row(|text| text));
        assert_eq!(row.quantity, "0.001388888888888889");
        assert_eq!(row.platform_subscription_id, "5E8D2F10");
        assert_eq!(row.meter_id, "09F8");
        assert!(
            row.instance_data
                .starts_with(r#"{"Microsoft.Resources":{"resourceUri":"/sub"#)
        );
        assert_eq!(row.received().sku, "A1");
        assert_eq!(
            row.received().resource_uri,
            "/subscriptions/s/resourceGroups/g/providers/P/t/n"
        );
    }

    #[test]
    fn long_and_scientific_quantities_are_kept_as_they_came_f_23() {
        for quantity in [
            "1.52587890625E-05",
            "1e308",
            "1234567890123456789012345678901234567890",
            "-4",
            "0",
        ] {
            let row = sound(row(|text| text.replace("0.001388888888888889", quantity)));
            assert_eq!(row.quantity, quantity);
        }
    }

    #[test]
    fn a_quantity_that_is_no_number_spoils_its_row_only_f_23() {
        for quantity in [
            "NaN", "Infinity", "\"4\"", "null", "{}", "01", "1.", ".5", "+1", "1e", "true", "\"NaN\"",
        ] {
            let spoilt = row(|text| text.replace("0.001388888888888889", quantity));
            assert_eq!(reason(spoilt), QuarantineReason::QuantityInvalid, "{quantity}");
        }
    }

    #[test]
    fn missing_fields_are_named_by_their_reason() {
        for (from, to, expected) in [
            ("subscriptionId", "sub", QuarantineReason::SubscriptionInvalid),
            ("meterId", "meter", QuarantineReason::MeterInvalid),
            ("usageStartTime", "start", QuarantineReason::UsageTimeInvalid),
            ("usageEndTime", "end", QuarantineReason::UsageTimeInvalid),
            ("\"quantity\"", "\"amount\"", QuarantineReason::QuantityInvalid),
            ("instanceData", "data", QuarantineReason::InstanceDataInvalid),
            ("Microsoft.Resources", "Other", QuarantineReason::InstanceDataInvalid),
            ("\"5E8D2F10\"", "7", QuarantineReason::SubscriptionInvalid),
        ] {
            assert_eq!(reason(row(|text| text.replace(from, to))), expected, "{from}");
        }
    }

    #[test]
    fn a_malformed_row_keeps_its_text_whole() {
        let UsageRow::Malformed(spoilt) = row(|text| text.replace("0.001388888888888889", "NaN")) else {
            panic!("sound")
        };
        assert!(spoilt.raw.starts_with("{\"id\":\"x\"") && spoilt.raw.ends_with("}}"));
        for raw in ["7", "\"text\"", "null", "[]", "{}"] {
            assert!(
                matches!(UsageRow::parse(raw), UsageRow::Malformed(row) if row.raw == raw),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_field_that_comes_twice_spoils_the_row() {
        let twice = row(|text| text.replace("\"quantity\":", "\"quantity\":1,\"quantity\":"));
        assert!(matches!(twice, UsageRow::Malformed(_)));
    }

    #[test]
    fn an_instance_data_object_is_accepted_beside_the_string() {
        let object = row(|text| text.replace(DATA, r#"{"Microsoft.Resources":{"resourceUri":"/a/b"}}"#));
        assert_eq!(sound(object).instance.resource_uri, "/a/b");
    }

    #[test]
    fn numbers_follow_the_grammar_of_json() {
        for fine in ["0", "-0", "12", "1.0", "1e5", "1E+5", "1.5e-7"] {
            assert!(is_number(fine), "{fine}");
        }
        for wrong in ["", "-", "00", "0x1", "1.e1", "e1", "1e+", "١"] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }
}
