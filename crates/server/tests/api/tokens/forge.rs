//! Bad access tokens, each one a little wrong.

use app::vault::Sealed;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use persistence::secret::SecretPlace;
use serde_json::{Value, json};

use super::{changed, hex, part, unhex};
use crate::harness::TestServer;
use crate::service_accounts::{account, created, program};

/// PKCS#8 of an Ed25519 key up to its 32 bytes.
const PKCS8_HEAD: &str = "302e020100300506032b657004220420";

/// What bad tokens are made from: a good one and the key that signed it.
pub struct Forge {
    pub header: Value,
    pub claims: Value,
    pub good: String,
    private: Vec<u8>,
    public: Vec<u8>,
    origin: String,
    /// `sub` and `jti` of another account's token.
    other: (Value, Value),
    api_key: String,
}

impl Forge {
    pub async fn of(server: &TestServer) -> Self {
        let administrator = server.administrator().await;
        let (_, api_key) = created(&administrator, &account("platform_administrator", None)).await;
        let (_, second) = created(&administrator, &account("platform_reader", None)).await;
        let good = program(server, &api_key).await.token;
        let other = part(&program(server, &second).await.token, 1);
        let header = part(&good, 0);
        let kid = header["kid"].as_str().unwrap().to_owned();
        let tx = server.app.store().read().await.unwrap();
        let public = tx.signing_keys().signing().await.unwrap().unwrap().public_key;
        let place = SecretPlace {
            owner_kind: "signing_key",
            owner_id: kid,
            name: "private_key",
        };
        let sealed = tx.secrets().find(&place).await.unwrap().unwrap();
        let sealed = Sealed {
            key_id: sealed.key_id,
            wrapped_key: sealed.wrapped_key,
            ciphertext: sealed.ciphertext,
        };
        let private = server.app.vault().open(&place.text(), &sealed).unwrap().to_vec();
        Self {
            claims: part(&good, 1),
            header,
            good,
            private,
            public,
            origin: server.url.clone(),
            other: (other["sub"].clone(), other["jti"].clone()),
            api_key,
        }
    }

    /// A token of these texts under our own key.
    pub fn signed(&self, header: &str, claims: &str) -> String {
        signed_by(
            &EncodingKey::from_ed_der(&self.private),
            Algorithm::EdDSA,
            header,
            claims,
        )
    }

    fn with_claim(&self, name: &str, value: Option<Value>) -> String {
        let claims = changed(&self.claims, name, value);
        self.signed(&self.header.to_string(), &claims.to_string())
    }

    fn with_header(&self, name: &str, value: Option<Value>) -> String {
        let header = changed(&self.header, name, value);
        self.signed(&header.to_string(), &self.claims.to_string())
    }

    /// Every bad token.
    pub fn bad(&self) -> Vec<String> {
        let groups = [
            self.wrong_types(),
            self.edges(),
            self.headers(),
            self.signatures(),
            self.texts(),
        ];
        groups.into_iter().flatten().collect()
    }

    /// Each claim missing or of another type.
    fn wrong_types(&self) -> Vec<String> {
        let mut bad = Vec::new();
        for name in ["iss", "aud", "sub", "exp", "nbf", "iat", "jti"] {
            let present = &self.claims[name];
            bad.push(self.with_claim(name, None));
            let as_text = present.as_i64().map_or(json!(42), |number| json!(number.to_string()));
            for value in [
                json!(null),
                json!(true),
                json!([]),
                json!({}),
                json!(""),
                json!(-1),
                json!(1.5),
                as_text,
                json!([present]),
                json!({ "value": present }),
            ] {
                bad.push(self.with_claim(name, Some(value)));
            }
        }
        bad
    }

    /// Each claim with a value just beside the right one.
    fn edges(&self) -> Vec<String> {
        let now = self.claims["iat"].as_i64().unwrap();
        let mut bad: Vec<String> = Vec::new();
        for exp in [
            now - 10,
            now - 11,
            now - 86_400,
            now + 601,
            now + 3_600,
            0,
            i64::MIN,
            i64::MAX,
        ] {
            bad.push(self.with_claim("exp", Some(json!(exp))));
        }
        for at in [now + 11, now + 60, now + 86_400, i64::MAX] {
            bad.push(self.with_claim("nbf", Some(json!(at))));
            bad.push(self.with_claim("iat", Some(json!(at))));
        }
        for iat in [now - 1, now - 600, 0, i64::MIN] {
            bad.push(self.with_claim("iat", Some(json!(iat))));
        }
        let origin = &self.origin;
        for iss in [
            format!("{origin}/"),
            origin.to_uppercase(),
            origin.replace("http", "https"),
            format!(" {origin}"),
            "http://127.0.0.1".to_owned(),
            "https://login.microsoftonline.com/common/v2.0".to_owned(),
        ] {
            bad.push(self.with_claim("iss", Some(json!(iss))));
        }
        for aud in [
            origin.clone(),
            format!("{origin}/api/v1/"),
            format!("{origin}/api/v2"),
            format!("{origin}/api"),
            "cms".to_owned(),
            "*".to_owned(),
        ] {
            bad.push(self.with_claim("aud", Some(json!(aud))));
        }
        let sub = self.claims["sub"].as_str().unwrap();
        for sub in [
            self.other.0.clone(),
            json!(sub.to_uppercase() + " "),
            json!(sub.replace('-', "")),
            json!(uuid::Uuid::now_v7()),
            json!(uuid::Uuid::nil()),
            json!("%"),
            json!("' OR 1=1 --"),
        ] {
            bad.push(self.with_claim("sub", Some(sub)));
        }
        for jti in [
            self.other.1.clone(),
            json!(uuid::Uuid::now_v7()),
            json!(uuid::Uuid::nil()),
            json!("%"),
            json!(&self.api_key[4..20]),
        ] {
            bad.push(self.with_claim("jti", Some(jti)));
        }
        for (name, value) in [
            ("role", json!("platform_administrator")),
            ("scope", json!("*")),
            ("anchor_id", json!(null)),
            ("azp", json!("cms")),
            ("nonce", json!("n")),
        ] {
            bad.push(self.with_claim(name, Some(value)));
        }
        let twice = self.claims.to_string().replacen('{', "{\"exp\":9999999999,", 1);
        bad.extend(
            [
                twice,
                "null".into(),
                "[]".into(),
                "{}".into(),
                "\"text\"".into(),
                String::new(),
                "{".into(),
                "\u{feff}{}".into(),
            ]
            .map(|claims| self.signed(&self.header.to_string(), &claims)),
        );
        bad
    }

    /// Headers that name another type, algorithm or key, or bring a key of their own.
    fn headers(&self) -> Vec<String> {
        let mut bad = Vec::new();
        for alg in [
            "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES512", "eddsa",
            "EDDSA", "Ed448", "EdDSA ",
        ] {
            bad.push(self.with_header("alg", Some(json!(alg))));
        }
        for typ in [
            "JWT",
            "jwt",
            "AT+JWT",
            "application/at+jwt",
            "id_token",
            "logout+jwt",
            "at+jwt ",
            "",
        ] {
            bad.push(self.with_header("typ", Some(json!(typ))));
        }
        let kid = self.header["kid"].as_str().unwrap();
        for kid in [
            "",
            "0000000000000000",
            "../../etc/passwd",
            "' OR '1'='1",
            "%",
            &kid.to_uppercase().replace(|letter: char| letter.is_ascii_digit(), "x"),
            &format!("{kid} "),
            &kid.repeat(20),
        ] {
            bad.push(self.with_header("kid", Some(json!(kid))));
        }
        for name in ["typ", "alg", "kid"] {
            bad.push(self.with_header(name, None));
            for value in [json!(null), json!(1), json!([self.header[name]]), json!({})] {
                bad.push(self.with_header(name, Some(value)));
            }
        }
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&self.public) });
        for (name, value) in [
            ("jku", json!("https://evil.example/keys")),
            ("jwk", jwk),
            ("x5u", json!("https://evil.example/cert")),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("AAAA")),
            ("x5t#S256", json!("AAAA")),
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
            ("cty", json!("JWT")),
            ("enc", json!("A256GCM")),
            ("nonce", json!("n")),
        ] {
            bad.push(self.with_header(name, Some(value)));
        }
        let twice = self.header.to_string().replacen('{', "{\"alg\":\"none\",", 1);
        bad.extend(
            [
                twice,
                "{}".into(),
                "null".into(),
                "[]".into(),
                String::new(),
                "{".into(),
            ]
            .map(|header| self.signed(&header, &self.claims.to_string())),
        );
        bad
    }

    /// Signatures of other keys and algorithms: the public key as a secret, a foreign key under our name, an ID token.
    fn signatures(&self) -> Vec<String> {
        let (header, claims) = (&self.header, &self.claims);
        let mut bad = Vec::new();
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let named = changed(header, "alg", Some(json!(format!("{algorithm:?}"))));
            for secret in [
                self.public.clone(),
                STANDARD.encode(&self.public).into_bytes(),
                hex(&self.public),
                Vec::from(*b"secret"),
            ] {
                let key = EncodingKey::from_secret(&secret);
                bad.push(signed_by(&key, algorithm, &named.to_string(), &claims.to_string()));
                bad.push(signed_by(&key, algorithm, &header.to_string(), &claims.to_string()));
            }
        }
        let foreign: Vec<u8> = unhex(PKCS8_HEAD).into_iter().chain([7; 32]).collect();
        let foreign = EncodingKey::from_ed_der(&foreign);
        bad.push(signed_by(
            &foreign,
            Algorithm::EdDSA,
            &header.to_string(),
            &claims.to_string(),
        ));
        let unknown = changed(header, "kid", Some(json!("7777777777777777")));
        bad.push(signed_by(
            &foreign,
            Algorithm::EdDSA,
            &unknown.to_string(),
            &claims.to_string(),
        ));
        let id_token = json!({ "iss": "https://login.example", "aud": "cms", "sub": claims["sub"], "exp": claims["exp"], "iat": claims["iat"], "nonce": "n" });
        let head = json!({ "typ": "JWT", "alg": "EdDSA", "kid": header["kid"] });
        bad.push(signed_by(
            &foreign,
            Algorithm::EdDSA,
            &head.to_string(),
            &id_token.to_string(),
        ));
        bad.push(self.signed(&head.to_string(), &id_token.to_string()));
        bad.push(self.signed(&header.to_string(), &id_token.to_string()));
        let parts: Vec<&str> = self.good.split('.').collect();
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let with = |bytes: &[u8]| format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(bytes));
        for place in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[place] ^= 1 << (place % 8);
            bad.push(with(&flipped));
        }
        bad.extend([
            with(&[]),
            with(&[0; 64]),
            with(&[255; 64]),
            with(&signature[..63]),
            with(&[signature.as_slice(), &[0]].concat()),
            with(&self.public),
        ]);
        bad
    }

    /// Texts that are no token: other parts, other encodings, too long; and changed contents under the old signature.
    fn texts(&self) -> Vec<String> {
        let good = &self.good;
        let parts: Vec<&str> = good.split('.').collect();
        let (head, body, signature) = (parts[0], parts[1], parts[2]);
        let claims = URL_SAFE_NO_PAD.decode(body).unwrap();
        let mut bad = Vec::new();
        for place in (0..claims.len()).step_by(5) {
            let mut changed = claims.clone();
            changed[place] ^= 1;
            bad.push(format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(changed)));
        }
        let later = changed(
            &self.claims,
            "exp",
            Some(json!(self.claims["exp"].as_i64().unwrap() - 1)),
        );
        bad.extend([
            format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(later.to_string())),
            format!("{head}.{body}."),
            format!("{head}.{body}"),
            head.to_owned(),
            format!("{good}."),
            format!(".{good}"),
            format!("{good}.{signature}"),
            format!("{head}..{signature}"),
            format!(".{body}.{signature}"),
            format!("{body}.{head}.{signature}"),
            format!("{head}.{body}.{signature}="),
            format!(
                "{}.{body}.{signature}",
                URL_SAFE.encode(URL_SAFE_NO_PAD.decode(head).unwrap()) + "="
            ),
            format!("{head}.{body}. {signature}"),
            format!("{good},{good}"),
            format!("\"{good}\""),
            format!("Bearer {good}"),
            good.to_uppercase(),
            good.chars().rev().collect(),
            good.replace('.', ":"),
            good.replace('.', "%2E"),
            json!({ "protected": head, "payload": body, "signature": signature }).to_string(),
            "..".to_owned(),
            "null".to_owned(),
            self.api_key.clone(),
            self.signed(
                &self.header.to_string(),
                &changed(&self.claims, "pad", Some(json!("x".repeat(4096)))).to_string(),
            ),
            format!("{head}.{}.{signature}", "A".repeat(4096)),
        ]);
        bad
    }
}

/// A token of these texts under a key.
fn signed_by(key: &EncodingKey, algorithm: Algorithm, header: &str, claims: &str) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), key, algorithm).unwrap();
    format!("{text}.{signature}")
}
