//! Usage from a file: what the usage service answered, saved by somebody.

use crate::row::UsageRow;
use crate::scan::{ScanFault, Scanner};

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// Position among all rows of the file, from 1.
    pub position: u64,
    /// The row.
    pub row: UsageRow,
}

/// Why a file cannot be read on. Names the place, not the content (S-65).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// The file is not text in UTF-8.
    #[error("the file is not UTF-8 text (line {line})")]
    NotText {
        /// Line of the first wrong byte, from 1.
        line: u64,
    },
    /// The file ends in the middle.
    #[error("the file ends inside a value after row {rows} (line {line})")]
    Ended {
        /// Rows read before.
        rows: u64,
        /// Line of the value that does not end, from 1.
        line: u64,
    },
    /// The file is no JSON here, or no usage.
    #[error("the file holds something else than usage after row {rows} (line {line})")]
    NotUsage {
        /// Rows read before.
        rows: u64,
        /// Line of the fault, from 1.
        line: u64,
    },
}

/// The rows of a file, one at a time; ends after the first fault.
#[derive(Clone, Debug)]
pub struct UsageDocument<'a> {
    text: &'a str,
    outer: Scanner<'a>,
    /// Whether the outer level is an array under way, and whether its first element is due.
    array: Option<bool>,
    /// The rows of the page under way, and whether the first is due.
    page: Option<(Scanner<'a>, bool)>,
    rows: u64,
    done: bool,
}

/// Reads a file of usage: one page object, several of them in an array or one after the other, or a bare array of rows.
///
/// # Errors
/// [`DocumentFault::NotText`].
pub fn parse_usage_document(bytes: &[u8]) -> Result<UsageDocument<'_>, DocumentFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        DocumentFault::NotText { line: line_of(before) }
    })?;
    Ok(UsageDocument {
        text,
        outer: Scanner::new(text),
        array: None,
        page: None,
        rows: 0,
        done: false,
    })
}

/// The line that follows `before`, from 1.
fn line_of(before: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', before).count())
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

/// A step of the reader.
#[expect(
    clippy::large_enum_variant,
    reason = "lives for one step; nearly every step is a row"
)]
enum Found {
    Row(UsageRow),
    /// A page was begun or ended.
    Nothing,
    End,
}

impl UsageDocument<'_> {
    fn step(&mut self) -> Result<Found, ScanFault> {
        if let Some((mut scanner, first)) = self.page.take() {
            if !scanner.next_element(first)? {
                return Ok(Found::Nothing);
            }
            let row = UsageRow::scan(&mut scanner)?;
            self.page = Some((scanner, false));
            return Ok(Found::Row(row));
        }
        match self.array {
            Some(first) => {
                if !self.outer.next_element(first)? {
                    self.array = None;
                    return Ok(Found::Nothing);
                }
                self.array = Some(false);
                self.element()
            }
            None => match self.outer.peek() {
                None => Ok(Found::End),
                Some(b'[') => {
                    self.outer.take(b'[')?;
                    self.array = Some(true);
                    Ok(Found::Nothing)
                }
                Some(b'{') => self.element(),
                Some(_) => Err(ScanFault::Unexpected),
            },
        }
    }

    /// An element of the outer level: a page or a row.
    fn element(&mut self) -> Result<Found, ScanFault> {
        let start = self.outer;
        let raw = self.outer.value()?;
        let offset = self.outer.position() - raw.len();
        let mut inside = Scanner::starting_at(self.text, offset);
        let mut rows_at = None;
        let mut is_row = false;
        let walked = inside.object(|key, scanner| {
            match key {
                r#""properties""# => is_row = true,
                r#""value""# if scanner.peek() == Some(b'[') => rows_at = Some(scanner.position()),
                _ => {}
            }
            scanner.value().map(drop)
        });
        match (walked, rows_at) {
            (Ok(()), Some(at)) if !is_row => {
                let mut page = Scanner::starting_at(self.text, at);
                page.take(b'[')?;
                self.page = Some((page, true));
                Ok(Found::Nothing)
            }
            // Inside an array anything else counts as a row, sound or not; outside only something with properties.
            _ if is_row || self.array.is_some() => Ok(Found::Row(UsageRow::parse(raw))),
            _ => {
                self.outer = start;
                Err(ScanFault::Unexpected)
            }
        }
    }

    fn fault(&self, fault: ScanFault, at: usize) -> DocumentFault {
        // The value at fault begins behind white space and a comma.
        let rest = self.text.get(at..).unwrap_or_default();
        let begin = at + rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', ',']).len();
        let begin = if rest.len() + at == begin { at } else { begin };
        let line = line_of(self.text.as_bytes().get(..begin).unwrap_or_default());
        match fault {
            ScanFault::Ended => DocumentFault::Ended { rows: self.rows, line },
            ScanFault::Unexpected => DocumentFault::NotUsage { rows: self.rows, line },
        }
    }
}

impl Iterator for UsageDocument<'_> {
    type Item = Result<DocumentRow, DocumentFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let mut place = self.page.as_ref().map_or(self.outer, |(page, _)| *page);
            place.peek();
            match self.step() {
                Ok(Found::Nothing) => {}
                Ok(Found::Row(row)) => {
                    self.rows += 1;
                    return Some(Ok(DocumentRow {
                        position: self.rows,
                        row,
                    }));
                }
                Ok(Found::End) => self.done = true,
                Err(fault) => {
                    self.done = true;
                    return Some(Err(self.fault(fault, place.position())));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{DocumentFault, parse_usage_document};
    use crate::row::UsageRow;

    fn row(meter: &str) -> String {
        format!(
            r#"{{"properties":{{"subscriptionId":"s","usageStartTime":"a","usageEndTime":"b","instanceData":"{{\"Microsoft.Resources\":{{\"resourceUri\":\"/x\"}}}}","quantity":1,"meterId":"{meter}"}}}}"#
        )
    }

    /// Meters in their order, `!` for a malformed row, or the fault at the end.
    fn read(text: &str) -> Result<Vec<String>, DocumentFault> {
        parse_usage_document(text.as_bytes())?
            .enumerate()
            .map(|(index, row)| {
                let row = row?;
                assert_eq!(row.position, u64::try_from(index).unwrap() + 1);
                Ok(match row.row {
                    UsageRow::Sound(row) => row.meter_id,
                    UsageRow::Malformed(_) => "!".to_owned(),
                })
            })
            .collect()
    }

    #[test]
    fn every_shape_of_file_gives_the_same_rows() {
        let (a, b, c) = (row("a"), row("b"), row("c"));
        for text in [
            format!(r#"{{"value":[{a},{b},{c}]}}"#),
            format!(r#"[{{"value":[{a}],"nextLink":"x"}},{{"value":[]}},{{"value":[{b},{c}]}}]"#),
            format!("{{\"value\":[{a},{b}]}}\n{{\"value\":[{c}]}}\n"),
            format!("[{a},{b},{c}]"),
            format!("\u{feff} [\r\n {a} ,\r\n {b},{c} ]\r\n"),
            format!("{a}\n{b}\n{c}\n"),
            format!(r#"{{"nextLink":null,"value":[{a},{b}]}}[{c}]"#),
        ] {
            assert_eq!(read(&text).unwrap(), ["a", "b", "c"], "{text}");
        }
        for empty in ["", "  \n", "[]", r#"{"value":[]}"#] {
            assert!(read(empty).unwrap().is_empty());
        }
    }

    #[test]
    fn malformed_rows_are_given_with_their_position() {
        let text = format!("[{},7,{{}},{}]", row("a"), row("b"));
        assert_eq!(read(&text).unwrap(), ["a", "!", "!", "b"]);
    }

    #[test]
    fn a_cut_or_foreign_file_names_the_place() {
        let (a, b) = (row("a"), row("b"));
        assert_eq!(
            read(&format!("[{a},\n{b},\n{{\"prop")),
            Err(DocumentFault::Ended { rows: 2, line: 3 })
        );
        assert_eq!(read("{\"value\":[\n"), Err(DocumentFault::Ended { rows: 0, line: 1 }));
        assert_eq!(read("date;meter\n"), Err(DocumentFault::NotUsage { rows: 0, line: 1 }));
        assert_eq!(
            read(&format!("[{a}]\n\nxyz")),
            Err(DocumentFault::NotUsage { rows: 1, line: 3 })
        );
        assert_eq!(
            read("{\"error\":{}}"),
            Err(DocumentFault::NotUsage { rows: 0, line: 1 })
        );
        assert_eq!(
            parse_usage_document(b"[\n\xff").unwrap_err(),
            DocumentFault::NotText { line: 2 }
        );
    }
}
