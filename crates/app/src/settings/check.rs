//! Types and bounds of values (ST-4).

use domain::currency::Currency;
use domain::setting::SettingRow;
use domain::text;
use serde_json::Value;

/// The value as it is stored, or the code and sentence of what is wrong with it.
pub(super) fn checked(row: &SettingRow, entered: &Value) -> Result<Value, (&'static str, String)> {
    match row.kind.as_str() {
        "switch" => entered
            .as_bool()
            .map(Value::from)
            .ok_or_else(|| wrong("switch_invalid", "Use true or false.")),
        "integer" => integer(row, entered),
        _ => {
            let text = entered.as_str().ok_or_else(|| wrong("text_invalid", "Use a text."))?;
            text_value(row, text).map(Value::from)
        }
    }
}

fn integer(row: &SettingRow, entered: &Value) -> Result<Value, (&'static str, String)> {
    let number = entered
        .as_i64()
        .ok_or_else(|| wrong("integer_invalid", "Use a whole number."))?;
    let bounds = row.bounds.split(';').next().unwrap_or_default().trim();
    let (lowest, highest) = bounds
        .split_once('-')
        .and_then(|(low, high)| Some((low.parse::<i64>().ok()?, high.parse::<i64>().ok()?)))
        .unwrap_or((i64::MIN, i64::MAX));
    if (lowest..=highest).contains(&number) {
        Ok(Value::from(number))
    } else {
        Err(wrong("out_of_bounds", &format!("Enter {lowest} to {highest}.")))
    }
}

fn text_value(row: &SettingRow, entered: &str) -> Result<String, (&'static str, String)> {
    if entered.trim().is_empty() && row.default == "" {
        return Ok(String::new());
    }
    match row.kind.as_str() {
        "colour" => colour(entered),
        "currency" => Currency::from_code(entered)
            .map(|currency| currency.code().to_owned())
            .map_err(|_| wrong("currency_unknown", "Choose a currency of the list.")),
        "country" => country(entered),
        "time_zone" => entered
            .parse::<chrono_tz::Tz>()
            .map(|zone| zone.name().to_owned())
            .map_err(|_| wrong("time_zone_unknown", "Use an IANA zone such as Europe/Zurich.")),
        "locale" => locale(entered),
        "image" => super::logo::reencoded(entered),
        "host" => host(entered),
        "url" => blob_endpoint(entered),
        "tenant" => tenant(entered),
        "secret" => secret(row, entered),
        "email" => text::email_address(entered).map_err(|error| (error.code(), error.to_string())),
        "choice" => choice(row, entered),
        "text" => paragraph(row, entered),
        _ => line(row, entered),
    }
}

fn colour(entered: &str) -> Result<String, (&'static str, String)> {
    let upper = entered.to_uppercase();
    let digits = upper.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(upper)
    } else {
        Err(wrong("colour_invalid", "Use #RRGGBB."))
    }
}

fn country(entered: &str) -> Result<String, (&'static str, String)> {
    let upper = entered.trim().to_uppercase();
    if upper.len() == 2 && upper.chars().all(|letter| letter.is_ascii_uppercase()) {
        Ok(upper)
    } else {
        Err(wrong(
            "country_unknown",
            "Use the two letters of the country, such as DE.",
        ))
    }
}

fn locale(entered: &str) -> Result<String, (&'static str, String)> {
    let language = entered.split('-').next().unwrap_or_default();
    if ["en", "de", "fr", "es"].contains(&language) && entered.len() <= 35 {
        Ok(entered.to_owned())
    } else {
        Err(wrong("locale_unknown", "Use a tag of en, de, fr or es, such as en-GB."))
    }
}

fn choice(row: &SettingRow, entered: &str) -> Result<String, (&'static str, String)> {
    if row
        .bounds
        .split(';')
        .next()
        .unwrap_or_default()
        .split('|')
        .any(|choice| choice.trim() == entered)
    {
        Ok(entered.to_owned())
    } else if row.bounds.contains('|') {
        Err(wrong("choice_invalid", &format!("Choose one of: {}.", row.bounds)))
    } else {
        line(row, entered)
    }
}

fn paragraph(row: &SettingRow, entered: &str) -> Result<String, (&'static str, String)> {
    let (longest, lines) = match row.key.as_str() {
        "invoices.payment_details" => (2000, 20),
        "invoices.seller_address" => (500, 8),
        _ => (4000, 100),
    };
    let text = text::paragraph(entered, longest).map_err(|error| (error.code(), error.to_string()))?;
    if text.lines().count() > lines {
        return Err(wrong("too_long", &format!("Use at most {lines} lines.")));
    }
    Ok(text)
}

fn line(row: &SettingRow, entered: &str) -> Result<String, (&'static str, String)> {
    let prefix = row.key.ends_with("number_prefix");
    let longest = match row.key.as_str() {
        _ if prefix => 10,
        "invoices.seller_tax_id" => 50,
        "mail.from_name" => 100,
        _ => 200,
    };
    let text = text::optional_line(entered, longest).map_err(|error| (error.code(), error.to_string()))?;
    let plain = text
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '/');
    if prefix && !plain {
        return Err(wrong("prefix_invalid", "Use A-Z, 0-9, - and /."));
    }
    match row.key.as_str() {
        "storage.account" => storage_account(&text),
        "storage.container" => storage_container(&text),
        _ => Ok(()),
    }?;
    Ok(text)
}

fn storage_account(name: &str) -> Result<(), (&'static str, String)> {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if plain && (3..=24).contains(&name.len()) {
        Ok(())
    } else {
        Err(wrong("account_invalid", "Use 3 to 24 lower-case letters and digits."))
    }
}

/// The naming rules of containers: letters, digits and single hyphens, a letter or digit at both ends.
fn storage_container(name: &str) -> Result<(), (&'static str, String)> {
    let plain = name
        .split('-')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    if plain && (3..=63).contains(&name.len()) {
        Ok(())
    } else {
        let rule = "Use 3 to 63 lower-case letters, digits and single hyphens between them.";
        Err(wrong("container_invalid", rule))
    }
}

fn host(entered: &str) -> Result<String, (&'static str, String)> {
    let name = entered.trim().to_lowercase();
    let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if address || (name.len() <= 253 && name.split('.').all(label)) {
        Ok(name)
    } else {
        Err(wrong("host_invalid", "Use a host name or an address."))
    }
}

/// The address of a blob service. Which networks plain http reaches is decided where it is called (S-71).
fn blob_endpoint(entered: &str) -> Result<String, (&'static str, String)> {
    let invalid = || {
        wrong(
            "url_invalid",
            "Use an https address without user name, query and fragment.",
        )
    };
    let url = url::Url::parse(entered.trim()).map_err(|_| invalid())?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if bare && ["https", "http"].contains(&url.scheme()) && url.has_host() && entered.len() <= 2000 {
        Ok(url.to_string())
    } else {
        Err(invalid())
    }
}

fn tenant(entered: &str) -> Result<String, (&'static str, String)> {
    uuid::Uuid::parse_str(entered.trim())
        .map(|id| id.to_string())
        .map_err(|_| wrong("unknown_reference", "Nothing with this id is visible to you."))
}

/// A secret is kept as it was typed; empty removes it.
fn secret(row: &SettingRow, entered: &str) -> Result<String, (&'static str, String)> {
    let longest = if row.key == "mail.password" { 500 } else { 2000 };
    if entered.chars().count() <= longest && !entered.chars().any(char::is_control) {
        Ok(entered.to_owned())
    } else {
        let detail = format!("Use at most {longest} characters in one line.");
        Err(("secret_invalid", detail))
    }
}

fn wrong(code: &'static str, detail: &str) -> (&'static str, String) {
    (code, detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(key: &str, entered: &Value) -> Option<&'static str> {
        checked(domain::setting::row(key).unwrap(), entered)
            .err()
            .map(|(code, _)| code)
    }

    #[test]
    fn every_default_is_a_value_of_its_own_type() {
        for row in domain::setting::table()
            .iter()
            .filter(|row| row.kind != "secret" && row.kind != "image")
        {
            assert!(checked(row, &row.default).is_ok(), "{}", row.key);
        }
    }

    #[test]
    fn values_out_of_type_or_bounds_are_refused_by_code() {
        assert_eq!(
            code("jobs.job_maximum_runtime_hours", &169.into()),
            Some("out_of_bounds")
        );
        assert_eq!(
            code("invoices.header_font_colour", &"red".into()),
            Some("colour_invalid")
        );
        assert_eq!(
            code("billing.default_platform_currency", &"XXY".into()),
            Some("currency_unknown")
        );
        assert_eq!(
            code("billing.time_zone", &"Mars/Olympus".into()),
            Some("time_zone_unknown")
        );
        assert_eq!(
            code("billing.use_monthly_variable_pricing", &"on".into()),
            Some("switch_invalid")
        );
        assert_eq!(code("invoices.number_prefix", &"inv ".into()), Some("prefix_invalid"));
        assert_eq!(code("invoices.header_font_colour", &"#a1b2c3".into()), None);
    }

    #[test]
    fn st_4_every_bound_of_a_connection_is_checked() {
        for (key, entered, expected) in [
            ("mail.host", "smtp.example.org", None),
            ("mail.host", "smtp example", Some("host_invalid")),
            ("mail.host", "-smtp.example", Some("host_invalid")),
            ("mail.encryption", "ssl", Some("choice_invalid")),
            ("mail.from_address", "nobody", Some("email_invalid")),
            ("mail.password", "two\nlines", Some("secret_invalid")),
            ("storage.endpoint", "ftp://blob.example", Some("url_invalid")),
            ("storage.endpoint", "https://key@blob.example", Some("url_invalid")),
            ("storage.endpoint", "https://blob.example/?sig=1", Some("url_invalid")),
            ("storage.account", "Account", Some("account_invalid")),
            ("storage.account", "ab", Some("account_invalid")),
            ("storage.container", "in--voices", Some("container_invalid")),
            ("storage.container", "invoices-2026", None),
            (
                "subscriptions.auto_created_subscription_tenant_id",
                "T1",
                Some("unknown_reference"),
            ),
        ] {
            assert_eq!(code(key, &entered.into()), expected, "{key} {entered}");
        }
        assert_eq!(code("mail.port", &0.into()), Some("out_of_bounds"));
        assert_eq!(code("security.lockout_minutes", &1441.into()), Some("out_of_bounds"));
    }
}
