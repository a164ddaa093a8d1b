//! One cell of a CSV file (B-91 to B-93).

use std::borrow::Cow;

/// A text value as a CSV field: neutralised where a spreadsheet would read it as a formula, quoted where needed (B-92).
///
/// # Examples
/// ```
/// use cms_domain::csv_cell::text_field;
///
/// assert_eq!(text_field("Contoso, Ltd"), "\"Contoso, Ltd\"");
/// assert_eq!(text_field("=1+1"), "\"'=1+1\"");
/// ```
pub fn text_field(value: &str) -> String {
    let guarded = starts_formula(value);
    let clean: Cow<'_, str> = if value.contains('\0') {
        Cow::Owned(value.replace('\0', ""))
    } else {
        Cow::Borrowed(value)
    };
    let blank_end = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let quoted = guarded
        || clean.contains([',', '"', '\n', '\r'])
        || blank_end(clean.chars().next())
        || blank_end(clean.chars().next_back());
    if !quoted {
        return clean.into_owned();
    }
    let apostrophe = if guarded { "'" } else { "" };
    format!("\"{apostrophe}{}\"", clean.replace('"', "\"\""))
}

/// A decimal column, written as it is: full precision, point as decimal sign, never guarded (B-91, B-92).
pub fn decimal_field(value: &str) -> String {
    value.to_owned()
}

/// Undoes the guard of [`text_field`] on a field that a CSV reader has already unquoted: one leading apostrophe before a character
/// that is guarded is removed (B-93).
pub fn import_text(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(rest) if starts_formula(rest) => rest,
        _ => field,
    }
}

/// Joins fields made by [`text_field`] and [`decimal_field`] to a record with CRLF (B-91).
pub fn record<I: IntoIterator<Item = String>>(fields: I) -> String {
    let mut line = fields.into_iter().collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

fn starts_formula(value: &str) -> bool {
    value
        .chars()
        .find(|c| !matches!(c, ' ' | '\u{a0}' | '\u{3000}' | '\u{200b}' | '\u{feff}'))
        .is_some_and(|first| {
            matches!(
                first,
                '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}' | '\t' | '\r' | '\n' | '\0'
            )
        })
}
