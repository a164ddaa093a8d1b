//! One call.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use url::Host;

use crate::classify::head_error;
use crate::client::{GuardedClient, Timeouts};
use crate::error::{OutboundError, UrlFault};
use crate::resolve::Travel;
use crate::response::{Response, read};
use crate::secret::Secret;

/// Largest body when the call sets no limit of its own: 1 MiB.
const DEFAULT_LIMIT: usize = 1024 * 1024;

/// A call in the making. A fault in a part is kept and reported by [`Request::send`].
#[must_use = "a request does nothing before it is sent"]
pub struct Request {
    client: GuardedClient,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    carries_secret: bool,
    fault: Option<UrlFault>,
    limit: usize,
    timeouts: Timeouts,
}

impl Request {
    pub(crate) fn new(client: GuardedClient, method: Method, url: Url, timeouts: Timeouts) -> Self {
        Self {
            client,
            method,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            carries_secret: false,
            fault: None,
            limit: DEFAULT_LIMIT,
            timeouts,
        }
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => drop(self.headers.insert(name, value)),
            Err(_) => self.fault = Some(UrlFault::Unwritable),
        }
        self
    }

    /// Sets a header that holds a secret; such a call never travels over plain http to another machine (S-72).
    pub fn secret_header(mut self, name: HeaderName, value: &Secret<String>) -> Self {
        self.carries_secret = true;
        match HeaderValue::from_str(value.expose()) {
            Ok(mut value) => {
                value.set_sensitive(true);
                drop(self.headers.insert(name, value));
            }
            Err(_) => self.fault = Some(UrlFault::Unwritable),
        }
        self
    }

    /// Says that the address itself holds a secret, such as a signature in its query (S-72).
    pub fn secret_address(mut self) -> Self {
        self.carries_secret = true;
        self
    }

    /// Sends an access token.
    pub fn bearer(self, token: &Secret<String>) -> Self {
        self.secret_header(AUTHORIZATION, &Secret::new(format!("Bearer {}", token.expose())))
    }

    /// Sends a form without secrets.
    pub fn form<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body = encoded.into_bytes();
        self.content_type("application/x-www-form-urlencoded")
    }

    /// Sends a form with a secret in it (S-72).
    pub fn secret_form<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.carries_secret = true;
        self.form(fields)
    }

    /// Sends a value as JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body = body,
            Err(_) => self.fault = Some(UrlFault::Unwritable),
        }
        self.content_type("application/json")
    }

    /// Sends bytes of a given type.
    pub fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.body = body;
        self.content_type(content_type)
    }

    fn content_type(mut self, value: &'static str) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
        self
    }

    /// Largest body, in bytes after unpacking (S-73).
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// How long the head of the answer may take, for calls that are slow by nature (S-73).
    pub fn first_byte(mut self, limit: Duration) -> Self {
        self.timeouts.first_byte = limit;
        self
    }

    /// Sends the call and reads the answer whole.
    ///
    /// # Errors
    /// The class of what went wrong; an answer with a status of failure is no error here, a redirect is (F-21).
    pub async fn send(self) -> Result<Response, OutboundError> {
        let timeouts = self.timeouts;
        tokio::time::timeout(timeouts.whole, self.exchange())
            .await
            .unwrap_or(Err(OutboundError::CallTimedOut))
    }

    async fn exchange(self) -> Result<Response, OutboundError> {
        if let Some(fault) = self.fault {
            return Err(OutboundError::Url(fault));
        }
        let travel = check_url(&self.url, self.carries_secret)?;
        if let Some(address) = literal(&self.url) {
            // The HTTP stack never asks the resolver for a literal address (S-71).
            travel.check(self.client.policy(), address)?;
        }
        let https = travel == Travel::Tls;
        let mut request = reqwest::Request::new(self.method, self.url);
        *request.headers_mut() = self.headers;
        if !self.body.is_empty() {
            *request.body_mut() = Some(self.body.into());
        }
        let head = self.client.stack(travel).execute(request);
        let answer = tokio::time::timeout(self.timeouts.first_byte, head)
            .await
            .map_err(|_| OutboundError::FirstByteTimedOut)?
            .map_err(|error| head_error(&error, https))?;
        read(answer, self.limit, self.timeouts.idle).await
    }
}

/// Checks the form of an address and says how the call travels (S-71, S-72).
fn check_url(url: &Url, carries_secret: bool) -> Result<Travel, OutboundError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OutboundError::Url(UrlFault::UserInfo));
    }
    if url.host().is_none() {
        return Err(OutboundError::Url(UrlFault::Host));
    }
    match (url.scheme(), carries_secret) {
        ("https", _) => Ok(Travel::Tls),
        ("http", false) => Ok(Travel::Plain),
        ("http", true) => Ok(Travel::PlainWithSecret),
        _ => Err(OutboundError::Url(UrlFault::Scheme)),
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        Host::Domain(_) => None,
    }
}
