//! Which passwords are accepted (I-20, S-20).

use persistence::Tx;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

use crate::{Error, Invalid, settings};

/// Longest accepted password in characters.
const LONGEST: usize = 1024;
/// Names of the product; a password made of one is guessed first.
const PRODUCT: [&str; 2] = ["cms", "azurestack"];

/// Shortest length with a second factor (I-20).
const SHORTEST_WITH_FACTOR: i64 = 8;

/// The shortest length of a new password of an account with or without a second factor.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn shortest(tx: &Tx, second_factor: bool) -> Result<i64, Error> {
    if second_factor {
        return Ok(SHORTEST_WITH_FACTOR);
    }
    settings::read_integer(tx, "security.password_minimum_length").await
}

/// Notes at `pointer` what is wrong with a new password of somebody with these names and address.
pub fn check(invalid: &mut Invalid, pointer: &str, password: &str, shortest: i64, personal: &[&str]) {
    let length = password.nfc().count();
    if length < usize::try_from(shortest).unwrap_or(usize::MAX) {
        invalid.add(
            pointer,
            "password_too_short",
            format!("Use at least {shortest} characters; a sentence is fine."),
        );
    } else if length > LONGEST {
        invalid.add(
            pointer,
            "password_too_long",
            format!("Use at most {LONGEST} characters."),
        );
    } else if is_common(password) {
        invalid.add(
            pointer,
            "password_common",
            "This password is easy to guess. Use something of your own.",
        );
    } else if is_personal(password, personal) {
        invalid.add(
            pointer,
            "password_personal",
            "Use something other than your name, your address or the product.",
        );
    }
}

/// Common passwords, words, dates, rows of the keyboard and repetitions of them: found within a million guesses.
fn is_common(password: &str) -> bool {
    zxcvbn::zxcvbn(password, &[]).score() < Score::Two
}

/// What is left after taking names, address and product out is shorter than eight characters.
fn is_personal(password: &str, personal: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    let parts = personal
        .iter()
        .flat_map(|text| text.split(['@', '.', ' ', '-']))
        .chain(PRODUCT);
    for part in parts.map(str::to_lowercase).filter(|part| part.chars().count() >= 3) {
        rest = rest.replace(&part, "");
    }
    rest.chars().filter(|character| character.is_alphanumeric()).count() < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str) -> Option<&'static str> {
        let mut invalid = Invalid::new();
        check(
            &mut invalid,
            "/password",
            password,
            15,
            &["Ada", "Berg", "ada@aurora.example"],
        );
        match invalid.check() {
            Err(Error::Invalid(errors)) => errors.first().map(|error| error.code),
            _ => None,
        }
    }

    #[test]
    fn a_long_sentence_is_accepted_and_nothing_is_asked_of_its_characters() {
        assert_eq!(refusal("correct horse battery"), None);
        assert_eq!(refusal("übergroße äpfel im boot"), None);
    }

    #[test]
    fn short_common_and_personal_passwords_are_refused_by_name() {
        assert_eq!(refusal("fourteen chars"), Some("password_too_short"));
        assert_eq!(refusal("aaaaaaaaaaaaaaaaa"), Some("password_common"));
        assert_eq!(refusal("abcdefghijklmnopq"), Some("password_common"));
        for common in [
            "passwordpassword1",
            "P@ssw0rd12345678",
            "1qaz2wsx3edc4rfv",
            "letmeinletmeinletmein",
        ] {
            assert_eq!(refusal(common), Some("password_common"), "{common}");
        }
        assert_eq!(refusal("AdaBergAurora12345"), Some("password_personal"));
    }
}
