//! Tokens of a service principal: Entra ID (version 1) and AD FS.

use chrono::{DateTime, TimeDelta, Utc};
use outbound::{GuardedClient, Response, Secret, StatusCode, Url};
use serde::{Deserialize, Deserializer};

use crate::assertion::assertion;
use crate::call::Attempt;
use crate::client::Tools;
use crate::credential::Credential;
use crate::error::{SourceCode, StampError, StampErrorKind, Step};
use crate::metadata::{IdentitySystem, Metadata};
use crate::retry::is_repeatable;

/// Largest answer of a login host, in bytes (S-73).
const LIMIT: usize = 64 * 1024;
/// A token is renewed this long before it expires.
const RENEW_BEFORE: TimeDelta = TimeDelta::seconds(90);
/// Longest lifetime that is believed.
const LONGEST: i64 = 24 * 3600;
/// The kind of assertion of RFC 7523.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An access token.
pub(crate) struct Token {
    pub(crate) value: Secret<String>,
    renew_at: DateTime<Utc>,
}

impl Token {
    /// Whether the token may still be used.
    pub(crate) fn holds(&self, now: DateTime<Utc>) -> bool {
        now < self.renew_at
    }
}

/// Where a stamp's tokens come from.
pub(crate) fn token_url(metadata: &Metadata, directory: Option<&str>) -> Result<Url, StampError> {
    let mut url = metadata.login_endpoint.clone();
    url.set_query(None);
    url.set_fragment(None);
    let tenant = match metadata.identity_system {
        // AD FS knows one tenant and answers 404 when its path names one.
        IdentitySystem::Adfs => None,
        IdentitySystem::Entra => Some(
            directory
                .map(str::trim)
                .filter(|directory| !directory.is_empty())
                .ok_or_else(|| StampError::new(StampErrorKind::DirectoryMissing, Step::Token))?,
        ),
    };
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(tenant).extend(["oauth2", "token"]);
    }
    Ok(url)
}

/// Asks for a token, once.
pub(crate) async fn request_token(
    http: &GuardedClient,
    tools: &Tools,
    metadata: &Metadata,
    credential: &Credential,
    directory: Option<&str>,
) -> Result<Token, Attempt> {
    let now = (tools.clock)();
    let url = token_url(metadata, directory).map_err(Attempt::Fail)?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", credential.client_id()),
        ("resource", &metadata.audience),
    ];
    let signed;
    match credential {
        Credential::Secret { secret, .. } => form.push(("client_secret", secret.expose())),
        Credential::Certificate { client_id, pem } => {
            signed = assertion(pem, client_id, url.as_str(), metadata.identity_system, now)
                .ok_or_else(|| fail(StampErrorKind::CertificateInvalid))?;
            form.push(("client_assertion_type", JWT_BEARER));
            form.push(("client_assertion", signed.expose()));
        }
    }
    let call = http.post(url.clone()).secret_form(form).limit(LIMIT);
    let response = call
        .send()
        .await
        .map_err(|error| Attempt::outbound(error, Step::Token))?;
    read_answer(&response, tools, now)
}

fn fail(kind: StampErrorKind) -> Attempt {
    Attempt::Fail(StampError::new(kind, Step::Token))
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(deserialize_with = "seconds")]
    expires_in: i64,
}

/// Entra ID version 1 writes seconds as a string, AD FS as a number.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

fn read_answer(response: &Response, tools: &Tools, asked_at: DateTime<Utc>) -> Result<Token, Attempt> {
    if response.status != StatusCode::OK {
        return Err(refusal(response, tools));
    }
    let granted: Granted = serde_json::from_slice(&response.body).map_err(|_| fail(StampErrorKind::NotTokenService))?;
    let bearer = granted
        .token_type
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    if granted.access_token.is_empty() || !bearer || granted.expires_in <= 0 {
        return Err(fail(StampErrorKind::NotTokenService));
    }
    let lifetime = TimeDelta::seconds(granted.expires_in.min(LONGEST));
    // A token that lives shorter than the margin is renewed at half its life.
    let margin = RENEW_BEFORE.min(lifetime / 2);
    Ok(Token {
        value: Secret::new(granted.access_token),
        renew_at: asked_at + lifetime - margin,
    })
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
}

impl Refused {
    /// `AADSTSnnnnn` or `MSISnnnn`, from the list of codes or the beginning of the description.
    fn code(&self) -> Option<SourceCode> {
        let listed = self.error_codes.first().map(|code| format!("AADSTS{code}"));
        let described = || {
            let word = self
                .error_description
                .as_deref()?
                .split([':', ' ', '\r', '\n'])
                .next()?;
            (word.starts_with("AADSTS") || word.starts_with("MSIS")).then(|| word.to_owned())
        };
        let code = listed.or_else(described).or_else(|| self.error.clone())?;
        SourceCode::new(&code)
    }

    fn kind(&self, code: Option<&SourceCode>) -> StampErrorKind {
        let number = code.map_or("", SourceCode::as_str);
        match number {
            "AADSTS7000222" => return StampErrorKind::CredentialExpired,
            "AADSTS7000215" | "AADSTS7000216" | "AADSTS700027" | "AADSTS700024" | "AADSTS700023" | "MSIS9622" => {
                return StampErrorKind::CredentialsRefused;
            }
            "AADSTS700016" | "AADSTS7000112" => return StampErrorKind::ApplicationUnknown,
            "AADSTS90002" | "AADSTS900023" | "AADSTS900021" => return StampErrorKind::DirectoryNotFound,
            "AADSTS500011" | "AADSTS650057" | "AADSTS70011" | "AADSTS50001" | "MSIS9602" | "MSIS9605" => {
                return StampErrorKind::ResourceUnknown;
            }
            _ => {}
        }
        match self.error.as_deref() {
            Some("invalid_client") => StampErrorKind::CredentialsRefused,
            Some("unauthorized_client") => StampErrorKind::ApplicationUnknown,
            Some("invalid_tenant") => StampErrorKind::DirectoryNotFound,
            Some("invalid_resource" | "invalid_scope" | "invalid_target") => StampErrorKind::ResourceUnknown,
            Some(_) => StampErrorKind::SignInRefused,
            None => StampErrorKind::NotTokenService,
        }
    }
}

fn refusal(response: &Response, tools: &Tools) -> Attempt {
    let status = response.status;
    let refused: Refused = serde_json::from_slice(&response.body).unwrap_or_default();
    let code = refused.code();
    if is_repeatable(status) || refused.error.as_deref() == Some("temporarily_unavailable") {
        let error = StampError::new(StampErrorKind::Unavailable, Step::Token).with_answer(status.as_u16(), code);
        return Attempt::Again(error, tools.retry.asked(&response.headers, (tools.clock)()));
    }
    let kind = refused.kind(code.as_ref());
    Attempt::Fail(StampError::new(kind, Step::Token).with_answer(status.as_u16(), code))
}

#[cfg(test)]
mod tests {
    use super::{Refused, token_url};
    use crate::error::StampErrorKind;
    use crate::metadata::Metadata;

    fn metadata(login: &str) -> Metadata {
        let text = format!(r#"{{"authentication":{{"loginEndpoint":"{login}","audiences":["https://a/"]}}}}"#);
        Metadata::parse(text.as_bytes()).unwrap()
    }

    fn url(login: &str, directory: Option<&str>) -> Result<String, StampErrorKind> {
        token_url(&metadata(login), directory)
            .map(|url| url.to_string())
            .map_err(|error| error.kind())
    }

    #[test]
    fn entra_has_the_directory_in_its_path_and_ad_fs_has_none() {
        let entra = "https://login.microsoftonline.com/d.example/oauth2/token";
        assert_eq!(
            url("https://login.microsoftonline.com/", Some("d.example")).unwrap(),
            entra
        );
        assert_eq!(
            url("https://login.microsoftonline.com", Some(" d.example ")).unwrap(),
            entra
        );
        for login in ["https://adfs.x.example/adfs", "https://adfs.x.example/adfs/"] {
            assert_eq!(
                url(login, Some("ignored")).unwrap(),
                "https://adfs.x.example/adfs/oauth2/token"
            );
        }
    }

    #[test]
    fn a_directory_is_needed_for_entra_and_cannot_leave_its_place_in_the_path() {
        assert_eq!(
            url("https://login.example/", None),
            Err(StampErrorKind::DirectoryMissing)
        );
        assert_eq!(
            url("https://login.example/", Some(" ")),
            Err(StampErrorKind::DirectoryMissing)
        );
        assert_eq!(
            url("https://login.example/", Some("a/../b?c")).unwrap(),
            "https://login.example/a%2F..%2Fb%3Fc/oauth2/token"
        );
    }

    #[test]
    fn refusals_of_login_hosts_are_told_apart() {
        for (body, kind, code) in [
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret","error_codes":[7000215]}"#,
                StampErrorKind::CredentialsRefused,
                "AADSTS7000215",
            ),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired\r\nTrace"}"#,
                StampErrorKind::CredentialExpired,
                "AADSTS7000222",
            ),
            (
                r#"{"error":"invalid_client","error_codes":[700027]}"#,
                StampErrorKind::CredentialsRefused,
                "AADSTS700027",
            ),
            (
                r#"{"error":"unauthorized_client","error_codes":[700016]}"#,
                StampErrorKind::ApplicationUnknown,
                "AADSTS700016",
            ),
            (
                r#"{"error":"invalid_tenant","error_codes":[90002]}"#,
                StampErrorKind::DirectoryNotFound,
                "AADSTS90002",
            ),
            (
                r#"{"error":"invalid_request","error_codes":[90002]}"#,
                StampErrorKind::DirectoryNotFound,
                "AADSTS90002",
            ),
            (
                r#"{"error":"invalid_resource","error_codes":[500011]}"#,
                StampErrorKind::ResourceUnknown,
                "AADSTS500011",
            ),
            (
                r#"{"error":"invalid_client","error_description":"MSIS9622: Client authentication failed."}"#,
                StampErrorKind::CredentialsRefused,
                "MSIS9622",
            ),
            (
                r#"{"error":"invalid_resource","error_description":"MSIS9602: The received 'resource' parameter is invalid"}"#,
                StampErrorKind::ResourceUnknown,
                "MSIS9602",
            ),
            (
                r#"{"error":"server_says_no","error_description":"free text"}"#,
                StampErrorKind::SignInRefused,
                "server_says_no",
            ),
        ] {
            let refused: Refused = serde_json::from_str(body).unwrap();
            let found = refused.code();
            assert_eq!(refused.kind(found.as_ref()), kind, "{body}");
            assert_eq!(found.unwrap().as_str(), code, "{body}");
        }
        assert_eq!(Refused::default().kind(None), StampErrorKind::NotTokenService);
    }
}
