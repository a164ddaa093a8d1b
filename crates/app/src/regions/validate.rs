//! Checks of what is entered for a region (U-1 to U-3).

use chrono::{NaiveDate, NaiveTime};
use domain::text::{self, TextInvalid};
use url::{Host, Url};

use crate::Invalid;

/// An https address with a host, without a slash at its end; plain http only to this machine, for stamps in a test
/// bench.
pub(super) fn endpoint(invalid: &mut Invalid, pointer: &str, entered: &str) -> Option<String> {
    let Ok(url) = Url::parse(entered.trim()) else {
        invalid.add(
            pointer,
            "url_invalid",
            "Enter an https address, such as https://adminmanagement.region.example.",
        );
        return None;
    };
    let this_machine = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && this_machine);
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !scheme || !plain || url.host().is_none() {
        invalid.add(
            pointer,
            "url_invalid",
            "Enter an https address with a host and nothing else.",
        );
        return None;
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// An address with a path, such as a login address.
pub(super) fn login_address(invalid: &mut Invalid, pointer: &str, entered: &str) -> Option<String> {
    endpoint(invalid, pointer, entered)?;
    Url::parse(entered.trim()).ok().map(|url| url.to_string())
}

/// `HH:MM`.
pub(super) fn time_of_day(invalid: &mut Invalid, pointer: &str, entered: &str) -> String {
    let well_formed = entered.len() == 5 && NaiveTime::parse_from_str(entered, "%H:%M").is_ok();
    if !well_formed {
        invalid.add(pointer, "time_invalid", "Enter a time of day as HH:MM.");
    }
    entered.to_owned()
}

/// An IANA zone.
pub(super) fn time_zone(invalid: &mut Invalid, pointer: &str, entered: &str) -> String {
    if entered.parse::<chrono_tz::Tz>().is_err() {
        invalid.add(
            pointer,
            "time_zone_invalid",
            "Choose a time zone, such as Europe/Zurich.",
        );
    }
    entered.to_owned()
}

/// A calendar date.
pub(super) fn date(invalid: &mut Invalid, pointer: &str, entered: &str) -> Option<NaiveDate> {
    let read = NaiveDate::parse_from_str(entered, "%Y-%m-%d")
        .ok()
        .filter(|day| day.to_string() == entered);
    if read.is_none() {
        invalid.add(pointer, "date_invalid", "Enter a date as YYYY-MM-DD.");
    }
    read
}

/// A line that may be left out; empty counts as left out.
pub(super) fn optional(invalid: &mut Invalid, pointer: &str, entered: Option<&str>, longest: usize) -> Option<String> {
    let entered = entered.filter(|text| !text.trim().is_empty())?;
    invalid.keep(pointer, text::line(entered, longest), TextInvalid::code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_https_addresses_u3() {
        let read = |text: &str| {
            let mut invalid = Invalid::new();
            endpoint(&mut invalid, "/x", text)
        };
        assert_eq!(
            read(" https://Admin.zrh1.example/ "),
            Some("https://admin.zrh1.example".into())
        );
        assert_eq!(
            read("https://admin.zrh1.example:30004"),
            Some("https://admin.zrh1.example:30004".into())
        );
        assert_eq!(
            read("http://127.0.0.1:4000/admin/"),
            Some("http://127.0.0.1:4000/admin".into())
        );
        for wrong in [
            "",
            "admin.zrh1.example",
            "http://admin.zrh1.example",
            "ftp://a.b",
            "https://u:p@a.b",
            "https://a.b/?x=1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_and_dates_have_one_form() {
        let mut invalid = Invalid::new();
        time_of_day(&mut invalid, "/t", "01:00");
        assert!(date(&mut invalid, "/d", "2026-10-31").is_some() && invalid.is_empty());
        for wrong in ["1:00", "24:00", "01:60", "01-00"] {
            let mut invalid = Invalid::new();
            time_of_day(&mut invalid, "/t", wrong);
            assert!(!invalid.is_empty(), "{wrong}");
        }
        for wrong in ["2026-1-31", "2026-02-30", "31.10.2026"] {
            let mut invalid = Invalid::new();
            assert_eq!(date(&mut invalid, "/d", wrong), None, "{wrong}");
        }
    }
}
