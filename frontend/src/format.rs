//! Figures, moments and codes as people read them.

mod figures;
mod moments;
mod zone;

pub use figures::{count, counted, group, money, quantity, round};
pub use moments::{date, instant, month, month_days, shift_month, time_of_day};

/// From now on everything is shown as this user asks for it in Profile; neutrally and in UTC where they do not say. The
/// locale of the installation is that of its documents and changes no screen.
pub fn show_for(locale: Option<&str>, time_zone: Option<&str>) {
    figures::write_as_in(locale);
    moments::tell_by(time_zone.and_then(zone::Clock::of));
}

/// Codes that people write in capitals.
const ABBREVIATIONS: [&str; 3] = ["sas", "starttls", "tls"];

/// A code as words in sentence case: `completed_with_errors` is `Completed with errors`.
pub fn words(code: &str) -> String {
    if ABBREVIATIONS.contains(&code) {
        return code.to_uppercase();
    }
    let text = code.replace(['_', '-'], " ");
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A role as the how-to writes it: `platform_administrator` is `Platform Administrator`.
pub fn title(code: &str) -> String {
    code.split('_').map(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words() {
        assert_eq!(words("completed_with_errors"), "Completed with errors");
        assert_eq!(words("tls"), "TLS");
        assert_eq!(title("platform_administrator"), "Platform Administrator");
    }
}
