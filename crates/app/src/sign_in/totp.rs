//! One-time codes of RFC 6238: SHA-1, six digits, thirty seconds (I-30).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac_of_sha1::{Hmac, KeyInit, Mac};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Error;

/// Bytes of a secret.
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP_SECONDS: i64 = 30;
/// Alphabet of RFC 4648 base 32.
const BASE32: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// A new secret.
///
/// # Errors
/// [`Error::Internal`] when the operating system gives no random numbers.
pub fn new_secret() -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut secret = Zeroizing::new(vec![0; SECRET_BYTES]);
    getrandom::fill(&mut secret).map_err(|_| Error::internal("no random numbers"))?;
    Ok(secret)
}

/// The step of an instant.
pub fn step_at(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP_SECONDS)
}

/// The step, the present one or the one before, whose code was typed.
pub fn matching_step(secret: &[u8], typed: &str, now: DateTime<Utc>) -> Option<i64> {
    let present = step_at(now);
    [present, present.saturating_sub(1)]
        .into_iter()
        .find(|step| is_code_of(secret, typed, *step))
}

/// Whether the code of a step was typed; compared in constant time.
pub fn is_code_of(secret: &[u8], typed: &str, step: i64) -> bool {
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let code = code(secret, step);
    typed.len() == code.len() && bool::from(typed.as_bytes().ct_eq(code.as_bytes()))
}

/// The six digits of a step (RFC 4226, section 5.3).
fn code(secret: &[u8], step: i64) -> Zeroizing<String> {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return Zeroizing::new(String::new());
    };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 15);
    let taken: Vec<u8> = hash.iter().skip(offset).take(4).copied().collect();
    let word = <[u8; 4]>::try_from(taken.as_slice()).map_or(0, u32::from_be_bytes) & 0x7fff_ffff;
    Zeroizing::new(format!("{:06}", word % 1_000_000))
}

/// The secret as people type it.
pub fn base32(secret: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for chunk in secret.chunks(5) {
        let mut bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        bits <<= 8_usize.saturating_mul(5_usize.saturating_sub(chunk.len()));
        let letters = chunk.len().saturating_mul(8).div_ceil(5);
        for place in 0..letters {
            let shift = 35_usize.saturating_sub(place.saturating_mul(5));
            let index = usize::try_from((bits >> shift) & 31).unwrap_or(0);
            text.push(BASE32.get(index).copied().unwrap_or('A'));
        }
    }
    text
}

/// The address that authenticator apps read from a QR code.
pub fn uri(address: &str, secret: &[u8]) -> Zeroizing<String> {
    let account: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    let secret = base32(secret);
    Zeroizing::new(format!(
        "otpauth://totp/CMS:{account}?secret={}&issuer=CMS&algorithm=SHA1&digits=6&period=30",
        secret.as_str()
    ))
}

/// The QR code of an address as an SVG picture in a `data:` address.
///
/// # Errors
/// [`Error::Internal`] when the text is too long for one.
pub fn qr_code(uri: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M).map_err(Error::internal)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard_i30() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(secret, step_at(at(seconds))).as_str(), expected);
        }
    }

    #[test]
    fn the_present_and_the_previous_step_are_accepted_and_no_other_i30() {
        let secret = b"12345678901234567890";
        assert_eq!(matching_step(secret, "287082", at(59)), Some(1));
        assert_eq!(matching_step(secret, "287 082", at(89)), Some(1));
        assert_eq!(matching_step(secret, "287082", at(90)), None);
        assert_eq!(matching_step(secret, "287082", at(29)), None);
        assert_eq!(matching_step(secret, "", at(59)), None);
    }

    #[test]
    fn the_secret_is_written_in_base_32() {
        assert_eq!(
            base32(b"12345678901234567890").as_str(),
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        );
        assert_eq!(base32(b"fo").as_str(), "MZXQ");
        assert!(
            qr_code(&uri("ada@aurora.example", b"12345678901234567890"))
                .unwrap()
                .starts_with("data:image/svg+xml")
        );
    }
}
