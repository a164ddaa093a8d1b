//! User text on paper: shown literally, isolated when it runs right to left, able to wrap (B-87, S-66).

const ZERO_WIDTH_SPACE: char = '\u{200b}';
const ISOLATE: char = '\u{2068}';
const END_ISOLATE: char = '\u{2069}';

/// Makes one line of user text safe to set: control characters and direction overrides are dropped, right-to-left text is
/// isolated from what stands around it, and words longer than `word` characters get places to break.
pub fn line(text: &str, word: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction_control(*c))
        .collect();
    let broken = breakable(clean.trim(), word);
    if broken.chars().any(is_right_to_left) {
        format!("{ISOLATE}{broken}{END_ISOLATE}")
    } else {
        broken
    }
}

/// The lines of a text field, each as by [`line`]; empty lines at the end are dropped.
pub fn lines(text: &str, word: usize) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|one| line(one, word)).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Puts zero-width spaces into runs without a blank that are longer than `word`: after separators, else every few letters, so
/// that even the widest letters stay inside a narrow column.
fn breakable(text: &str, word: usize) -> String {
    let mut result = String::with_capacity(text.len());
    for (at, run) in text.split(' ').enumerate() {
        if at > 0 {
            result.push(' ');
        }
        if run.chars().count() <= word {
            result.push_str(run);
            continue;
        }
        let chunk = (word / 4).max(4);
        let mut since_break = 0_usize;
        for c in run.chars() {
            if since_break >= chunk && !is_mark(c) {
                result.push(ZERO_WIDTH_SPACE);
                since_break = 0;
            }
            result.push(c);
            since_break = since_break.saturating_add(1);
            if since_break > 1 && matches!(c, '_' | '-' | '/' | '.' | '\\' | '@' | ':' | ';' | ',') {
                result.push(ZERO_WIDTH_SPACE);
                since_break = 0;
            }
        }
    }
    result
}

fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Characters that belong to the one before: breaking in front of them would tear a letter apart.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
            | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b_87_right_to_left_text_is_isolated_and_overrides_are_dropped() {
        assert_eq!(line("שלום", 30), "\u{2068}שלום\u{2069}");
        assert_eq!(line("abc\u{202e}fdp.exe", 30), "abcfdp.exe");
        assert_eq!(line("plain", 30), "plain");
    }

    #[test]
    fn b_87_long_words_can_wrap_and_short_ones_are_untouched() {
        assert_eq!(line("short words stay", 10), "short words stay");
        assert_eq!(line("aaaaaaaaaaaa", 5), "aaaa\u{200b}aaaa\u{200b}aaaa");
        assert_eq!(
            line("subscription_production", 20),
            "subsc\u{200b}ripti\u{200b}on_\u{200b}produ\u{200b}ction"
        );
    }

    #[test]
    fn control_characters_never_reach_the_paper_and_lines_are_kept() {
        assert_eq!(line("a\0b\u{7}c\td\r\ne", 30), "abc d  e");
        assert_eq!(lines("IBAN x\r\n\nBank\n\n", 30), ["IBAN x", "", "Bank"]);
    }
}
