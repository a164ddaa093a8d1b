//! The query string as state: what a list shows is part of the address, so every view can be linked.

use std::fmt::Write as _;

/// Names and values in order; a name occurs once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`, with or without the leading question mark.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query.set(&decode(name), &decode(value));
        }
        query
    }

    /// The value of a name; empty when it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Sets a value; an empty value removes the name.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() || name.is_empty() {
            self.0.retain(|(known, _)| known != name);
        } else if let Some(pair) = self.0.iter_mut().find(|(known, _)| known == name) {
            value.clone_into(&mut pair.1);
        } else {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A copy with one value changed.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut copy = self.clone();
        copy.set(name, value);
        copy
    }

    /// The address of `path` with this query.
    pub fn on(&self, path: &str) -> String {
        let mut text = path.to_owned();
        for (index, (name, value)) in self.0.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(&encode(name));
            text.push('=');
            text.push_str(&encode(value));
        }
        text
    }
}

/// The next state of a column's sorting: ascending, descending, the list's own order.
pub fn next_sort(current: &str, field: &str) -> String {
    if current == field {
        format!("-{field}")
    } else if current.strip_prefix('-') == Some(field) {
        String::new()
    } else {
        field.to_owned()
    }
}

/// Percent-encodes a value for a query or a path segment.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Undoes [`encode`]; a plus sign is a space, a broken escape stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let pair = (ahead.next().and_then(hex), ahead.next().and_then(hex));
                if let (Some(high), Some(low)) = pair {
                    bytes.push(high * 16 + low);
                    rest = ahead;
                } else {
                    bytes.push(byte);
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_being_written_and_read() {
        let mut query = Query::default();
        query.set("search", "Müller & Söhne, 100%+");
        query.set("sort", "-name");
        let address = query.on("/tenants");
        assert_eq!(
            address,
            "/tenants?search=M%C3%BCller%20%26%20S%C3%B6hne%2C%20100%25%2B&sort=-name"
        );
        assert_eq!(Query::parse(address.split_once('?').unwrap().1), query);
    }

    #[test]
    fn an_empty_value_leaves_the_address() {
        let query = Query::parse("?period=2026-10&status=preview");
        assert_eq!(query.with("status", "").on("/invoices"), "/invoices?period=2026-10");
        assert_eq!(query.with("status", "").with("period", "").on("/invoices"), "/invoices");
    }

    #[test]
    fn a_name_occurs_once_and_the_last_value_wins() {
        let query = Query::parse("sort=name&sort=-name");
        assert_eq!(query.get("sort"), "-name");
        assert_eq!(query.on("/x"), "/x?sort=-name");
    }

    #[test]
    fn broken_escapes_are_kept_as_text() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz+a"), "%zz a");
        assert_eq!(decode("%"), "%");
    }

    #[test]
    fn a_column_turns_from_ascending_to_descending_to_none() {
        assert_eq!(next_sort("", "name"), "name");
        assert_eq!(next_sort("name", "name"), "-name");
        assert_eq!(next_sort("-name", "name"), "");
        assert_eq!(next_sort("-period", "name"), "name");
    }
}
