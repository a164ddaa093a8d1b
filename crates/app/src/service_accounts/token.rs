//! Access tokens as signed text (S-37): what is written, and what is accepted. Whoever stands behind one is looked up by
//! its `jti` on every request; role and scope are not in it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::algorithm::TokenAlgorithm;

/// Type of an access token.
const TYPE: &str = "at+jwt";
/// A token works for ten minutes.
pub(super) const LIFETIME_SECONDS: i64 = 600;
/// Clocks may differ by this much.
const LEEWAY_SECONDS: i64 = 10;
/// Longest token in bytes.
const MOST_BYTES: usize = 4096;
/// Longest id of a signing key.
const MOST_KID: usize = 64;
/// The whole header: any other member (`jku`, `jwk`, `x5u`, `crit`, …) makes a token none of ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    typ: String,
    alg: String,
    kid: String,
}

/// The whole content of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    /// Who issued it: this installation.
    pub iss: String,
    /// Whom it is for: the API of this installation.
    pub aud: String,
    /// The service account.
    pub sub: String,
    /// Name of the token; the key is found by it.
    pub jti: Uuid,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Until when it works.
    pub exp: i64,
}

/// Why a token is not accepted; for tests and the log only, never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token has a wrong {0}")]
pub(super) struct Refused(&'static str);

/// Signs claims.
pub(super) fn sign(algorithm: TokenAlgorithm, kid: &str, private: &[u8], claims: &Claims) -> Option<String> {
    let mut header = Header::new(algorithm.in_tokens());
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, &algorithm.signs_with(private)?).ok()
}

/// The id of the key and the algorithm a token says it is signed with, when its header is one of ours.
pub(super) fn key_of(token: &str) -> Result<(String, TokenAlgorithm), Refused> {
    if token.len() > MOST_BYTES {
        return Err(Refused("length"));
    }
    let mut parts = token.split('.');
    let (Some(head), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Refused("form"));
    };
    let head = URL_SAFE_NO_PAD.decode(head).map_err(|_| Refused("header"))?;
    let head: Head = serde_json::from_slice(&head).map_err(|_| Refused("header"))?;
    if head.typ != TYPE || head.kid.is_empty() || head.kid.len() > MOST_KID {
        return Err(Refused("header"));
    }
    let algorithm = TokenAlgorithm::named(&head.alg).ok_or(Refused("header"))?;
    Ok((head.kid, algorithm))
}

/// The claims of a token that the key of this algorithm and public half signed for `origin` and that works at `now`.
pub(super) fn check(
    token: &str,
    algorithm: TokenAlgorithm,
    public_key: &[u8],
    origin: &str,
    now: DateTime<Utc>,
) -> Result<Claims, Refused> {
    if key_of(token)?.1 != algorithm {
        return Err(Refused("header"));
    }
    let mut rules = Validation::new(algorithm.in_tokens());
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    rules.set_issuer(&[origin]);
    rules.set_audience(&[audience(origin)]);
    // Times are checked below against the application's clock; the crate knows only the host's.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let key = algorithm.verifies_with(public_key);
    let token = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(|_| Refused("signature or claim"))?;
    let claims = token.claims;
    let now = now.timestamp();
    let begins = claims.nbf.max(claims.iat).saturating_sub(LEEWAY_SECONDS);
    let ends = claims.exp.saturating_add(LEEWAY_SECONDS);
    let longest = claims.iat.saturating_add(LIFETIME_SECONDS);
    if begins > now || ends <= now || claims.exp > longest {
        return Err(Refused("time"));
    }
    Ok(claims)
}

/// Whom tokens of an installation are for.
pub(super) fn audience(origin: &str) -> String {
    format!("{origin}/api/v1")
}

/// Signs and verifies once, as start-up does: a build without a provider of cryptography fails only here (S-37).
///
/// # Errors
/// A sentence saying what does not work.
pub fn self_test(algorithm: TokenAlgorithm) -> Result<(), String> {
    let private = algorithm.new_private_key().map_err(|error| error.to_string())?;
    let public = algorithm.public_half(&private).ok_or("no key can be made")?;
    let now = DateTime::UNIX_EPOCH;
    let origin = "https://self-test.invalid";
    let claims = Claims {
        iss: origin.to_owned(),
        aud: audience(origin),
        sub: Uuid::nil().to_string(),
        jti: Uuid::nil(),
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: now.timestamp().saturating_add(LIFETIME_SECONDS),
    };
    let token = sign(algorithm, "self-test", &private, &claims).ok_or("nothing can be signed")?;
    match check(&token, algorithm, &public, origin, now) {
        Ok(found) if found == claims => Ok(()),
        Ok(_) => Err("a verified token says something else".to_owned()),
        Err(refused) => Err(refused.to_string()),
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
