//! The signed statement that stands for a certificate when a token is asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use outbound::Secret;
use serde::Serialize;
use sha2::Digest;
use uuid::Builder;

use crate::metadata::IdentitySystem;

/// How long the statement holds.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

/// Makes the assertion for a token URL: PS256 with the SHA-256 thumbprint for Entra ID, RS256 with the SHA-1 thumbprint
/// for AD FS, which knows no other. Nothing when the PEM text holds no certificate with its RSA key.
pub(crate) fn assertion(
    pem: &Secret<String>,
    client_id: &str,
    token_url: &str,
    identity_system: IdentitySystem,
    now: DateTime<Utc>,
) -> Option<Secret<String>> {
    let certificate = outbound::certificates_in(pem.expose()).ok()?.into_iter().next()?;
    let key = EncodingKey::from_rsa_pem(private_key(pem.expose())?.as_bytes()).ok()?;
    let mut header = match identity_system {
        IdentitySystem::Entra => Header::new(Algorithm::PS256),
        IdentitySystem::Adfs => Header::new(Algorithm::RS256),
    };
    match identity_system {
        IdentitySystem::Entra => header.x5t_s256 = Some(URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&certificate))),
        IdentitySystem::Adfs => header.x5t = Some(sha1_thumbprint(&certificate)),
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    let claims = Claims {
        aud: token_url,
        iss: client_id,
        sub: client_id,
        jti: Builder::from_random_bytes(random).into_uuid().to_string(),
        nbf: now.timestamp(),
        iat: now.timestamp(),
        exp: (now + LIFETIME).timestamp(),
    };
    jsonwebtoken::encode(&header, &claims, &key).ok().map(Secret::new)
}

fn sha1_thumbprint(certificate: &[u8]) -> String {
    use sha1::Digest as _;
    URL_SAFE_NO_PAD.encode(sha1::Sha1::digest(certificate))
}

/// The block of the unencrypted private key.
fn private_key(pem: &str) -> Option<&str> {
    ["PRIVATE KEY", "RSA PRIVATE KEY"].into_iter().find_map(|label| {
        let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
        let from = pem.find(&begin)?;
        let block = pem.get(from..)?;
        block.get(..block.find(&end)? + end.len())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use outbound::Secret;
    use rcgen::{CertificateParams, KeyPair};
    use sha2::Digest;

    use super::assertion;
    use crate::metadata::IdentitySystem;

    const URL: &str = "https://login.example/d/oauth2/token";

    fn part(token: &str, index: usize) -> serde_json::Value {
        let part = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    /// A throw-away RSA key with its certificate.
    struct Principal {
        certificate: String,
        key: String,
        public: String,
    }

    impl Principal {
        fn pem(&self) -> String {
            format!("{}{}", self.certificate, self.key)
        }
    }

    fn principal() -> &'static Principal {
        static MADE: OnceLock<Principal> = OnceLock::new();
        MADE.get_or_init(|| {
            let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
            let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
            Principal {
                certificate: certificate.pem(),
                key: key.serialize_pem(),
                public: key.public_key_pem(),
            }
        })
    }

    fn make(system: IdentitySystem) -> String {
        let now = "2026-11-05T08:00:00Z".parse().unwrap();
        assertion(&Secret::new(principal().pem()), "app-1", URL, system, now)
            .unwrap()
            .expose()
            .clone()
    }

    #[test]
    fn entra_gets_ps256_with_the_sha_256_thumbprint() {
        let token = make(IdentitySystem::Entra);
        let header = part(&token, 0);
        assert_eq!(header["alg"], "PS256");
        let certificate = outbound::certificates_in(&principal().pem()).unwrap().remove(0);
        assert_eq!(
            header["x5t#S256"],
            URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(certificate))
        );
        let claims = part(&token, 1);
        assert_eq!(
            (claims["aud"].as_str(), claims["iss"].as_str(), claims["sub"].as_str()),
            (Some(URL), Some("app-1"), Some("app-1"))
        );
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), 600);
    }

    #[test]
    fn ad_fs_gets_rs256_with_the_sha_1_thumbprint() {
        let header = part(&make(IdentitySystem::Adfs), 0);
        assert_eq!(header["alg"], "RS256");
        assert_eq!(
            URL_SAFE_NO_PAD.decode(header["x5t"].as_str().unwrap()).unwrap().len(),
            20
        );
        assert!(header.get("x5t#S256").is_none());
    }

    #[test]
    fn every_assertion_is_fresh() {
        let ids: Vec<_> = (0..2)
            .map(|_| part(&make(IdentitySystem::Entra), 1)["jti"].clone())
            .collect();
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn the_signature_holds_under_the_certificates_key() {
        let key = jsonwebtoken::DecodingKey::from_rsa_pem(principal().public.as_bytes()).unwrap();
        for (system, algorithm) in [
            (IdentitySystem::Entra, jsonwebtoken::Algorithm::PS256),
            (IdentitySystem::Adfs, jsonwebtoken::Algorithm::RS256),
        ] {
            let mut rules = jsonwebtoken::Validation::new(algorithm);
            rules.set_audience(&[URL]);
            rules.validate_exp = false;
            let token = make(system);
            jsonwebtoken::decode::<serde_json::Value>(&token, &key, &rules).unwrap();
        }
    }

    #[test]
    fn a_text_without_certificate_or_key_makes_none() {
        let now = "2026-11-05T08:00:00Z".parse().unwrap();
        let text_of = |pem: &str| {
            assertion(&Secret::from(pem), "a", URL, IdentitySystem::Entra, now).map(|token| token.expose().clone())
        };
        let Principal { certificate, key, .. } = principal();
        for pem in ["", "text", certificate, key] {
            assert_eq!(text_of(pem), None);
        }
        // The order of the blocks does not matter.
        assert!(text_of(&format!("{key}{certificate}")).is_some());
    }
}
