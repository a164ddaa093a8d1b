//! One page of usage.

use crate::row::UsageRow;
use crate::scan::{ScanFault, Scanner, decode};

/// A page, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedPage {
    /// Its rows in their order.
    pub rows: Vec<UsageRow>,
    /// Where the next page is; nothing on the last one (absent, null or empty).
    pub next_link: Option<String>,
}

/// Why a body is no page of usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// Cut off, not UTF-8 or not JSON: reading it again may help (F-09).
    #[error("the page is cut off or damaged")]
    Broken,
    /// JSON, but not of the usage service (F-11).
    #[error("the answer is not a page of usage")]
    NotUsage,
}

impl From<ScanFault> for PageFault {
    fn from(_: ScanFault) -> Self {
        Self::Broken
    }
}

/// Reads a page. Each row is read for itself, so that a malformed one does not cost the others (U-44).
///
/// # Errors
/// The body is broken or no page of usage.
pub fn parse_page(body: &[u8]) -> Result<ParsedPage, PageFault> {
    let text = std::str::from_utf8(body).map_err(|_| PageFault::Broken)?;
    let mut scanner = Scanner::new(text);
    match scanner.peek() {
        None => return Err(PageFault::Broken),
        Some(b'{') => {}
        Some(_) => return Err(PageFault::NotUsage),
    }
    let mut rows = None;
    let mut next_link = None;
    scanner.object(|key, scanner| {
        match key {
            r#""value""# if scanner.peek() == Some(b'[') => rows = Some(read_rows(scanner)?),
            r#""nextLink""# => next_link = Some(scanner.value()?),
            _ => drop(scanner.value()?),
        }
        Ok(())
    })?;
    if scanner.peek().is_some() {
        return Err(PageFault::Broken);
    }
    let rows = rows.ok_or(PageFault::NotUsage)?;
    let next_link = match next_link {
        None | Some("null") => None,
        Some(raw) => Some(decode(raw).ok_or(PageFault::Broken)?.into_owned()).filter(|link| !link.is_empty()),
    };
    Ok(ParsedPage { rows, next_link })
}

fn read_rows(scanner: &mut Scanner<'_>) -> Result<Vec<UsageRow>, ScanFault> {
    scanner.take(b'[')?;
    let mut rows = Vec::new();
    while scanner.next_element(rows.is_empty())? {
        rows.push(UsageRow::scan(scanner)?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::{PageFault, parse_page};
    use crate::row::UsageRow;

    fn row(quantity: &str) -> String {
        format!(
            r#"{{"properties":{{"subscriptionId":"s","usageStartTime":"a","usageEndTime":"b","instanceData":"{{\"Microsoft.Resources\":{{\"resourceUri\":\"/x\"}}}}","quantity":{quantity},"meterId":"m"}}}}"#
        )
    }

    #[test]
    fn a_bad_row_between_good_ones_costs_only_itself() {
        let body = format!(
            r#"{{"value":[{},{},{}],"nextLink":"https://a/?continuationToken=x"}}"#,
            row("1"),
            row("NaN"),
            row("2")
        );
        let page = parse_page(body.as_bytes()).unwrap();
        assert_eq!(page.next_link.as_deref(), Some("https://a/?continuationToken=x"));
        let kinds: Vec<_> = page.rows.iter().map(|row| matches!(row, UsageRow::Sound(_))).collect();
        assert_eq!(kinds, [true, false, true]);
    }

    #[test]
    fn the_last_page_has_no_next_link_in_any_of_its_forms() {
        for body in [
            r#"{"value":[]}"#,
            r#"{"value":[],"nextLink":null}"#,
            r#"{"nextLink":"","value":[]}"#,
        ] {
            assert_eq!(parse_page(body.as_bytes()).unwrap().next_link, None, "{body}");
        }
    }

    #[test]
    fn every_cut_of_a_page_is_broken_f_09() {
        let body = format!(r#"{{"value":[{},{}],"nextLink":"https://a/"}}"#, row("1"), row("2"));
        for end in 0..body.len() {
            assert_eq!(parse_page(&body.as_bytes()[..end]), Err(PageFault::Broken), "{end}");
        }
    }

    #[test]
    fn other_documents_are_not_usage_f_11() {
        for body in [
            "<html>",
            "[]",
            "{}",
            r#"{"value":null}"#,
            r#"{"error":{"code":"x"}}"#,
            "true",
        ] {
            assert_eq!(parse_page(body.as_bytes()), Err(PageFault::NotUsage), "{body}");
        }
    }

    #[test]
    fn text_that_is_not_utf_8_or_goes_on_after_the_page_is_broken() {
        assert_eq!(parse_page(b"{\"value\":[\"\xff\"]}"), Err(PageFault::Broken));
        assert_eq!(parse_page(b"{\"value\":[]} {"), Err(PageFault::Broken));
    }
}
