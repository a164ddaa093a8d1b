//! What stands below a setting: what it does, in the words of who sets it, and which values it takes.
//!
//! The catalogue says what each setting drives for readers of the API. Where those sentences name operations, jobs or
//! rules, the screen says the same in plain words.

use api_types::setting::SettingView;

/// The help of a setting: for a secret or a logo whether one is stored, then its meaning, then its bounds.
pub(super) fn help(setting: &SettingView, secret_set: bool) -> String {
    let mut sentences = vec![];
    if matches!(setting.r#type.as_str(), "secret" | "image") {
        sentences.push(
            if secret_set {
                "Stored; it is not shown. Empty keeps it."
            } else {
                "Not stored yet."
            }
            .to_owned(),
        );
    }
    let meaning = meaning(&setting.key).map_or_else(|| without_rules(&setting.drives), str::to_owned);
    sentences.extend(sentence("", &meaning));
    if !matches!(setting.r#type.as_str(), "choice" | "colour") {
        let accepted = accepted(&setting.key).map_or_else(|| without_rules(&setting.bounds), str::to_owned);
        sentences.extend(sentence("Accepted: ", &accepted));
    }
    sentences.join(" ")
}

fn sentence(before: &str, text: &str) -> Option<String> {
    (!text.is_empty()).then(|| format!("{before}{}.", text.trim_end_matches('.')))
}

fn meaning(key: &str) -> Option<&'static str> {
    Some(match key {
        "tenants.partner_self_provisioning" => "On: partner administrators create tenants of their own partner",
        "tenants.distributor_self_provisioning" => {
            "On: distributor administrators create tenants below their own distributor"
        }
        "subscriptions.tenant_self_provisioning" => {
            "On: tenant administrators create subscriptions of their own tenant"
        }
        "subscriptions.partner_provisioning" => "On: partner administrators create subscriptions for their tenants",
        "subscriptions.distributor_provisioning" => {
            "On: distributor administrators create subscriptions for the tenants below them"
        }
        "subscriptions.perform_tenant_identity_health_checks" => {
            "On: the directory of every live subscription is checked, and an alert tells of one that does not answer. Off: \
             nothing is checked and such alerts close"
        }
        "subscriptions.auto_create_missing_subscriptions" => {
            "On: usage of a subscription nobody registered creates it under the tenant named above. Off: such usage waits \
             until somebody registers the subscription, and an alert tells of it"
        }
        "invoices.submission_delay_days" => {
            "Days after the end of a month before its previews are created and sent to the reviewers by themselves"
        }
        "invoices.auto_create_invoices" => {
            "On: previews of every tenant are created after the submission delay. Off: previews are created by hand only"
        }
        "invoices.auto_email_invoices" => {
            "On: an invoice that is issued is sent to the billing contacts of its tenant. It never issues anything by itself"
        }
        "invoices.delinquent_payment_notification_interval_days" => "Days between two notices of an overdue invoice",
        "subscriptions.auto_created_subscription_tenant_id" => {
            "Tenant that receives subscriptions created by themselves. It cannot be deleted while it is named here"
        }
        "storage.account" => "Name of the account at the endpoint",
        "mail.encryption" => {
            "STARTTLS and TLS refuse a server that does not offer them. None is accepted only without a user name"
        }
        "invoices.show_to_tenants" => {
            "On: tenants see their issued, paid and void documents, never previews. Off: they see no documents"
        }
        "users.tenant_self_provisioning" => "On: tenant administrators add users of their own tenant",
        "users.partner_self_provisioning" => {
            "On: partner administrators add users of their own partner and its tenants"
        }
        "users.distributor_self_provisioning" => {
            "On: distributor administrators add users of their own distributor and everyone below it"
        }
        "billing.time_zone" => {
            "Decides the dates on documents and when previews and notices are made. Billing periods are months of UTC"
        }
        "calculator.show_to_tenants" => "On: tenants see and use the calculator",
        "calculator.show_to_partners" => "On: partners see and use the calculator",
        "calculator.show_to_distributors" => "On: distributors see and use the calculator",
        "jobs.job_maximum_runtime_hours" => {
            "A job that runs longer is stopped and marked as failed, also one that runs now"
        }
        "storage.api_version" => "Version of the storage service that requests ask for",
        "usage.missing_after_days" => "Complete days without usage after which an alert tells of it",
        _ => return None,
    })
}

fn accepted(key: &str) -> Option<&'static str> {
    Some(match key {
        "tenants.default_tenant_currency" => "a currency, or empty for that of the platform",
        "billing.default_platform_currency" => "a currency; fixed once an invoice has been issued",
        "invoices.default_locale" => "a language and country that documents are written in",
        "invoices.seller_country" => "a country",
        "billing.time_zone" => "a time zone by its city",
        _ => return None,
    })
}

/// Without references to the rules, which are for readers of the specification.
fn without_rules(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" (") else {
        return text.to_owned();
    };
    match rest.split_once(')') {
        Some((inside, after)) if inside.contains(".md ") => format!("{before}{}", without_rules(after)),
        Some((inside, after)) => format!("{before} ({inside}){}", without_rules(after)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const TABLE: &str = include_str!("../../../../spec/settings.csv");

    /// Every setting, with what it drives; its bounds are left out.
    fn settings() -> Vec<SettingView> {
        let row = |line: &str| {
            let (before, drives) = line.split_once(",no,").or_else(|| line.split_once(",yes,"))?;
            let mut columns = before.split(',');
            Some(SettingView {
                key: columns.next()?.to_owned(),
                section: columns.next()?.to_owned(),
                label: columns.next()?.to_owned(),
                r#type: columns.next()?.to_owned(),
                value: Value::Null,
                bounds: String::new(),
                drives: drives.trim_matches('"').to_owned(),
            })
        };
        TABLE.lines().skip(1).filter_map(row).collect()
    }

    #[test]
    fn no_setting_is_explained_in_the_words_of_programs() {
        let settings = settings();
        assert_eq!(settings.len(), TABLE.lines().count() - 1);
        for setting in settings {
            let help = help(&setting, false);
            assert!(help.len() > 10, "{}: {help}", setting.key);
            for word in [
                ".create",
                ".run",
                "403",
                ".md",
                "x-ms",
                "the job",
                "outbox",
                "is refused",
                "IANA",
            ] {
                assert!(!help.contains(word), "{}: {help}", setting.key);
            }
        }
    }

    #[test]
    fn references_to_rules_are_left_out_of_the_help() {
        assert_eq!(
            without_rules("Spacing of notices (billing.md B-64), in days (whole)"),
            "Spacing of notices, in days (whole)"
        );
        assert_eq!(without_rules("Seller"), "Seller");
    }
}
