//! The natural key of a usage record (U-31) and the replacement of reported windows (U-32 to U-37).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::decimal::{DecimalError, Quantity};

mod window;

pub use window::{Changes, Outcome, ReadWindow, WindowRow, WindowStore, compare, reduce, replace};

/// One usage row as the stamp reports it, before any normalisation. Times are RFC 3339 with an offset; the quantity is the text of a
/// JSON number.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedRow<'a> {
    /// The subscription as the stamp knows it.
    pub platform_subscription_id: &'a str,
    /// The meter, a GUID or a name.
    pub meter_id: &'a str,
    /// Start of the usage.
    pub usage_start: &'a str,
    /// End of the usage.
    pub usage_end: &'a str,
    /// The resource.
    pub resource_uri: &'a str,
    /// The VM size named by the record, empty when there is none (P-4).
    pub sku: &'a str,
    /// The quantity.
    pub quantity: &'a str,
}

/// The fields that make a usage record the same record, normalised (U-31). The order is that of the fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NaturalKey {
    /// The region.
    pub region_id: String,
    /// The reported window (U-20).
    pub reported_date: NaiveDate,
    /// Lower case with hyphens.
    pub platform_subscription_id: String,
    /// Lower case, GUIDs with hyphens (P-1).
    pub meter_id: String,
    /// In UTC.
    pub usage_start: DateTime<Utc>,
    /// In UTC.
    pub usage_end: DateTime<Utc>,
    /// Lower case, `\` as `/`.
    pub resource_uri: String,
    /// Lower case, empty when there is none.
    pub sku: String,
}

/// Why a row cannot be billed as it is (U-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum QuarantineReason {
    /// The quantity is not a JSON number.
    #[error("the quantity is not a number")]
    QuantityInvalid,
    /// The quantity is below 0.
    #[error("the quantity is negative")]
    QuantityNegative,
    /// The quantity is 10^15 or more.
    #[error("the quantity is out of range")]
    QuantityOutOfRange,
    /// End not after start, longer than 31 days, or a time without an offset.
    #[error("the usage times are invalid")]
    UsageTimeInvalid,
    /// Start after the reported day.
    #[error("the usage starts after the reported day")]
    UsageTimeFuture,
    /// The instance data cannot be read.
    #[error("the instance data cannot be read")]
    InstanceDataInvalid,
    /// The subscription is not a GUID.
    #[error("the subscription is not a GUID")]
    SubscriptionInvalid,
    /// The meter has no usable id.
    #[error("the meter id cannot be used")]
    MeterInvalid,
}

impl QuarantineReason {
    /// The rule's code (U-44).
    pub fn code(self) -> &'static str {
        match self {
            Self::QuantityInvalid => "quantity_invalid",
            Self::QuantityNegative => "quantity_negative",
            Self::QuantityOutOfRange => "quantity_out_of_range",
            Self::UsageTimeInvalid => "usage_time_invalid",
            Self::UsageTimeFuture => "usage_time_future",
            Self::InstanceDataInvalid => "instance_data_invalid",
            Self::SubscriptionInvalid => "subscription_invalid",
            Self::MeterInvalid => "meter_invalid",
        }
    }
}

impl From<DecimalError> for QuarantineReason {
    fn from(error: DecimalError) -> Self {
        match error {
            DecimalError::QuantityNegative => Self::QuantityNegative,
            DecimalError::QuantityOutOfRange => Self::QuantityOutOfRange,
            _ => Self::QuantityInvalid,
        }
    }
}

/// Normalises a received row of a window: its natural key and its quantity (U-31, U-38).
///
/// # Errors
/// The reason the row is quarantined for (U-44).
pub fn normalise(
    region_id: &str,
    reported_date: NaiveDate,
    row: &ReceivedRow<'_>,
) -> Result<(NaturalKey, Quantity), QuarantineReason> {
    let platform_subscription_id =
        normalise_guid(row.platform_subscription_id).ok_or(QuarantineReason::SubscriptionInvalid)?;
    let meter_id = normalise_meter_id(row.meter_id).ok_or(QuarantineReason::MeterInvalid)?;
    let (usage_start, usage_end) = usage_times(reported_date, row.usage_start, row.usage_end)?;
    let quantity = Quantity::parse_received(row.quantity)?;
    let key = NaturalKey {
        region_id: region_id.to_owned(),
        reported_date,
        platform_subscription_id,
        meter_id,
        usage_start,
        usage_end,
        resource_uri: normalise_resource_uri(row.resource_uri),
        sku: row.sku.to_lowercase(),
    };
    Ok((key, quantity))
}

/// Lower case with hyphens, from a GUID with or without hyphens; nothing for other texts.
///
/// # Examples
/// ```
/// use cms_domain::natural_key::normalise_guid;
///
/// let guid = normalise_guid("5E8D2F107A3C4B9EA1D69C0B8E7F6A55");
/// assert_eq!(guid.as_deref(), Some("5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55"));
/// assert_eq!(normalise_guid("web1"), None);
/// ```
pub fn normalise_guid(text: &str) -> Option<String> {
    let plain = matches!(text.len(), 32 | 36);
    plain
        .then(|| Uuid::try_parse(text).ok())?
        .map(|guid| guid.hyphenated().to_string())
}

/// A meter id: lower case, GUIDs with hyphens (P-1). Nothing for empty, overlong or unprintable ids.
pub fn normalise_meter_id(text: &str) -> Option<String> {
    if let Some(guid) = normalise_guid(text) {
        return Some(guid);
    }
    // Some letters become longer in lower case, and the limit is that of the stored id.
    let lower = text.to_lowercase();
    let usable = !lower.is_empty()
        && lower.chars().count() <= 200
        && !lower.chars().any(char::is_control)
        && lower.trim() == lower;
    usable.then_some(lower)
}

/// A resource path: lower case, `\` as `/` (U-31).
pub fn normalise_resource_uri(text: &str) -> String {
    text.replace('\\', "/").to_lowercase()
}

/// Reads and checks the usage times of a row (U-44).
///
/// # Errors
/// `usage_time_invalid` or `usage_time_future`.
pub fn usage_times(
    reported_date: NaiveDate,
    usage_start: &str,
    usage_end: &str,
) -> Result<(DateTime<Utc>, DateTime<Utc>), QuarantineReason> {
    let instant = |text: &str| {
        DateTime::parse_from_rfc3339(text)
            .map(|time| time.with_timezone(&Utc))
            .map_err(|_| QuarantineReason::UsageTimeInvalid)
    };
    let (start, end) = (instant(usage_start)?, instant(usage_end)?);
    if end <= start || end.signed_duration_since(start) > TimeDelta::days(31) {
        return Err(QuarantineReason::UsageTimeInvalid);
    }
    if start.date_naive() > reported_date {
        return Err(QuarantineReason::UsageTimeFuture);
    }
    Ok((start, end))
}

impl NaturalKey {
    /// A fixed-size stand-in for the key: the first 16 bytes of SHA-256 over the fields, each with its length before it, so that no
    /// two keys have the same encoding.
    pub fn key_hash(&self) -> [u8; 16] {
        let mut hasher = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(bytes);
        };
        field(self.region_id.as_bytes());
        field(self.reported_date.to_string().as_bytes());
        field(self.platform_subscription_id.as_bytes());
        field(self.meter_id.as_bytes());
        field(&instant_bytes(self.usage_start));
        field(&instant_bytes(self.usage_end));
        field(self.resource_uri.as_bytes());
        field(self.sku.as_bytes());
        let digest: [u8; 32] = hasher.finalize().into();
        let mut short = [0; 16];
        short.iter_mut().zip(digest).for_each(|(target, byte)| *target = byte);
        short
    }
}

fn instant_bytes(instant: DateTime<Utc>) -> [u8; 12] {
    let mut bytes = [0; 12];
    let seconds = instant.timestamp().to_be_bytes();
    let nanoseconds = instant.timestamp_subsec_nanos().to_be_bytes();
    bytes
        .iter_mut()
        .zip(seconds.into_iter().chain(nanoseconds))
        .for_each(|(target, byte)| *target = byte);
    bytes
}
