//! Which addresses may be called (S-71, S-72).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::error::OutboundError;

/// The networks that may be called although their addresses are not public: `egress.allow_cidrs`, start-up
/// configuration and never a setting of the API (S-72).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    /// The listed networks.
    pub allow: Vec<IpNet>,
}

impl EgressPolicy {
    /// Refuses a list that names link-local addresses (S-72).
    pub(crate) fn check(&self) -> Result<(), OutboundError> {
        if self.allow.iter().any(names_link_local) {
            Err(OutboundError::LinkLocalListed)
        } else {
            Ok(())
        }
    }

    /// Whether a listed network holds the address, directly or in one of the forms that carry an IPv4 address.
    pub fn lists(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        let embedded = carried_ipv4(canonical);
        self.allow.iter().any(|net| {
            net.contains(&address)
                || net.contains(&canonical)
                || embedded.is_some_and(|v4| net.contains(&IpAddr::V4(v4)))
        })
    }

    /// Whether the address may be called over https (S-72).
    pub fn permits(&self, address: IpAddr) -> bool {
        !is_link_local(address) && (!is_forbidden(address) || self.lists(address))
    }

    /// Whether the address may be called over plain http: listed, and with a secret only loopback (S-72).
    pub fn permits_plain(&self, address: IpAddr, with_secret: bool) -> bool {
        self.permits(address) && self.lists(address) && (!with_secret || address.to_canonical().is_loopback())
    }
}

/// A network inside the link-local ranges. A wider one that merely contains them is harmless: they stay forbidden.
fn names_link_local(net: &IpNet) -> bool {
    match net {
        IpNet::V4(v4) => v4.prefix_len() >= 16 && is_link_local(IpAddr::V4(v4.network())),
        IpNet::V6(v6) => v6.prefix_len() >= 10 && is_link_local(IpAddr::V6(v6.network())),
    }
}

/// Link-local, also inside other forms; never allowed, even when listed (S-72).
pub fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local() || carried_ipv4(IpAddr::V6(v6)).is_some_and(|v4| v4.is_link_local())
        }
    }
}

/// Whether an address is outside the public internet: unspecified, loopback, link-local, private, shared, unique-local,
/// multicast, reserved or documentation, also inside IPv4-mapped, NAT64 and 6to4 forms (S-72).
pub fn is_forbidden(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => forbidden_v4(v4),
        IpAddr::V6(v6) => forbidden_v6(v6),
    }
}

fn forbidden_v4(v4: Ipv4Addr) -> bool {
    match v4.octets() {
        // This network, private, loopback, multicast and everything reserved above it with broadcast.
        [0 | 10 | 127 | 224..=255, ..]
        // Shared (100.64/10).
        | [100, 64..=127, ..]
        // Link-local.
        | [169, 254, ..]
        // Private (172.16/12 and 192.168/16).
        | [172, 16..=31, ..]
        | [192, 168, ..]
        // Protocol assignments, documentation, the retired 6to4 relay.
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        // Benchmarks and documentation.
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => true,
        _ => false,
    }
}

fn forbidden_v6(v6: Ipv6Addr) -> bool {
    if let Some(v4) = carried_ipv4(IpAddr::V6(v6)) {
        return forbidden_v4(v4);
    }
    match v6.segments() {
        // Protocol assignments with Teredo (2001::/23) and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => true,
        // Only global unicast (2000::/3) is public.
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

/// The IPv4 address inside NAT64 (64:ff9b::/96), 6to4 (2002::/16), IPv4-translated and IPv4-compatible addresses; the
/// IPv4-mapped form is resolved by `to_canonical` before.
fn carried_ipv4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return None };
    match v6.segments() {
        [0x2002, high, low, ..] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff | 0, 0, high, low] => {
            Some(joined(high, low))
        }
        _ => None,
    }
}

/// The IPv4 address in two segments.
fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{EgressPolicy, is_forbidden};
    use crate::error::OutboundError;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn listing(nets: &[&str]) -> EgressPolicy {
        EgressPolicy {
            allow: nets.iter().map(|net| net.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn every_range_of_s_72_is_forbidden_at_its_first_and_last_address() {
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fdff::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
            "64:ff9b:1::1",
            "4000::1",
        ] {
            assert!(is_forbidden(ip(text)), "{text}");
            assert!(!EgressPolicy::default().permits(ip(text)), "{text}");
        }
    }

    #[test]
    fn forbidden_addresses_stay_forbidden_inside_mapped_nat64_and_6to4_forms() {
        for text in [
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::1",
            "::127.0.0.1",
            "::ffff:0:10.0.0.1",
        ] {
            assert!(is_forbidden(ip(text)), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_permitted_beside_the_forbidden_ranges() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(EgressPolicy::default().permits(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_listed_network_is_lifted_and_nothing_beside_it() {
        let policy = listing(&["10.20.0.0/16", "fd12::/16"]);
        assert!(policy.permits(ip("10.20.3.4")));
        assert!(policy.permits(ip("::ffff:10.20.3.4")));
        assert!(policy.permits(ip("64:ff9b::a14:304")));
        assert!(policy.permits(ip("fd12::9")));
        assert!(!policy.permits(ip("10.21.0.1")));
        assert!(!policy.permits(ip("fd13::9")));
    }

    #[test]
    fn link_local_is_refused_even_when_a_listed_network_contains_it() {
        let all = listing(&["0.0.0.0/0", "::/0"]);
        assert_eq!(all.check(), Ok(()));
        for text in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::",
            "fe80::1",
        ] {
            assert!(!all.permits(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_list_that_names_link_local_is_refused_at_start() {
        for net in ["169.254.0.0/16", "169.254.169.254/32", "fe80::/10", "fe80::1/128"] {
            assert_eq!(listing(&[net]).check(), Err(OutboundError::LinkLocalListed), "{net}");
        }
    }

    #[test]
    fn plain_http_needs_a_listed_address_and_with_a_secret_loopback() {
        let policy = listing(&["127.0.0.0/8", "10.0.0.0/8"]);
        assert!(policy.permits_plain(ip("10.1.1.1"), false));
        assert!(!policy.permits_plain(ip("10.1.1.1"), true));
        assert!(policy.permits_plain(ip("127.0.0.1"), true));
        assert!(!policy.permits_plain(ip("1.1.1.1"), false));
        assert!(!EgressPolicy::default().permits_plain(ip("127.0.0.1"), false));
    }
}
