//! Sealing of audit entries: canonical JSON and a chain of hashes (I-71).

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The hash that stands before the first entry: 64 zeros.
pub const GENESIS_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Why an entry could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditChainError {
    /// Canonical JSON holds no numbers except integers.
    #[error("the entry holds a number that is not an integer")]
    NumberNotInteger,
    /// A hash is not 64 lower-case hexadecimal digits.
    #[error("the previous hash is not a hash")]
    HashInvalid,
}

impl AuditChainError {
    /// The rule's error code (G-7).
    pub fn code(self) -> &'static str {
        match self {
            Self::NumberNotInteger => "number_not_integer",
            Self::HashInvalid => "hash_invalid",
        }
    }
}

/// The canonical JSON of RFC 8785: keys sorted by UTF-16 code units, no blanks, no numbers except integers.
///
/// # Errors
/// `number_not_integer`.
///
/// # Examples
/// ```
/// use cms_domain::audit_chain::canonical_json;
///
/// let entry = serde_json::json!({ "operation": "tenant.create", "at": 7 });
/// assert_eq!(canonical_json(&entry)?, r#"{"at":7,"operation":"tenant.create"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn canonical_json(value: &Value) -> Result<String, AuditChainError> {
    let mut text = String::new();
    write_value(&mut text, value)?;
    Ok(text)
}

/// The lower-case hexadecimal SHA-256 of the previous hash as text, then the canonical JSON as UTF-8.
///
/// # Errors
/// `hash_invalid` when the previous hash is not one.
pub fn chain_hash(previous_hash: &str, canonical: &str) -> Result<String, AuditChainError> {
    let is_hash = previous_hash.len() == 64 && previous_hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        return Err(AuditChainError::HashInvalid);
    }
    let digest = Sha256::new()
        .chain_update(previous_hash.as_bytes())
        .chain_update(canonical.as_bytes())
        .finalize();
    Ok(hex::encode(digest))
}

/// Seals an entry after `previous_hash`: its canonical JSON and its hash.
///
/// # Errors
/// `number_not_integer` or `hash_invalid`.
pub fn seal(previous_hash: &str, entry: &Value) -> Result<(String, String), AuditChainError> {
    let canonical = canonical_json(entry)?;
    let hash = chain_hash(previous_hash, &canonical)?;
    Ok((canonical, hash))
}

/// Recomputes a chain and gives the index of the first entry whose hash does not match (I-73); `None` when all match.
///
/// # Errors
/// Those of [`seal`], for an entry that cannot be canonical at all.
pub fn first_break<'a, I>(previous_hash: &str, entries: I) -> Result<Option<usize>, AuditChainError>
where
    I: IntoIterator<Item = (&'a Value, &'a str)>,
{
    let mut previous = previous_hash.to_owned();
    for (index, (entry, stored_hash)) in entries.into_iter().enumerate() {
        let (_, hash) = seal(&previous, entry)?;
        if hash != stored_hash {
            return Ok(Some(index));
        }
        previous = hash;
    }
    Ok(None)
}

fn write_value(text: &mut String, value: &Value) -> Result<(), AuditChainError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => {
            if number.as_i64().is_none() && number.as_u64().is_none() {
                return Err(AuditChainError::NumberNotInteger);
            }
            text.push_str(&number.to_string());
        }
        Value::String(string) => write_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(text, item)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            text.push('{');
            for (index, (key, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(text, key);
                text.push(':');
                write_value(text, item)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// RFC 8785 escapes only what JSON must: quote, backslash and control characters, the short forms where they exist.
fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                text.push_str("\\u00");
                text.push_str(&hex::encode([u8::try_from(control).unwrap_or_default()]));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
