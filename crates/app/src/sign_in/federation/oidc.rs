//! The OpenID Connect client: discovery, code exchange and the checks of the token (S-33), all calls through the guarded
//! client (S-70). Answers of a provider are foreign: they are checked and never shown (S-75).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use outbound::{GuardedClient, Secret, header};
use persistence::identity_provider::ProviderFields;
use serde::Deserialize;
use url::Url;

/// Clocks may differ by this much.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// Largest token answer (S-73).
const TOKEN_BYTES: usize = 64 * 1024;

/// Why a provider or a sign-in there was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// A call failed.
    #[error("the provider could not be asked: {0}")]
    Call(#[from] outbound::OutboundError),
    /// It answered with a status of failure.
    #[error("the provider answered {0}")]
    Status(u16),
    /// What it says of itself does not fit.
    #[error("the provider describes itself with another {0}")]
    Discovery(&'static str),
    /// The token does not hold.
    #[error("the token has a wrong {0}")]
    Token(&'static str),
}

/// What a provider says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Claims of a checked token.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    /// Issuer.
    pub(super) iss: String,
    /// Subject.
    pub(super) sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    auth_time: Option<i64>,
    tid: Option<String>,
}

impl Claims {
    /// Whether the provider says that a second factor was proved (I-37).
    pub(super) fn second_factor(&self) -> bool {
        self.amr.iter().any(|method| method == "mfa")
    }

    /// Whether the person proved itself at the provider since `start` (S-28).
    pub(super) fn authenticated_since(&self, start: DateTime<Utc>) -> bool {
        self.auth_time
            .and_then(|at| DateTime::from_timestamp(at, 0))
            .is_some_and(|at| at >= start - SKEW)
    }
}

/// What the way back brought.
pub(super) struct Answer<'a> {
    pub(super) code: &'a str,
    pub(super) iss: Option<&'a str>,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) secret: Option<Secret<String>>,
    pub(super) now: DateTime<Utc>,
}

/// Asks a provider what it says of itself; every address it names must be its own (S-74).
pub(crate) async fn discover(client: &GuardedClient, provider: &ProviderFields) -> Result<Discovery, Refused> {
    let text = format!(
        "{}/.well-known/openid-configuration",
        provider.issuer.trim_end_matches('/')
    );
    let url = Url::parse(&text).map_err(|_| Refused::Discovery("address"))?;
    let origin = url.origin();
    let answer = client.get(url).send().await?;
    if !answer.status.is_success() {
        return Err(Refused::Status(answer.status.as_u16()));
    }
    let found: Discovery = answer.json()?;
    let own = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
    if own.iter().any(|url| url.origin() != origin) {
        return Err(Refused::Discovery("origin"));
    }
    let template = provider.kind == "entra" && found.issuer.contains("{tenantid}");
    let same = found.issuer == provider.issuer;
    let same_origin = Url::parse(&found.issuer.replace("{tenantid}", "x")).is_ok_and(|url| url.origin() == origin);
    if !(same || (template && same_origin)) {
        return Err(Refused::Discovery("issuer"));
    }
    Ok(found)
}

/// Exchanges the code and checks the token.
pub(super) async fn redeem(
    client: &GuardedClient,
    provider: &ProviderFields,
    answer: Answer<'_>,
) -> Result<Claims, Refused> {
    let found = discover(client, provider).await?;
    match answer.iss {
        Some(iss) if iss != found.issuer && !found.issuer.contains("{tenantid}") => {
            return Err(Refused::Token("iss parameter"));
        }
        None if found.authorization_response_iss_parameter_supported => return Err(Refused::Token("iss parameter")),
        _ => {}
    }
    let token = exchange(client, provider, &found, &answer).await?;
    let keys = client.get(found.jwks_uri.clone()).send().await?;
    if !keys.status.is_success() {
        return Err(Refused::Status(keys.status.as_u16()));
    }
    let keys: JwkSet = keys.json()?;
    let claims = signed(&token, provider, &keys)?;
    check(&claims, provider, &found, &answer)?;
    Ok(claims)
}

async fn exchange(
    client: &GuardedClient,
    provider: &ProviderFields,
    found: &Discovery,
    answer: &Answer<'_>,
) -> Result<String, Refused> {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", answer.code),
        ("redirect_uri", answer.redirect_uri),
        ("code_verifier", answer.verifier),
    ];
    let mut call = client.post(found.token_endpoint.clone()).limit(TOKEN_BYTES);
    match &answer.secret {
        Some(secret) => {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(&provider.client_id), encode(secret.expose()));
            let value = Secret::new(format!("Basic {}", STANDARD.encode(pair)));
            call = call.secret_header(header::AUTHORIZATION, &value);
        }
        None => fields.push(("client_id", provider.client_id.as_str())),
    }
    let token = call.secret_form(fields).send().await?;
    if !token.status.is_success() {
        return Err(Refused::Status(token.status.as_u16()));
    }
    Ok(token.json::<TokenAnswer>()?.id_token)
}

/// The claims, when a key of the provider signed them with the algorithm that is set for it.
fn signed(token: &str, provider: &ProviderFields, keys: &JwkSet) -> Result<Claims, Refused> {
    let algorithm: Algorithm = provider.algorithm.parse().map_err(|_| Refused::Token("algorithm"))?;
    let head = jsonwebtoken::decode_header(token).map_err(|_| Refused::Token("header"))?;
    if head.alg != algorithm {
        return Err(Refused::Token("algorithm"));
    }
    let key = key_of(keys, head.kid.as_deref()).ok_or(Refused::Token("key"))?;
    let key = DecodingKey::from_jwk(key).map_err(|_| Refused::Token("key"))?;
    // Times and names are checked below, against our own clock.
    let mut rules = Validation::new(algorithm);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let token = jsonwebtoken::decode::<Claims>(token, &key, &rules).map_err(|_| Refused::Token("signature"))?;
    Ok(token.claims)
}

fn key_of<'a>(keys: &'a JwkSet, kid: Option<&str>) -> Option<&'a Jwk> {
    match (kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

fn check(claims: &Claims, provider: &ProviderFields, found: &Discovery, answer: &Answer<'_>) -> Result<(), Refused> {
    let issuer = found
        .issuer
        .replace("{tenantid}", claims.tid.as_deref().unwrap_or_default());
    if claims.iss != issuer {
        return Err(Refused::Token("issuer"));
    }
    if provider.kind == "entra" && provider.directory.as_deref() != Some("any") && provider.directory != claims.tid {
        return Err(Refused::Token("directory"));
    }
    let (ours, several) = match &claims.aud {
        Audience::One(one) => (*one == provider.client_id, false),
        Audience::Many(many) => (many.contains(&provider.client_id), many.len() > 1),
    };
    let azp = claims.azp.as_ref().map(|azp| *azp == provider.client_id);
    if !ours || azp == Some(false) || (several && azp.is_none()) {
        return Err(Refused::Token("audience"));
    }
    let at = |seconds| DateTime::from_timestamp(seconds, 0);
    if at(claims.exp).is_none_or(|exp| exp + SKEW <= answer.now) {
        return Err(Refused::Token("expiry"));
    }
    if at(claims.iat).is_none_or(|iat| iat - SKEW > answer.now)
        || claims
            .nbf
            .is_some_and(|nbf| at(nbf).is_none_or(|nbf| nbf - SKEW > answer.now))
    {
        return Err(Refused::Token("time"));
    }
    if claims.nonce.as_deref() != Some(answer.nonce) {
        return Err(Refused::Token("nonce"));
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err(Refused::Token("subject"));
    }
    Ok(())
}
