//! Entered text: Unicode NFC, trimmed, bounded, without control characters (G-8).

use unicode_normalization::UnicodeNormalization;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextInvalid {
    /// Nothing is left after trimming.
    #[error("Enter a value.")]
    Empty,
    /// More characters than allowed.
    #[error("Use at most {0} characters.")]
    TooLong(usize),
    /// A control character, or a line break where one line is asked for.
    #[error("Remove control characters and line breaks.")]
    ControlCharacter,
    /// Not one mail address.
    #[error("Enter one mail address, such as name@example.com.")]
    NotAnAddress,
}

impl TextInvalid {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong(_) => "too_long",
            Self::ControlCharacter => "control_character",
            Self::NotAnAddress => "email_invalid",
        }
    }
}

/// One line of 1 to `longest` characters.
///
/// # Errors
/// [`TextInvalid`] when it is empty, too long or holds control characters.
pub fn line(entered: &str, longest: usize) -> Result<String, TextInvalid> {
    let text = optional_line(entered, longest)?;
    if text.is_empty() {
        Err(TextInvalid::Empty)
    } else {
        Ok(text)
    }
}

/// One line of at most `longest` characters, possibly empty.
///
/// # Errors
/// [`TextInvalid`] when it is too long or holds control characters.
pub fn optional_line(entered: &str, longest: usize) -> Result<String, TextInvalid> {
    let text: String = entered.nfc().collect::<String>().trim().to_owned();
    if text.chars().any(char::is_control) {
        return Err(TextInvalid::ControlCharacter);
    }
    bounded(text, longest)
}

/// Several lines of at most `longest` characters in all, possibly empty; line breaks become `\n`.
///
/// # Errors
/// [`TextInvalid`] when it is too long or holds other control characters.
pub fn paragraph(entered: &str, longest: usize) -> Result<String, TextInvalid> {
    let text: String = entered
        .replace("\r\n", "\n")
        .nfc()
        .collect::<String>()
        .trim()
        .to_owned();
    if text
        .chars()
        .any(|character| character.is_control() && character != '\n')
    {
        return Err(TextInvalid::ControlCharacter);
    }
    bounded(text, longest)
}

/// A mail address in its compared form: NFC and lower case (I-2).
///
/// # Errors
/// [`TextInvalid`] when it is not one address with a local part and a domain.
///
/// # Examples
/// ```
/// use cms_domain::text::{TextInvalid, email_address};
///
/// assert_eq!(email_address(" Ada@Aurora.Example ").as_deref(), Ok("ada@aurora.example"));
/// assert_eq!(email_address("ada"), Err(TextInvalid::NotAnAddress));
/// ```
pub fn email_address(entered: &str) -> Result<String, TextInvalid> {
    // Lower case first: some letters compose in lower case only, and some become longer.
    let lower = entered.nfc().collect::<String>().to_lowercase();
    let text = line(&lower, 254)?;
    let (local, host) = text.split_once('@').ok_or(TextInvalid::NotAnAddress)?;
    let plain = |part: &str| !part.is_empty() && !part.contains([' ', '@', ',', ';', '<', '>', '"']);
    let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    if plain(local) && plain(host) && dotted {
        Ok(text)
    } else {
        Err(TextInvalid::NotAnAddress)
    }
}

fn bounded(text: String, longest: usize) -> Result<String, TextInvalid> {
    if text.chars().count() > longest {
        Err(TextInvalid::TooLong(longest))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_composed() {
        assert_eq!(line("  Cafe\u{301} ", 10), Ok("Café".into()));
        assert_eq!(line("   ", 10), Err(TextInvalid::Empty));
        assert_eq!(line("a\nb", 10), Err(TextInvalid::ControlCharacter));
        assert_eq!(line("abcdef", 5), Err(TextInvalid::TooLong(5)));
        assert_eq!(paragraph("a\r\nb", 10), Ok("a\nb".into()));
    }

    #[test]
    fn a_mail_address_is_one_lower_case_address() {
        assert_eq!(email_address(" Ada@Aurora.Example "), Ok("ada@aurora.example".into()));
        for wrong in [
            "ada",
            "ada@",
            "@aurora.example",
            "a b@c.de",
            "a@b.de, c@d.ef",
            "a@b@c.de",
            "a@localhost",
        ] {
            assert_eq!(email_address(wrong), Err(TextInvalid::NotAnAddress), "{wrong}");
        }
    }
}
