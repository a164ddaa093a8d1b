//! What the log says about a request: method, route, path and status, never the query (S-38, S-86).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{DefaultRootSpanBuilder, RootSpanBuilder};

use crate::caller::request_id;
use crate::source::source_address;

/// Opens the span of a request without its query: credentials that somebody puts there must not reach a log.
#[derive(Debug)]
pub struct WithoutQuery;

impl RootSpanBuilder for WithoutQuery {
    fn on_request_start(request: &ServiceRequest) -> Span {
        tracing::info_span!(
            "HTTP request",
            http.method = %request.method(),
            http.path = %request.path(),
            http.client_ip = source_address(request.request()).unwrap_or_default(),
            http.status_code = Empty,
            request_id = %request_id(request.request()),
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        DefaultRootSpanBuilder::on_request_end(span, outcome);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use actix_web::test::TestRequest;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_credential_in_the_address_is_not_logged() {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            let request = TestRequest::with_uri("/api/v1/tenants?access_token=canary").to_srv_request();
            WithoutQuery::on_request_start(&request).in_scope(|| tracing::error!("refused"));
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("/api/v1/tenants") && !text.contains("canary"), "{text}");
    }
}
