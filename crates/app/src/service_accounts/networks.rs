//! Networks a service account may call from (I-65).

use std::net::IpAddr;

use ipnet::IpNet;

use crate::Invalid;

/// Most networks of an account.
const MOST: usize = 50;

/// The networks in their shortest form, each once; what is none is noted at its place.
pub(super) fn checked(entered: &[String], invalid: &mut Invalid) -> Vec<String> {
    if entered.len() > MOST {
        invalid.add(
            "/source_networks",
            "too_many",
            format!("Enter at most {MOST} networks."),
        );
        return Vec::new();
    }
    let mut networks: Vec<String> = Vec::new();
    for (place, text) in entered.iter().enumerate() {
        match network(text.trim()) {
            Some(network) => {
                let text = network.trunc().to_string();
                if !networks.contains(&text) {
                    networks.push(text);
                }
            }
            None => invalid.add(
                format!("/source_networks/{place}"),
                "network_invalid",
                "Enter a network such as 192.0.2.0/24.",
            ),
        }
    }
    networks
}

/// Whether an address lies in one of the networks; every address does when there are none, and one that is not known
/// does in none.
pub(super) fn admit(networks: &[String], address: Option<&str>) -> bool {
    if networks.is_empty() {
        return true;
    }
    let address = address.and_then(|text| text.parse::<IpAddr>().ok());
    address.is_some_and(|address| {
        let address = address.to_canonical();
        networks
            .iter()
            .filter_map(|text| network(text))
            .any(|network| network.contains(&address))
    })
}

/// A network, or a single address as one.
fn network(text: &str) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>().ok().or_else(single)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_kept_in_their_shortest_form_and_wrong_ones_are_named() {
        let mut invalid = Invalid::new();
        let entered = ["192.0.2.9/24", "192.0.2.0/24", " 2001:db8::/32 ", "198.51.100.7"].map(str::to_owned);
        let kept = checked(&entered, &mut invalid);
        assert_eq!(kept, ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"]);
        assert!(invalid.is_empty());
        let wrong = ["10.0.0.0/33", "everywhere", "10.0.0.0/8"].map(str::to_owned);
        checked(&wrong, &mut invalid);
        let Err(crate::Error::Invalid(errors)) = invalid.check() else {
            panic!("accepted");
        };
        let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/source_networks/0", "/source_networks/1"]);
    }

    #[test]
    fn an_address_is_admitted_by_its_network_also_when_it_is_mapped() {
        let networks = ["192.0.2.0/24".to_owned()];
        assert!(admit(&networks, Some("192.0.2.7")));
        assert!(admit(&networks, Some("::ffff:192.0.2.7")));
        assert!(!admit(&networks, Some("192.0.3.7")));
        assert!(!admit(&networks, Some("2001:db8::1")));
        assert!(!admit(&networks, None));
        assert!(admit(&[], None));
    }
}
