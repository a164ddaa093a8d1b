//! Whether text can be read on its background: the form and the server judge it alike (ST-25).

/// Whether the contrast of two colours is at least 4.5:1 (ST-25), in whole millionths of light.
pub fn readable(background: &str, font: &str) -> bool {
    match (luminance(background), luminance(font)) {
        (Some(one), Some(other)) => {
            let (light, dark) = if one > other { (one, other) } else { (other, one) };
            (light + 50_000) * 10 >= (dark + 50_000) * 45
        }
        _ => true,
    }
}

/// Relative luminance in millionths.
fn luminance(colour: &str) -> Option<u64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |from: usize| u64::from_str_radix(digits.get(from..from + 2)?, 16).ok().map(linear);
    let (red, green, blue) = (channel(0)?, channel(2)?, channel(4)?);
    Some((red * 2126 + green * 7152 + blue * 722) / 10_000)
}

/// A channel of sRGB, 0 to 255, as linear light in millionths: c(c(0.305306011c + 0.682171111) + 0.012522878).
fn linear(channel: u64) -> u64 {
    let share = channel * 1_000_000 / 255;
    let inner = 305_306 * share / 1_000_000 + 682_171;
    let middle = inner * share / 1_000_000 + 12_523;
    middle * share / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_25_contrast_is_judged_as_the_standard_does() {
        assert!(readable("#FFFFFF", "#000000"));
        assert!(readable("#ffffff", "#767676"));
        assert!(!readable("#FFFFFF", "#787878"));
        assert!(!readable("#FFFF00", "#FFFFFF"));
        assert!(readable("#1F4E79", "#FFFFFF"));
        assert!(readable("not a colour", "#FFFFFF"));
    }
}
