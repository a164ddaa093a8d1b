//! Where calls may go (S-71, S-72, F-21).
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "test code")]

mod common;

use std::sync::atomic::Ordering;

use cms_outbound::{EgressPolicy, GuardedClient, OutboundError, Secret, Url, UrlFault};
use common::{Names, Server, answer, client, policy};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_listed_loopback_address_answers_over_plain_http() {
    let server = Server::answering(answer("200 OK", "Content-Type: application/json\r\n", b"{\"a\":1}"));
    let response = client().get(server.url()).send().await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.media_type(), "application/json");
    assert_eq!(response.body, b"{\"a\":1}");
}

#[tokio::test]
async fn spellings_of_inside_addresses_never_reach_the_trap_t_16() {
    let trap = Server::answering(answer("200 OK", "", b"trapped"));
    let port = trap.address.port();
    let guarded = GuardedClient::new(EgressPolicy::default()).unwrap();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.2",
        "127.255.255.254",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "%31%32%37.0.0.1",
    ];
    for scheme in ["http", "https"] {
        for host in hosts {
            let target = format!("{scheme}://{host}:{port}/");
            let Ok(target) = target.parse::<Url>() else { continue };
            let outcome = guarded.get(target.clone()).send().await;
            assert!(
                matches!(
                    outcome,
                    Err(OutboundError::AddressForbidden
                        | OutboundError::PlainHttpRefused
                        | OutboundError::NameNotResolved)
                ),
                "{target}: {outcome:?}"
            );
        }
    }
    assert_eq!(trap.connections(), 0);
}

/// An IPv4 address in the spellings that parsers of web addresses understand.
fn spellings(address: [u32; 4]) -> Vec<String> {
    let [a, b, c, d] = address;
    let whole = a << 24 | b << 16 | c << 8 | d;
    let (high, low) = (whole >> 16, whole & 0xffff);
    let mut all = vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{a}.{b}.{low}"),
        format!("{a}.{}", whole & 0x00ff_ffff),
        format!("{whole}"),
        format!("0x{whole:x}"),
        format!("0X{whole:X}"),
        format!("0{whole:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.{b}.{c}.{d}"),
        format!("0x{a:x}.{b}.0{c:o}.{d}"),
        format!("{a}%2e{b}%2E{c}%2e{d}"),
        format!("{a}\u{3002}{b}\u{ff0e}{c}\u{ff61}{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:FFFF:{high:X}:{low:X}]"),
        format!("[::{high:x}:{low:x}]"),
        format!("[::ffff:0:{high:x}:{low:x}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::]"),
    ];
    // The first digit as a percent escape.
    let dotted = format!("{a}.{b}.{c}.{d}");
    let (first, rest) = dotted.split_at(1);
    all.push(format!("%3{first}{rest}"));
    // Full-width digits.
    let wide = |text: String| {
        text.chars()
            .map(|c| c.to_digit(10).and_then(|n| char::from_u32(0xff10 + n)).unwrap_or(c))
            .collect()
    };
    all.push(wide(format!("{a}.{b}.{c}.{d}")));
    all
}

#[tokio::test]
async fn three_hundred_spellings_of_forbidden_addresses_are_refused_before_a_connection_t_16() {
    let guarded = GuardedClient::new(EgressPolicy::default()).unwrap();
    let addresses = [
        [127, 0, 0, 1],
        [127, 8, 9, 1],
        [10, 0, 0, 1],
        [10, 255, 1, 9],
        [172, 16, 0, 1],
        [172, 31, 255, 254],
        [192, 168, 1, 1],
        [169, 254, 169, 254],
        [100, 64, 0, 1],
        [100, 100, 100, 200],
        [192, 0, 0, 192],
        [198, 18, 0, 1],
        [224, 0, 0, 1],
        [240, 0, 0, 1],
        [255, 255, 255, 255],
    ];
    let mut refused = 0;
    for address in addresses {
        for host in spellings(address) {
            // A spelling that is no web address cannot be called at all.
            let Ok(target) = format!("https://{host}:1/").parse::<Url>() else {
                continue;
            };
            let outcome = guarded.get(target.clone()).send().await;
            assert_eq!(
                outcome.unwrap_err(),
                OutboundError::AddressForbidden,
                "{host} as {target}"
            );
            refused += 1;
        }
    }
    assert!(refused >= 300, "{refused}");
}

#[tokio::test]
async fn link_local_stays_closed_when_everything_is_listed() {
    let guarded = GuardedClient::new(policy(&["0.0.0.0/0", "::/0"])).unwrap();
    for target in [
        "http://169.254.169.254/latest",
        "https://169.254.169.254/",
        "http://[::ffff:169.254.169.254]/",
        "https://[fe80::1]/",
    ] {
        assert_eq!(
            guarded.get(url(target)).send().await.unwrap_err(),
            OutboundError::AddressForbidden,
            "{target}"
        );
    }
    assert_eq!(
        GuardedClient::new(policy(&["169.254.169.254/32"])).unwrap_err(),
        OutboundError::LinkLocalListed
    );
}

#[tokio::test]
async fn a_name_with_one_forbidden_address_among_good_ones_is_refused_as_a_whole() {
    let names = Names::new(&[&["127.0.0.1", "10.0.0.5"]]);
    let server = Server::answering(answer("200 OK", "", b""));
    let guarded = GuardedClient::with_names(policy(&["127.0.0.0/8"]), names).unwrap();
    let target = url(&format!("http://stamp.example:{}/", server.address.port()));
    assert_eq!(
        guarded.get(target).send().await.unwrap_err(),
        OutboundError::AddressForbidden
    );
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_connection_goes_to_the_checked_address_and_the_name_is_asked_once_a_connection() {
    // The first answer is listed; a second look-up would say something forbidden (a rebinding name).
    let names = Names::new(&[&["127.0.0.1"], &["10.0.0.5"]]);
    let server = Server::answering(answer("200 OK", "", b"fine"));
    let guarded = GuardedClient::with_names(policy(&["127.0.0.0/8"]), names.clone()).unwrap();
    let target = url(&format!("http://stamp.example:{}/", server.address.port()));
    assert_eq!(guarded.get(target.clone()).send().await.unwrap().body, b"fine");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert!(
        server
            .last_request()
            .to_ascii_lowercase()
            .contains("host: stamp.example:")
    );
    assert_eq!(
        guarded.get(target).send().await.unwrap_err(),
        OutboundError::AddressForbidden
    );
}

#[tokio::test]
async fn a_name_without_an_address_is_told_from_other_faults() {
    let guarded = GuardedClient::with_names(policy(&[]), Names::new(&[])).unwrap();
    assert_eq!(
        guarded.get(url("https://nowhere.example/")).send().await.unwrap_err(),
        OutboundError::NameNotResolved
    );
    let guarded = GuardedClient::with_names(policy(&[]), Names::new(&[&[]])).unwrap();
    assert_eq!(
        guarded.get(url("https://empty.example/")).send().await.unwrap_err(),
        OutboundError::NameNotResolved
    );
}

#[tokio::test]
async fn other_schemes_and_user_names_in_addresses_are_refused() {
    let guarded = client();
    let refused = [
        ("ftp://127.0.0.1/", UrlFault::Scheme),
        ("file:///etc/passwd", UrlFault::Host),
        ("https://user@127.0.0.1/", UrlFault::UserInfo),
        ("https://user:secret@127.0.0.1/", UrlFault::UserInfo),
    ];
    for (target, fault) in refused {
        assert_eq!(
            guarded.get(url(target)).send().await.unwrap_err(),
            OutboundError::Url(fault),
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_secret_travels_over_plain_http_to_this_machine_only() {
    let server = Server::answering(answer("200 OK", "", b""));
    client()
        .get(server.url())
        .bearer(&Secret::from("token-7"))
        .send()
        .await
        .unwrap();
    assert!(server.last_request().contains("Bearer token-7"));

    let names = Names::new(&[&["10.0.0.5"]]);
    let guarded = GuardedClient::with_names(policy(&["10.0.0.0/8"]), names).unwrap();
    let target = url("http://stamp.example:9/");
    let bearer = guarded
        .get(target.clone())
        .bearer(&Secret::from("token-7"))
        .send()
        .await;
    assert_eq!(bearer.unwrap_err(), OutboundError::PlainHttpRefused);
    let form = guarded.post(target).secret_form([("client_secret", "x")]).send().await;
    assert_eq!(form.unwrap_err(), OutboundError::PlainHttpRefused);
}

#[tokio::test]
async fn plain_http_to_a_public_address_is_refused() {
    let outcome = client().get(url("http://1.1.1.1/")).send().await;
    assert_eq!(outcome.unwrap_err(), OutboundError::PlainHttpRefused);
}

#[tokio::test]
async fn redirects_are_refused_and_their_target_is_not_called_f_21() {
    let trap = Server::answering(answer("200 OK", "", b"trapped"));
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let head = format!("Location: {}\r\n", trap.url());
        let server = Server::answering(answer(status, &head, b""));
        assert_eq!(
            client().get(server.url()).send().await.unwrap_err(),
            OutboundError::RedirectRefused,
            "{status}"
        );
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = Server::answering(answer("200 OK", "Set-Cookie: a=b\r\n", b""));
    let guarded = client();
    guarded.get(server.url()).send().await.unwrap();
    guarded.get(server.url()).send().await.unwrap();
    assert!(!server.last_request().to_ascii_lowercase().contains("cookie"));
}

#[tokio::test]
async fn transports_beside_http_get_checked_addresses_only() {
    let guarded =
        GuardedClient::with_names(policy(&["10.0.0.0/8"]), Names::new(&[&["10.1.2.3"], &["192.168.1.1"]])).unwrap();
    let found = guarded.checked_addresses("mail.example", 25, false).await.unwrap();
    assert_eq!(found, ["10.1.2.3:25".parse().unwrap()]);
    assert_eq!(
        guarded.checked_addresses("mail.example", 25, true).await.unwrap_err(),
        OutboundError::AddressForbidden
    );
    assert_eq!(
        guarded.checked_addresses("127.0.0.1", 25, true).await.unwrap_err(),
        OutboundError::AddressForbidden
    );
    assert_eq!(
        guarded.checked_addresses("[::1]", 25, true).await.unwrap_err(),
        OutboundError::AddressForbidden
    );
    // An unencrypted mail connection needs a listed network.
    assert_eq!(
        guarded.checked_addresses("1.1.1.1", 25, false).await.unwrap_err(),
        OutboundError::PlainHttpRefused
    );
}
