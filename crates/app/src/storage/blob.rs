//! Writing and deleting one blob.

use chrono::{DateTime, Utc};
use outbound::{HeaderName, Method, OutboundError, Response, StatusCode, header};
use url::Url;

use super::sign::{Signed, authorization};
use super::{Container, Credential};

/// What the service answers to a good signature that is for something else.
const NOT_ALLOWED: [&str; 5] = [
    "AuthorizationPermissionMismatch",
    "AuthorizationProtocolMismatch",
    "AuthorizationResourceTypeMismatch",
    "AuthorizationServiceMismatch",
    "InsufficientAccountPermissions",
];

/// Why something could not be stored. Texts are our own; of the service's answer only its class counts (S-75).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The call failed on its way.
    #[error("the storage account cannot be reached: {0}")]
    Call(#[from] OutboundError),
    /// The key is no base64, or the signature no query.
    #[error(
        "the credential cannot be read; a key is base64 text, a shared access signature the query part of its address"
    )]
    CredentialInvalid,
    /// The service refused the credential.
    #[error("the storage account refused the credential")]
    CredentialRefused,
    /// The credential is good for something else.
    #[error("the credential does not allow this")]
    NotAllowed,
    /// No such container.
    #[error("the container does not exist in this storage account")]
    ContainerMissing,
    /// The service does not speak the version.
    #[error("the storage account does not speak this service version")]
    VersionRefused,
    /// Whatever answers there is no blob service.
    #[error("the address answers, but not like a blob service with this account")]
    NotStorage,
    /// The service is busy or broken.
    #[error("the storage account failed ({0})")]
    Failed(u16),
}

impl StorageError {
    /// The class as a stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Call(error) => error.code(),
            Self::CredentialInvalid => "credential_invalid",
            Self::CredentialRefused => "credential_refused",
            Self::NotAllowed => "not_allowed",
            Self::ContainerMissing => "container_missing",
            Self::VersionRefused => "version_refused",
            Self::NotStorage => "not_storage",
            Self::Failed(_) => "storage_failed",
        }
    }
}

impl Container {
    /// Writes a blob; one of this name is replaced.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn put(
        &self,
        blob: &str,
        content_type: &'static str,
        body: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let own = ("x-ms-blob-type", "BlockBlob".to_owned());
        let answer = self
            .call(Method::PUT, blob, Some((content_type, body)), Some(own), now)
            .await?;
        expect(&answer, StatusCode::CREATED)
    }

    /// Deletes a blob.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete(&self, blob: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
        let answer = self.call(Method::DELETE, blob, None, None, now).await?;
        expect(&answer, StatusCode::ACCEPTED)
    }

    async fn call(
        &self,
        method: Method,
        blob: &str,
        body: Option<(&'static str, Vec<u8>)>,
        own: Option<(&'static str, String)>,
        now: DateTime<Utc>,
    ) -> Result<Response, StorageError> {
        let mut url = self.address(blob)?;
        // Sorted by name, as the signature wants them.
        let mut headers: Vec<(&'static str, String)> = own.into_iter().collect();
        headers.push(("x-ms-date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        headers.push(("x-ms-version", self.api_version.clone()));
        let signature = match &self.credential {
            Credential::SharedKey(key) => {
                let call = Signed {
                    method: method.as_str(),
                    url: &url,
                    length: body.as_ref().map_or(0, |(_, body)| body.len()),
                    content_type: body.as_ref().map_or("", |(kind, _)| kind),
                    headers: &headers,
                };
                Some(authorization(&self.account, key, &call).ok_or(StorageError::CredentialInvalid)?)
            }
            Credential::Sas(query) => {
                url.set_query(Some(sas(query.expose())?));
                None
            }
        };
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), &value);
        }
        request = match signature {
            Some(signature) => request.secret_header(header::AUTHORIZATION, &signature),
            None => request.secret_address(),
        };
        if let Some((content_type, body)) = body {
            request = request.body(content_type, body);
        }
        Ok(request.send().await?)
    }

    fn address(&self, blob: &str) -> Result<Url, StorageError> {
        let mut url = self.endpoint.clone();
        let mut path = url.path_segments_mut().map_err(|()| StorageError::NotStorage)?;
        path.pop_if_empty().push(&self.name).extend(blob.split('/'));
        drop(path);
        Ok(url)
    }
}

/// The query of a shared access signature, without the question mark people copy along.
fn sas(text: &str) -> Result<&str, StorageError> {
    let query = text.trim().trim_start_matches('?');
    let signed = query.split('&').any(|pair| pair.starts_with("sig="));
    let plain = query.chars().all(|letter| letter.is_ascii_graphic() && letter != '#');
    (signed && plain)
        .then_some(query)
        .ok_or(StorageError::CredentialInvalid)
}

/// Holds an answer against what it should be. Every answer of the service names the request it belongs to.
fn expect(answer: &Response, wanted: StatusCode) -> Result<(), StorageError> {
    let text = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    if text("x-ms-request-id").is_none() {
        return Err(StorageError::NotStorage);
    }
    if answer.status == wanted {
        return Ok(());
    }
    Err(
        match (answer.status.as_u16(), text("x-ms-error-code").unwrap_or_default()) {
            (_, "ContainerNotFound") => StorageError::ContainerMissing,
            (403, code) if NOT_ALLOWED.contains(&code) => StorageError::NotAllowed,
            (401 | 403, _) => StorageError::CredentialRefused,
            (400, "InvalidHeaderValue" | "UnsupportedHeader") => StorageError::VersionRefused,
            (400 | 404 | 405, _) => StorageError::NotStorage,
            (status, _) => StorageError::Failed(status),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_access_signature_is_taken_with_and_without_its_question_mark() {
        assert_eq!(sas("?sv=2017&sig=abc%3D"), Ok("sv=2017&sig=abc%3D"));
        assert_eq!(sas(" sv=2017&sig=abc "), Ok("sv=2017&sig=abc"));
        for wrong in ["", "sv=2017", "https://a.example/?sig=x y", "sig=x#y"] {
            assert_eq!(sas(wrong), Err(StorageError::CredentialInvalid), "{wrong}");
        }
    }
}
