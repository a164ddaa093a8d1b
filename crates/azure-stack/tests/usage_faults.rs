//! What goes wrong while usage is read, and what must happen (R-40, F-01 to F-23).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "test code"
)]

mod common;

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use cms_azure_stack::{RetryPolicy, Session, StampError, StampErrorKind, Step, UsagePage, UsageRow};
use common::{Bench, FOREIGN, FakeStamp, Reply, answer, arm_error, html, json, page, provider, query, row};
use outbound::Timeouts;

/// Reads a window to its end.
async fn read(session: &Session) -> Result<Vec<UsagePage>, StampError> {
    let mut pages = session.usage_pages(provider(), &query(), None)?;
    let mut read = Vec::new();
    while let Some(page) = pages.next_page().await? {
        read.push(page);
    }
    Ok(read)
}

/// The meters of all rows in their order.
fn meters(pages: &[UsagePage]) -> Vec<&str> {
    pages
        .iter()
        .flat_map(|page| &page.rows)
        .map(|row| match row {
            UsageRow::Sound(row) => row.meter_id.as_str(),
            UsageRow::Malformed(_) => "!",
        })
        .collect()
}

fn ok(body: impl AsRef<[u8]>) -> Reply {
    json("200 OK", body)
}

/// Reads the window once, with one answer before the good one; the good one must be what counts.
async fn survives(bench: &Bench, fault: Reply) {
    bench.stamp.usage([fault, ok(page(&["good"], None))]);
    let session = bench.session().await;
    assert_eq!(meters(&read(&session).await.unwrap()), ["good"]);
    assert_eq!(bench.stamp.usage_calls(), 2);
    assert_eq!(bench.sleeper.pauses().len(), 1);
}

/// Reads the window; it must fail at once.
async fn fails_at_once(fault: Reply) -> StampError {
    let bench = Bench::new();
    bench.stamp.usage([fault]);
    let error = read(&bench.session().await).await.unwrap_err();
    assert_eq!(bench.stamp.usage_calls(), 1, "{error}");
    assert!(bench.sleeper.pauses().is_empty(), "{error}");
    assert!(!error.to_string().contains(FOREIGN), "{error}");
    error
}

#[tokio::test]
async fn all_pages_are_read_with_empty_ones_between_and_sizes_that_change_f_16_f_17_f_18() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    stamp.usage([
        ok(page(&["a", "b", "c"], Some(&stamp.link("1")))),
        ok(page(&[], Some(&stamp.link("2")))),
        ok(page(&["d"], Some(&stamp.link("3")))),
        ok(page(&["e", "f"], None)),
    ]);
    let session = bench.session().await;
    let pages = read(&session).await.unwrap();
    assert_eq!(meters(&pages), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(pages[1].next_link.as_deref(), Some(stamp.link("2").as_str()));
    assert_eq!(pages[3].next_link, None);
    assert!(bench.sleeper.pauses().is_empty());

    let first = &stamp.requests("subscriberUsageAggregates")[0];
    assert!(first.starts_with("GET /subscriptions/0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates?api-version=2015-06-01-preview&reportedStartTime=2026-11-03T00%3A00%3A00.00Z&reportedEndTime=2026-11-04T00%3A00%3A00.00Z&aggregationGranularity=Hourly "), "{first}");
    assert!(first.contains("Bearer token-1"), "{first}");
}

#[tokio::test]
async fn a_subscriber_is_asked_for_by_its_id() {
    let bench = Bench::new();
    let session = bench.session().await;
    let only = cms_azure_stack::UsageQuery {
        subscriber: Some(provider()),
        ..query()
    };
    session
        .usage_pages(provider(), &only, None)
        .unwrap()
        .next_page()
        .await
        .unwrap();
    assert_eq!(
        bench
            .stamp
            .requests("&subscriberId=0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01")
            .len(),
        1
    );
}

#[tokio::test]
async fn the_wait_that_429_asks_for_is_kept_within_ten_minutes_f_01() {
    for (header, expected) in [
        ("Retry-After: 7\r\n", Some(7)),
        ("Retry-After: 0\r\n", Some(0)),
        ("Retry-After: 600\r\n", Some(600)),
        ("Retry-After: Thu, 05 Nov 2026 08:30:20 GMT\r\n", Some(20)),
        ("Retry-After: -9\r\n", None),
        ("Retry-After: 99999999999\r\n", None),
        ("Retry-After: Thu, 05 Nov 2099 08:30:20 GMT\r\n", None),
        ("Retry-After: soon\r\n", None),
        ("", None),
    ] {
        let bench = Bench::new();
        survives(&bench, answer("429 Too Many Requests", header, "{}")).await;
        let pause = bench.sleeper.pauses()[0];
        match expected {
            Some(seconds) => assert_eq!(pause, Duration::from_secs(seconds), "{header}"),
            None => assert!(pause <= Duration::from_secs(1), "{header}: {pause:?}"),
        }
    }
}

#[tokio::test]
async fn bursts_of_server_errors_are_waited_out_f_02() {
    let bench = Bench::new();
    let statuses = ["500 A", "502 B", "503 C", "504 D"];
    bench
        .stamp
        .usage(statuses.map(|status| arm_error(status, "ServiceUnavailable")));
    assert_eq!(meters(&read(&bench.session().await).await.unwrap()), ["last"]);
    let bounds = [1, 2, 4, 8].map(Duration::from_secs);
    let pauses = bench.sleeper.pauses();
    assert_eq!(pauses.len(), 4);
    assert!(
        pauses.iter().zip(bounds).all(|(pause, bound)| *pause <= bound),
        "{pauses:?}"
    );
}

#[tokio::test]
async fn the_other_statuses_of_r_40_are_repeated_too() {
    for status in ["408 A", "425 B"] {
        survives(&Bench::new(), answer(status, "", "")).await;
    }
}

#[tokio::test]
async fn five_tries_are_all_a_page_gets_and_504_asks_for_a_narrower_window_f_02() {
    let bench = Bench::new();
    bench
        .stamp
        .usage((0..9).map(|_| arm_error("504 Gateway Timeout", "GatewayTimeout")));
    let error = read(&bench.session().await).await.unwrap_err();
    assert_eq!(
        (error.code(), error.step(), error.page()),
        ("usage_timed_out", Step::Usage, Some(1))
    );
    assert_eq!(error.source_code().unwrap().as_str(), "GatewayTimeout");
    assert!(error.asks_for_narrower_window() && error.is_transient());
    assert_eq!(bench.stamp.usage_calls(), 5);
    assert_eq!(bench.sleeper.pauses().len(), 4);

    let bench = Bench::new();
    bench
        .stamp
        .usage((0..9).map(|_| arm_error("503 Busy", "ServiceUnavailable")));
    let error = read(&bench.session().await).await.unwrap_err();
    assert_eq!(error.kind(), StampErrorKind::Unavailable);
    assert!(!error.asks_for_narrower_window());
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_then_named_f_03() {
    let bench = Bench::new();
    let session = bench.session().await;
    session.sign_in().await.unwrap();
    // The stamp's links lead to a place where nobody listens: only the origin of the endpoint is called, so the
    // endpoint itself is moved.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = FakeStamp {
        address: listener.local_addr().unwrap(),
        ..bench.stamp.clone()
    };
    drop(listener);
    let gone = Bench::of(gone, RetryPolicy::default(), Timeouts::default());
    let error = gone.client.discover().await.unwrap_err();
    assert_eq!((error.code(), error.step()), ("connect_refused", Step::Address));
    assert!(error.is_transient());
    assert_eq!(gone.sleeper.pauses().len(), 4);
}

#[tokio::test]
async fn silence_stalls_and_dripping_end_at_their_limits_and_the_page_is_read_again_f_04_f_05_f_06() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"value\":[".to_vec();
    let generous = Timeouts::default();
    let quick = Duration::from_millis(400);
    let silent = Timeouts {
        first_byte: quick,
        ..generous
    };
    survives(
        &Bench::of(FakeStamp::start(), RetryPolicy::default(), silent),
        Reply::Stall(Vec::new()),
    )
    .await;
    let stalled = Timeouts {
        idle: quick,
        ..generous
    };
    survives(
        &Bench::of(FakeStamp::start(), RetryPolicy::default(), stalled),
        Reply::Stall(head.clone()),
    )
    .await;
    let slow = Timeouts {
        whole: quick * 2,
        ..generous
    };
    let drip = Reply::Drip([head, vec![b' '; 4000]].concat());
    survives(&Bench::of(FakeStamp::start(), RetryPolicy::default(), slow), drip).await;
}

#[tokio::test]
async fn broken_bodies_are_read_again_f_07_f_08_f_09_f_10() {
    let whole = page(&["cut"], None);
    let half = &whole[..whole.len() / 2];
    let reset = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", whole.len());
    survives(&Bench::new(), Reply::Bytes([reset.as_bytes(), half].concat())).await;
    // A length that is too short cuts the JSON.
    let short = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        whole.len() - 9
    );
    survives(&Bench::new(), Reply::Bytes([short.as_bytes(), &whole].concat())).await;
    survives(&Bench::new(), ok(half)).await;
    survives(&Bench::new(), ok("")).await;
    survives(&Bench::new(), Reply::Bytes(Vec::new())).await;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&whole).unwrap();
    let packed = encoder.finish().unwrap();
    let gzip = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    survives(&Bench::new(), answer("200 OK", gzip, &packed[..packed.len() / 2])).await;
    let bench = Bench::new();
    bench.stamp.usage([answer("200 OK", gzip, &packed)]);
    assert_eq!(meters(&read(&bench.session().await).await.unwrap()), ["cut"]);
}

#[tokio::test]
async fn a_page_that_stays_broken_is_named_f_09() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    let whole = page(&["cut"], None);
    stamp.usage([ok(page(&["a"], Some(&stamp.link("1"))))]);
    stamp.usage((0..9).map(|_| ok(&whole[..whole.len() / 2])));
    let session = bench.session().await;
    let mut pages = session.usage_pages(provider(), &query(), None).unwrap();
    assert!(pages.next_page().await.unwrap().is_some());
    let error = pages.next_page().await.unwrap_err();
    assert_eq!((error.code(), error.page()), ("page_broken", Some(2)));
    assert_eq!(stamp.usage_calls(), 6);
}

#[tokio::test]
async fn a_page_over_sixteen_mebibytes_is_refused_s_73() {
    let big = [
        b"{\"value\":[\"".to_vec(),
        vec![b'x'; 17 * 1024 * 1024],
        b"\"]}".to_vec(),
    ]
    .concat();
    assert_eq!(fails_at_once(ok(big)).await.code(), "body_too_large");
}

#[tokio::test]
async fn a_sign_in_page_is_not_the_usage_service_and_is_not_asked_again_f_11() {
    for fault in [
        html(),
        answer("200 OK", "", "<html>"),
        ok("[]"),
        ok("{\"hello\":1}"),
        answer("404 Not Found", "Content-Type: text/html\r\n", "<html>"),
    ] {
        let error = fails_at_once(fault).await;
        assert_eq!((error.code(), error.step()), ("not_usage_service", Step::Usage));
    }
}

#[tokio::test]
async fn repeated_and_overlapping_pages_are_handed_on_as_they_come_f_12_f_13() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    stamp.usage([
        ok(page(&["a", "b"], Some(&stamp.link("1")))),
        ok(page(&["a", "b"], Some(&stamp.link("2")))),
        ok(page(&["b", "c"], None)),
    ]);
    assert_eq!(
        meters(&read(&bench.session().await).await.unwrap()),
        ["a", "b", "a", "b", "b", "c"]
    );
}

#[tokio::test]
async fn a_continuation_that_loops_fails_at_the_first_repeat_f_14() {
    for turn in [vec!["1", "1"], vec!["1", "2", "3", "1"], vec!["1", "2", "2"]] {
        let bench = Bench::new();
        let calls = turn.len();
        bench.stamp.usage(
            turn.iter()
                .map(|token| ok(page(&["a"], Some(&bench.stamp.link(token))))),
        );
        let error = read(&bench.session().await).await.unwrap_err();
        assert_eq!(error.code(), "continuation_loop");
        assert_eq!(bench.stamp.usage_calls(), calls);
    }
}

#[tokio::test]
async fn a_token_refused_in_mid_run_is_renewed_once_f_19() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    stamp.usage([
        ok(page(&["a"], Some(&stamp.link("1")))),
        arm_error("401 Unauthorized", "ExpiredAuthenticationToken"),
        ok(page(&["b"], None)),
    ]);
    assert_eq!(meters(&read(&bench.session().await).await.unwrap()), ["a", "b"]);
    assert_eq!(stamp.token_calls(), 2);
    assert!(stamp.requests("subscriberUsageAggregates")[2].contains("Bearer token-2"));

    let bench = Bench::new();
    bench
        .stamp
        .usage((0..9).map(|_| arm_error("401 Unauthorized", "InvalidAuthenticationTokenAudience")));
    let error = read(&bench.session().await).await.unwrap_err();
    assert_eq!((error.code(), error.step()), ("token_refused", Step::Token));
    assert_eq!((bench.stamp.usage_calls(), bench.stamp.token_calls()), (2, 2));
}

#[tokio::test]
async fn a_token_is_renewed_ninety_seconds_before_it_expires() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    stamp.usage((1..4).map(|n| ok(page(&["a"], Some(&stamp.link(&n.to_string()))))));
    let session = bench.session().await;
    let mut pages = session.usage_pages(provider(), &query(), None).unwrap();
    let mut step = async |seconds: i64| {
        *bench.now.lock().unwrap() += chrono::TimeDelta::seconds(seconds);
        pages.next_page().await.unwrap();
        stamp.token_calls()
    };
    assert_eq!(step(0).await, 1);
    assert_eq!(step(3599 - 91).await, 1);
    assert_eq!(step(1).await, 2);
}

#[tokio::test]
async fn a_role_taken_away_in_mid_run_fails_there_and_the_run_resumes_f_20() {
    let bench = Bench::new();
    let stamp = &bench.stamp;
    stamp.usage([
        ok(page(&["a"], Some(&stamp.link("1")))),
        arm_error("403 Forbidden", "AuthorizationFailed"),
        ok(page(&["b"], Some(&stamp.link("2")))),
        ok(page(&["c"], None)),
    ]);
    let session = bench.session().await;
    let mut pages = session.usage_pages(provider(), &query(), None).unwrap();
    let resume = pages.next_page().await.unwrap().unwrap().next_link.unwrap();
    let error = pages.next_page().await.unwrap_err();
    assert_eq!(
        (error.code(), error.step(), error.page()),
        ("role_missing", Step::Role, Some(2))
    );
    assert_eq!(error.source_code().unwrap().as_str(), "AuthorizationFailed");
    assert!(!error.is_transient());
    assert_eq!(stamp.usage_calls(), 2);

    // Another run goes on from the stored link.
    let session = bench.session().await;
    let mut pages = session.usage_pages(provider(), &query(), Some(&resume)).unwrap();
    let mut read = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        read.push(page);
    }
    assert_eq!(meters(&read), ["b", "c"]);
    assert!(stamp.requests("subscriberUsageAggregates")[2].contains("continuationToken=1"));
}

#[tokio::test]
async fn redirects_and_links_to_other_hosts_are_refused_f_21_s_74() {
    let trap = FakeStamp::start();
    let head = format!("Location: {}\r\n", trap.url());
    assert_eq!(
        fails_at_once(answer("302 Found", &head, "")).await.code(),
        "redirect_refused"
    );
    let elsewhere = fails_at_once(ok(page(&["a"], Some(&trap.link("1"))))).await;
    assert_eq!((elsewhere.code(), elsewhere.page()), ("next_link_foreign", Some(1)));
    assert!(!elsewhere.to_string().contains("127.0.0.1"));

    let bench = Bench::new();
    let session = bench.session().await;
    let error = session
        .usage_pages(provider(), &query(), Some(&trap.link("1")))
        .unwrap_err();
    assert_eq!(error.code(), "next_link_foreign");
    assert!(trap.requests("").is_empty());
}

#[tokio::test]
async fn bad_quantities_cost_their_rows_only_f_23() {
    let quantities = [
        "1.52587890625E-05",
        "-1",
        "NaN",
        "1e308",
        "\"4\"",
        "1234567890123456789012345678901234567890",
        "null",
    ];
    let rows: Vec<_> = quantities.iter().map(|quantity| row("m", quantity)).collect();
    let bench = Bench::new();
    bench.stamp.usage([ok(format!(r#"{{"value":[{}]}}"#, rows.join(",")))]);
    let pages = read(&bench.session().await).await.unwrap();
    let kept: Vec<_> = pages[0]
        .rows
        .iter()
        .map(|row| match row {
            UsageRow::Sound(row) => row.quantity.clone(),
            UsageRow::Malformed(row) => row.reason.code().to_owned(),
        })
        .collect();
    let invalid = "quantity_invalid";
    assert_eq!(
        kept,
        [
            "1.52587890625E-05",
            "-1",
            invalid,
            "1e308",
            invalid,
            "1234567890123456789012345678901234567890",
            invalid
        ]
    );
}

#[tokio::test]
async fn usage_that_is_not_complete_is_not_yet_and_no_failure_u_26() {
    for fault in [
        json("202 Accepted", "{}"),
        json("202 Accepted", page(&["a"], None)),
        json(
            "400 Bad Request",
            r#"{"error":{"code":"UsageNotReady","message":"Processing is not complete for the given window."}}"#,
        ),
        ok(r#"{"error":{"code":"ProcessingNotComplete","message":"x"}}"#),
    ] {
        let error = fails_at_once(fault).await;
        assert_eq!(error.code(), "not_yet");
        assert!(error.is_not_yet() && error.is_transient());
    }
}

#[tokio::test]
async fn refusals_carry_the_sources_code_and_nothing_else_of_its_text_u_26_s_75() {
    for (status, code, expected) in [
        ("400 Bad Request", "RequestEndTimeIsInFuture", "window_invalid"),
        ("400 Bad Request", "InvalidProperty", "window_invalid"),
        (
            "400 Bad Request",
            "SubscriberIdIsNotDirectTenant",
            "subscriber_not_direct",
        ),
        ("404 Not Found", "SubscriptionNotFound", "subscription_unknown"),
        ("400 Bad Request", "NoApiVersion", "refused"),
        ("409 Conflict", "Other", "refused"),
    ] {
        let error = fails_at_once(arm_error(status, code)).await;
        assert_eq!(error.code(), expected);
        assert_eq!(error.source_code().unwrap().as_str(), code);
        assert_eq!(
            error.status().map(|status| status.to_string()).as_deref(),
            status.get(..3)
        );
        assert!(!error.is_transient());
    }
    let strange = fails_at_once(json(
        "418 Tea",
        format!(r#"{{"error":{{"code":"{FOREIGN} {FOREIGN}"}}}}"#),
    ))
    .await;
    assert_eq!(strange.source_code(), None);
}

#[tokio::test]
async fn a_run_stops_when_it_makes_too_many_calls_r_40() {
    let retry = RetryPolicy {
        calls_beside: 3,
        ..RetryPolicy::default()
    };
    let bench = Bench::of(FakeStamp::start(), retry, Timeouts::default());
    bench
        .stamp
        .usage((0..9).map(|_| arm_error("503 Busy", "ServiceUnavailable")));
    let session = bench.session().await;
    let error = read(&session).await.unwrap_err();
    assert_eq!(error.code(), "too_many_calls");
    // One for the token, two for usage.
    assert_eq!((session.calls(), bench.stamp.usage_calls()), (3, 2));
}

#[tokio::test]
async fn a_connection_test_tries_once() {
    let bench = Bench::of(FakeStamp::start(), RetryPolicy::once(), Timeouts::default());
    bench.stamp.usage([arm_error("503 Busy", "ServiceUnavailable")]);
    assert_eq!(read(&bench.session().await).await.unwrap_err().code(), "unavailable");
    assert_eq!(bench.stamp.usage_calls(), 1);
    assert!(bench.sleeper.pauses().is_empty());
}

#[tokio::test]
async fn an_unfinished_day_is_never_asked_for_f_28() {
    let bench = Bench::new();
    let session = bench.session().await;
    let today = cms_azure_stack::UsageQuery {
        end: "2026-11-06T00:00:00Z".parse().unwrap(),
        ..query()
    };
    assert_eq!(
        session.usage_pages(provider(), &today, None).unwrap_err().code(),
        "window_invalid"
    );
    assert_eq!(bench.stamp.usage_calls(), 0);
}
