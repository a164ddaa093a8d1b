//! How many requests the API answers in a minute: of a source, and of a session or access token (S-52).
//!
//! Counted in each process: a write to the database for every request would cost more than most requests do. What
//! strangers may try is counted in the database, by the use cases.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use app::Error;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::caller::session_token;
use crate::source::{network, source_address};
use crate::{ApiError, State};

/// So many requests after which sources and credentials that were not heard of lately are forgotten.
const FORGET_EVERY: u32 = 4_096;

/// What has been used of the rates.
#[derive(Debug)]
pub struct Rates {
    of_source: DefaultKeyedRateLimiter<IpAddr>,
    of_credential: DefaultKeyedRateLimiter<[u8; 32]>,
    requests: AtomicU32,
}

impl Rates {
    /// So many requests a minute for a source and half as many for a session or access token; none for 0.
    pub fn new(requests_a_minute: u32) -> Option<Self> {
        let of_source = NonZeroU32::new(requests_a_minute)?;
        let of_credential = NonZeroU32::new(requests_a_minute / 2).unwrap_or(NonZeroU32::MIN);
        Some(Self {
            of_source: RateLimiter::keyed(Quota::per_minute(of_source)),
            of_credential: RateLimiter::keyed(Quota::per_minute(of_credential)),
            requests: AtomicU32::new(0),
        })
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the seconds until the next one is answered.
    fn count(&self, source: Option<IpAddr>, credential: Option<[u8; 32]>) -> Result<(), Error> {
        if self.requests.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.of_source.retain_recent();
            self.of_credential.retain_recent();
        }
        let now = DefaultClock::default().now();
        let of_source = source.map_or(Ok(()), |source| self.of_source.check_key(&source));
        let counted = of_source.and_then(|()| credential.map_or(Ok(()), |key| self.of_credential.check_key(&key)));
        counted.map_err(|refused| Error::TooMany {
            retry_after_s: refused.wait_time_from(now).as_secs().saturating_add(1),
        })
    }
}

/// The middleware of the API.
///
/// # Errors
/// Those of the handler; too many requests are an answer.
pub async fn limited<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match counted(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(ApiError::App(error))),
    }
}

fn counted(request: &ServiceRequest) -> Result<(), Error> {
    let state = request.app_data::<Data<State>>();
    let Some((state, rates)) = state.and_then(|state| Some((state, state.rates.as_ref()?))) else {
        return Ok(());
    };
    let source = source_address(request.request()).and_then(|address| address.parse().ok());
    let bearer = request
        .headers()
        .get(AUTHORIZATION)
        .map(|value| value.as_bytes().to_vec());
    let credential = bearer.or_else(|| session_token(request.request(), state).map(String::into_bytes));
    rates.count(
        source.map(network),
        credential.map(|value| Sha256::digest(value).into()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(rates: &Rates, source: &str, credential: Option<u8>) -> bool {
        let source = source.parse().ok().map(network);
        rates.count(source, credential.map(|byte| [byte; 32])).is_err()
    }

    #[test]
    fn s_52_a_session_has_half_of_what_its_source_has() {
        let rates = Rates::new(4).unwrap();
        assert!(!refused(&rates, "203.0.113.9", Some(1)));
        assert!(!refused(&rates, "203.0.113.9", Some(1)));
        assert!(refused(&rates, "203.0.113.9", Some(1)), "the third of a session");
        assert!(!refused(&rates, "203.0.113.9", Some(2)), "another session");
        assert!(refused(&rates, "203.0.113.9", None), "the fifth of a source");
        assert!(!refused(&rates, "203.0.113.10", None));
    }

    #[test]
    fn s_52_a_network_of_64_bits_is_one_source() {
        let rates = Rates::new(1).unwrap();
        assert!(!refused(&rates, "2001:db8:1:2::1", None));
        assert!(refused(&rates, "2001:db8:1:2:ffff::9", None));
        assert!(!refused(&rates, "2001:db8:1:3::1", None));
    }

    #[test]
    fn no_rate_is_no_limit() {
        assert!(Rates::new(0).is_none());
    }
}
