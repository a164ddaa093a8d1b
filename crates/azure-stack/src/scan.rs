//! Finds the pieces of a JSON text without building them, so that one bad row does not cost the page (U-44) and a
//! quantity keeps its digits (U-38).
//!
//! The scanner trusts brackets and quotes only; the pieces themselves are read by who needs them.

use std::borrow::Cow;

/// Why a text cannot be cut into pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanFault {
    /// The text ends inside a value (F-09).
    Ended,
    /// Something else stands where a value, a comma or a bracket is due.
    Unexpected,
}

/// Deepest nesting that is followed (S-50).
const MAX_DEPTH: usize = 32;

/// A place in a JSON text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning; a byte order mark is passed over.
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        }
    }

    /// Starts at a byte of the text.
    pub(crate) const fn starting_at(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The byte the scanner stands at.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// The text between this place and a later one, without white space before it.
    pub(crate) fn until(&self, end: &Self) -> &'a str {
        self.text.get(self.at..end.at).unwrap_or_default().trim_start()
    }

    /// The next byte that is no white space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Passes over `byte`, which must be next.
    pub(crate) fn take(&mut self, byte: u8) -> Result<(), ScanFault> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(ScanFault::Unexpected),
            None => Err(ScanFault::Ended),
        }
    }

    /// Passes over a value and gives its text.
    pub(crate) fn value(&mut self) -> Result<&'a str, ScanFault> {
        let first = self.peek().ok_or(ScanFault::Ended)?;
        let start = self.at;
        match first {
            b'"' => self.skip_string()?,
            b'{' | b'[' => self.skip_nested()?,
            _ => self.skip_scalar()?,
        }
        self.text.get(start..self.at).ok_or(ScanFault::Unexpected)
    }

    /// Walks over an object; `each` gets the raw key and must pass over the value.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&'a str, &mut Self) -> Result<(), ScanFault>,
    ) -> Result<(), ScanFault> {
        self.take(b'{')?;
        if self.peek() == Some(b'}') {
            return self.take(b'}');
        }
        loop {
            if self.peek().ok_or(ScanFault::Ended)? != b'"' {
                return Err(ScanFault::Unexpected);
            }
            let key = self.value()?;
            self.take(b':')?;
            each(key, self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.take(b'}'),
            }
        }
    }

    /// Steps to the next element of an array whose bracket was taken: whether there is one. `first` is whether none was
    /// read before; the closing bracket is taken.
    pub(crate) fn next_element(&mut self, first: bool) -> Result<bool, ScanFault> {
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => Err(ScanFault::Unexpected),
            None => Err(ScanFault::Ended),
        }
    }

    fn skip_string(&mut self) -> Result<(), ScanFault> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let found = memchr::memchr2(b'"', b'\\', rest).ok_or(ScanFault::Ended)?;
            self.at += found + 1;
            if rest.get(found) == Some(&b'"') {
                return Ok(());
            }
            // The escaped character, whatever it is.
            self.at += 1;
        }
    }

    fn skip_nested(&mut self) -> Result<(), ScanFault> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        loop {
            match bytes.get(self.at).ok_or(ScanFault::Ended)? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
            if depth > MAX_DEPTH {
                return Err(ScanFault::Unexpected);
            }
        }
    }

    fn skip_scalar(&mut self) -> Result<(), ScanFault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while let Some(byte) = bytes.get(self.at) {
            if matches!(
                byte,
                b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t' | b'"' | b':' | b'{' | b'['
            ) {
                break;
            }
            self.at += 1;
        }
        if self.at == start {
            return Err(ScanFault::Unexpected);
        }
        // A scalar that ends with the text inside a container is seen by the container.
        Ok(())
    }
}

/// Decodes a raw string with its quotes; nothing when it is no string.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    match unescape(inner) {
        Some(text) => Some(Cow::Owned(text)),
        // Escapes by number, and faults, are left to the full parser.
        None => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
    }
}

/// Resolves the escapes of a single character. Usage nests JSON in strings, so nearly all escapes are of quotes, and
/// this is the busiest place of a reading.
fn unescape(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..at)?);
        text.push(match rest.as_bytes().get(at + 1)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            _ => return None,
        });
        rest = rest.get(at + 2..)?;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{ScanFault, Scanner, decode};

    fn value(text: &str) -> Result<&str, ScanFault> {
        Scanner::new(text).value()
    }

    #[test]
    fn values_are_cut_out_as_they_are_written() {
        for (text, piece) in [
            (r#" {"a":[1,{"b":"}]"}]} , 2"#, r#"{"a":[1,{"b":"}]"}]}"#),
            (r#""a\"b" x"#, r#""a\"b""#),
            (r#""a\\", 1"#, r#""a\\""#),
            ("1.52587890625E-05,", "1.52587890625E-05"),
            ("NaN}", "NaN"),
            ("\u{feff}[]", "[]"),
        ] {
            assert_eq!(value(text), Ok(piece));
        }
    }

    #[test]
    fn a_text_that_ends_inside_a_value_is_told_from_one_that_is_wrong() {
        for text in ["", "  ", "{\"a\":1", "[1,2", "\"abc", "\"abc\\", "{\"a\":\"b"] {
            assert_eq!(value(text), Err(ScanFault::Ended), "{text}");
        }
        for text in ["}", ",", &"[".repeat(40)] {
            assert_eq!(value(text), Err(ScanFault::Unexpected), "{text}");
        }
    }

    #[test]
    fn objects_are_walked_member_by_member() {
        let mut keys = Vec::new();
        let walk = Scanner::new(r#"{"a":1,"b":{"c":2}, "d" : "x"}"#).object(|key, scanner| {
            keys.push((key.to_owned(), scanner.value()?.to_owned()));
            Ok(())
        });
        assert_eq!(walk, Ok(()));
        assert_eq!(keys.len(), 3);
        assert_eq!(keys[1], ("\"b\"".to_owned(), "{\"c\":2}".to_owned()));
        let skip = |_: &str, scanner: &mut Scanner<'_>| scanner.value().map(drop);
        assert_eq!(Scanner::new("{}").object(skip), Ok(()));
        assert_eq!(Scanner::new("{\"a\":1").object(skip), Err(ScanFault::Ended));
        assert_eq!(Scanner::new("{\"a\" 1}").object(skip), Err(ScanFault::Unexpected));
        assert_eq!(Scanner::new("{a:1}").object(skip), Err(ScanFault::Unexpected));
    }

    #[test]
    fn strings_are_borrowed_unless_they_hold_an_escape() {
        assert!(matches!(decode("\"abc\""), Some(std::borrow::Cow::Borrowed("abc"))));
        assert_eq!(decode(r#""a\u0041\n""#).unwrap(), "aA\n");
        assert_eq!(decode(r#""\"\\\/\b\f\n\r\tü""#).unwrap(), "\"\\/\u{8}\u{c}\n\r\tü");
        assert_eq!(decode(r#""\ud83d\ude00""#).unwrap(), "😀");
        assert_eq!(decode("12"), None);
        assert_eq!(decode(r#""\q""#), None);
    }
}
