//! Where a request comes from: the peer, or what a trusted proxy says of it (S-52).

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::State;

/// Header in which proxies name the address they were asked from, the nearest proxy last.
const FORWARDED: &str = "X-Forwarded-For";

/// The source of a request, as limits, source networks and the audit log know it.
pub fn source_address(request: &HttpRequest) -> Option<String> {
    let peer = request.peer_addr()?.ip();
    let trusted = request
        .app_data::<web::Data<State>>()
        .map_or(&[][..], |state| &state.trusted_proxies);
    Some(source(peer, request.headers(), trusted).to_string())
}

/// A source as limits count it: of IPv6 the network of 64 bits, all of which one customer has (S-52).
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Networks as the configuration has them.
///
/// # Errors
/// A sentence naming the entry that is none.
pub fn networks(key: &str, texts: &[String]) -> Result<Vec<IpNet>, String> {
    let read = |text: &String| {
        text.parse()
            .map_err(|_| format!("{key}: `{text}` is no network such as 10.0.0.0/8"))
    };
    texts.iter().map(read).collect()
}

/// Anybody may write the header: only what trusted proxies added to its end is believed, back to the first stranger.
fn source(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let named: Vec<&str> = headers
        .get_all(FORWARDED)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut source = peer;
    for text in named.into_iter().rev() {
        if !is_trusted(&source) {
            break;
        }
        let Ok(before) = text.trim().parse() else { break };
        source = before;
    }
    source
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn of(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(value),
            );
        }
        let trusted: Vec<String> = trusted.iter().map(|text| (*text).to_owned()).collect();
        let trusted = networks("trusted_proxies", &trusted).unwrap_or_default();
        peer.parse()
            .map(|peer| source(peer, &headers, &trusted).to_string())
            .unwrap_or_default()
    }

    #[test]
    fn s_52_the_peer_is_the_source_unless_it_is_a_trusted_proxy() {
        assert_eq!(of("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(of("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(of("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(of("10.0.0.2", &[], &["10.0.0.0/8"]), "10.0.0.2");
        assert_eq!(of("::1", &["2001:db8::7"], &["::1/128"]), "2001:db8::7");
    }

    #[test]
    fn s_52_what_a_stranger_writes_before_the_proxies_is_not_believed() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(of("10.0.0.2", &["1.1.1.1, 198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(
            of("10.0.0.2", &["1.1.1.1, 198.51.100.1, 10.0.0.3"], &proxies),
            "198.51.100.1"
        );
        assert_eq!(of("10.0.0.2", &["1.1.1.1", "198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(of("10.0.0.2", &["198.51.100.1, unknown"], &proxies), "10.0.0.2");
    }

    #[test]
    fn a_wrong_network_is_named_with_its_key() {
        let wrong = networks("trusted_proxies", &["10.0.0.0/40".to_owned()]);
        assert_eq!(
            wrong,
            Err("trusted_proxies: `10.0.0.0/40` is no network such as 10.0.0.0/8".to_owned())
        );
    }
}
