//! Exact quantities in units of 10^-18 and their text, as the stamp prints numbers.

/// One whole unit.
pub const ONE: i128 = 1_000_000_000_000_000_000;

/// The quotient of a quantity, with the digits below 10^-18 cut.
pub fn share(numerator: i128, denominator: i128) -> i128 {
    numerator
        .checked_mul(ONE)
        .and_then(|scaled| scaled.checked_div(denominator))
        .unwrap_or_default()
}

/// Plain decimal text without trailing zeros.
pub fn text(atto: i128) -> String {
    let whole = atto.checked_div(ONE).unwrap_or_default();
    let rest = atto.checked_rem(ONE).unwrap_or_default();
    if rest == 0 {
        return whole.to_string();
    }
    let digits = format!("{rest:018}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// As the stamp's JSON prints it: whole numbers with `.0`, very small ones in E notation.
pub fn json_number(atto: i128) -> String {
    let plain = text(atto);
    match plain.strip_prefix("0.0000") {
        Some(rest) if atto > 0 => e_notation(rest),
        _ if plain.contains('.') => plain,
        _ => format!("{plain}.0"),
    }
}

/// `rest` are the digits after `0.0000`.
fn e_notation(rest: &str) -> String {
    let digits = rest.trim_start_matches('0');
    let zeros = rest.len().saturating_sub(digits.len());
    let exponent = zeros.saturating_add(5);
    match digits.split_at_checked(1) {
        Some((first, "")) => format!("{first}E-{exponent:02}"),
        Some((first, more)) => format!("{first}.{more}E-{exponent:02}"),
        None => "0.0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_the_stamp_prints_them() {
        assert_eq!(json_number(ONE), "1.0");
        assert_eq!(json_number(share(1, 744)), "0.001344086021505376");
        assert_eq!(json_number(15_258_789_062_500), "1.52587890625E-05");
        assert_eq!(json_number(share(149, 4)), "37.25");
        assert_eq!(json_number(0), "0.0");
        assert_eq!(text(share(149, 4)), "37.25");
    }
}
