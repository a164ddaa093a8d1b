//! What breaks on the way (S-73, F-03 to F-10).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "test code")]

mod common;

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use cms_outbound::{Broken, OutboundError, Timeouts, Url};
use common::{Server, answer, client, hold, read_request, short};
use flate2::Compression;
use flate2::write::GzEncoder;

const QUICK: Duration = Duration::from_millis(150);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn fails(server: &Server, timeouts: Timeouts) -> OutboundError {
    client()
        .with_timeouts(timeouts)
        .unwrap()
        .get(server.url())
        .limit(1000)
        .send()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_refused_connection_is_told_f_03() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let error = client().get(url).send().await.unwrap_err();
    assert_eq!(error, OutboundError::ConnectRefused);
    assert!(error.is_transient());
}

#[tokio::test]
async fn no_response_head_ends_at_the_first_byte_limit_f_04() {
    let server = Server::start(hold);
    let error = fails(
        &server,
        Timeouts {
            first_byte: QUICK,
            ..short()
        },
    )
    .await;
    assert_eq!(error, OutboundError::FirstByteTimedOut);
}

#[tokio::test]
async fn a_call_can_be_given_its_own_first_byte_limit() {
    let server = Server::start(hold);
    let outcome = client().get(server.url()).first_byte(QUICK).send().await;
    assert_eq!(outcome.unwrap_err(), OutboundError::FirstByteTimedOut);
}

#[tokio::test]
async fn a_stalling_body_ends_at_the_idle_limit_f_05() {
    let server = Server::start(|stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            .unwrap();
        hold(stream);
    });
    assert_eq!(
        fails(&server, Timeouts { idle: QUICK, ..short() }).await,
        OutboundError::IdleTimedOut
    );
}

#[tokio::test]
async fn a_body_that_drips_ends_at_the_whole_call_limit_f_06() {
    let server = Server::start(|stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            .unwrap();
        while stream.write_all(b"x").is_ok() {
            std::thread::park_timeout(Duration::from_millis(20));
        }
    });
    assert_eq!(
        fails(
            &server,
            Timeouts {
                whole: QUICK * 3,
                ..short()
            }
        )
        .await,
        OutboundError::CallTimedOut
    );
}

#[tokio::test]
async fn a_cut_body_is_broken_f_07_f_08() {
    let too_long = Server::answering(*b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    assert_eq!(fails(&too_long, short()).await, OutboundError::Broken(Broken::Body));
    let chunk = Server::answering(*b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
    assert_eq!(fails(&chunk, short()).await, OutboundError::Broken(Broken::Body));
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_broken() {
    let server = Server::start(|_| {});
    let error = fails(&server, short()).await;
    assert_eq!(error, OutboundError::Broken(Broken::NoAnswer));
    assert!(error.is_transient());
}

/// Answers the first call on each connection; a second one there meets a connection that is just being closed.
fn closing_between_calls() -> Server {
    Server::start(|stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            .unwrap();
        read_request(stream);
    })
}

#[tokio::test]
async fn a_connection_idle_for_long_is_not_used_again() {
    let server = closing_between_calls();
    let kept = Duration::ZERO;
    let careful = client().with_timeouts(Timeouts { kept, ..short() }).unwrap();
    careful.get(server.url()).send().await.unwrap();
    careful.get(server.url()).send().await.unwrap();
    assert_eq!(server.connections(), 2);
    // Servers of the usual kinds wait at least this long before they close an idle connection.
    assert!(Timeouts::default().kept < Duration::from_secs(5));
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_broken() {
    let server = Server::answering(*b"SSH-2.0-OpenSSH_9.6\r\n\r\n");
    assert_eq!(fails(&server, short()).await, OutboundError::Broken(Broken::Protocol));
}

#[tokio::test]
async fn gzip_is_unpacked_and_a_truncated_or_damaged_one_is_broken_f_10() {
    let packed = gzip(b"some text that is long enough to be worth packing, long enough");
    let head = "Content-Encoding: gzip\r\n";
    let whole = Server::answering(answer("200 OK", head, &packed));
    let response = client().get(whole.url()).send().await.unwrap();
    assert!(response.body.starts_with(b"some text"));

    let cut = Server::answering(answer("200 OK", head, packed.get(..packed.len() - 12).unwrap()));
    assert_eq!(fails(&cut, short()).await, OutboundError::Broken(Broken::Body));

    let mut damaged = packed.clone();
    damaged.truncate(12);
    damaged.extend_from_slice(&[0xff; 40]);
    let damaged = Server::answering(answer("200 OK", head, &damaged));
    assert_eq!(fails(&damaged, short()).await, OutboundError::Broken(Broken::Body));
}

#[tokio::test]
async fn the_limit_counts_unpacked_bytes_f_10() {
    // 50 MB of zeros in about 50 kB.
    let bomb = Server::answering(answer(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        &gzip(&vec![0; 50_000_000]),
    ));
    assert_eq!(fails(&bomb, short()).await, OutboundError::BodyTooLarge);
}

#[tokio::test]
async fn a_body_at_the_limit_passes_and_one_byte_more_does_not() {
    let at = Server::answering(answer("200 OK", "", &[b'x'; 1000]));
    assert_eq!(
        client().get(at.url()).limit(1000).send().await.unwrap().body.len(),
        1000
    );
    let over = Server::answering(answer("200 OK", "", &[b'x'; 1001]));
    assert_eq!(fails(&over, short()).await, OutboundError::BodyTooLarge);
    let mut endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    endless.extend_from_slice(&[b'x'; 1001]);
    assert_eq!(
        fails(&Server::answering(endless), short()).await,
        OutboundError::BodyTooLarge
    );
}

#[tokio::test]
async fn statuses_of_failure_are_answers_not_errors() {
    for status in [
        "400 Bad", "401 No", "403 No", "404 No", "429 Slow", "500 Oops", "503 Busy",
    ] {
        let server = Server::answering(answer(status, "Retry-After: 7\r\n", b"{}"));
        let response = client().get(server.url()).send().await.unwrap();
        assert!(status.starts_with(response.status.as_str()));
        assert_eq!(response.headers.get("retry-after").unwrap(), "7");
    }
}

#[tokio::test]
async fn forms_and_json_are_sent_with_their_types() {
    let server = Server::answering(answer("200 OK", "", b""));
    let guarded = client();
    guarded
        .post(server.url())
        .secret_form([("a", "1 &"), ("client_secret", "s+c")])
        .send()
        .await
        .unwrap();
    let request = server.last_request();
    assert!(request.contains("application/x-www-form-urlencoded"), "{request}");
    assert!(request.ends_with("a=1+%26&client_secret=s%2Bc"), "{request}");
    guarded.post(server.url()).json(&[1, 2]).send().await.unwrap();
    assert!(server.last_request().ends_with("[1,2]"));
}

#[tokio::test]
async fn a_header_that_cannot_be_written_fails_the_call_without_a_connection() {
    let server = Server::answering(answer("200 OK", "", b""));
    let outcome = client()
        .get(server.url())
        .bearer(&cms_outbound::Secret::from("a\r\nX-Evil: 1"))
        .send()
        .await;
    assert!(matches!(
        outcome,
        Err(OutboundError::Url(cms_outbound::UrlFault::Unwritable))
    ));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_sign_in_page_is_recognised_by_type_or_first_character() {
    let typed = Server::answering(answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", b"hello"));
    assert!(client().get(typed.url()).send().await.unwrap().is_html());
    let untyped = Server::answering(answer("200 OK", "", b"  <!doctype html>"));
    assert!(client().get(untyped.url()).send().await.unwrap().is_html());
    let json = Server::answering(answer("200 OK", "Content-Type: application/json\r\n", b"{}"));
    assert!(!client().get(json.url()).send().await.unwrap().is_html());
}
