//! What can go wrong, as a sentence. The one place where codes become words.

use api_types::common::{Problem, ProblemField};

/// Why a call did not give what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The server could not be reached.
    Offline,
    /// The answer is not what this version of the app understands.
    Unreadable,
    /// The server refused.
    Refused(Box<Problem>),
}

impl ApiError {
    /// What happened and what to do next.
    pub fn sentence(&self) -> String {
        match self {
            Self::Offline => "The server cannot be reached. Nothing was changed; try again.".to_owned(),
            Self::Unreadable => {
                "The answer of the server is not understood. Load the page again to get the newest version of the app."
                    .to_owned()
            }
            Self::Refused(problem) => of_problem(problem),
        }
    }

    /// The request id to look for in the log.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) if !problem.request_id.is_empty() => Some(&problem.request_id),
            _ => None,
        }
    }

    /// The wrong fields.
    pub fn fields(&self) -> &[ProblemField] {
        match self {
            Self::Refused(problem) => &problem.errors,
            _ => &[],
        }
    }

    /// HTTP status, 0 without an answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(problem) => problem.status,
            _ => 0,
        }
    }

    /// The stable code of the refusal; empty without one.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(problem) => &problem.code,
            _ => "",
        }
    }

    /// A refusal made in the browser, before the server was asked.
    pub fn field(pointer: &str, sentence: &str) -> Self {
        Self::Refused(Box::new(Problem {
            r#type: String::new(),
            title: String::new(),
            status: 422,
            detail: "Check the marked fields.".to_owned(),
            code: "validation_failed".to_owned(),
            request_id: String::new(),
            errors: vec![ProblemField {
                pointer: pointer.to_owned(),
                code: "invalid".to_owned(),
                detail: sentence.to_owned(),
            }],
        }))
    }
}

fn of_problem(problem: &Problem) -> String {
    let known = match problem.code.as_str() {
        "stale" | "stale_version" | "precondition_failed" => {
            "Someone else changed this since you opened it. Load the page again, then make your change."
        }
        "has_children" => "It still has partners or tenants below it. Delete or move them first.",
        "has_subscriptions" => "It still has subscriptions. Delete or move them first.",
        "has_uninvoiced_usage" => "It has usage that is not on an issued invoice. Issue its invoices first.",
        "has_previews" => "It has invoices in preview. Issue or delete them first.",
        "has_open_balance" => "It has open balances. Settle them first.",
        "has_open_statements" => "It has unpaid statements. Settle them first.",
        "job_running" => "A job of it is running. Wait for its end or cancel it.",
        "already_issued" => "This invoice has already been issued.",
        "list_overlap" => "Another price list of the same region or tenant is in force in these months.",
        "affects_issued_invoices" => "This would change amounts of issued invoices. Choose a later month.",
        "switched_off" => "A system setting switches this off for your role.",
        "step_up_required" => "This needs a fresh proof that it is you. Nothing was changed.",
        "self_change_refused" => {
            "This is your own account. Change names and credentials under Profile; ask another administrator for the rest."
        }
        "above_own_level" => "This person's role is above yours. Ask an administrator of that level.",
        "role_not_grantable" => "Your role cannot give this role, or not in this scope.",
        "last_administrator" => {
            "This is the last platform administrator who can sign in. Give another person the role first."
        }
        "no_identity_provider" => "No identity provider is enabled. Enable one under System Settings first.",
        "mfa_not_required" => "MFA Required is off for this user. Turn it on first.",
        "not_active" => "This user has not activated the account yet. Send the activation again instead.",
        "already_active" => "This user has activated the account already.",
        "federated_only" => "This user signs in through an identity provider and has no password here.",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    if !problem.detail.is_empty() {
        return problem.detail.clone();
    }
    match problem.status {
        401 => "You are not signed in.",
        403 => "Your role does not allow this.",
        404 => "Nothing with this address is visible to you.",
        409 => "The present state does not allow this.",
        412 | 428 => "Someone else changed this since you opened it. Load the page again, then make your change.",
        429 => "Too many requests. Wait a minute, then try again.",
        502..=504 => "The server is not ready. Try again in a moment.",
        _ => "The server could not do this. Try again; if it stays, give the request id to your administrator.",
    }
    .to_owned()
}

/// Puts a refusal of the whole request beside the one field it is about.
pub fn place(problem: &mut Problem) {
    let pointer = match problem.code.as_str() {
        "email_taken" => "/email_address",
        "no_identity_provider" => "/federated_only",
        _ => return,
    };
    if problem.errors.is_empty() {
        problem.errors.push(ProblemField {
            pointer: pointer.to_owned(),
            code: problem.code.clone(),
            detail: of_problem(problem),
        });
    }
}

/// Why an invoice cannot be issued (B-41), and what mends it.
pub fn blocker(code: &str) -> String {
    match code {
        "period_not_ended" => "The billing period has not ended. Wait for its end.".to_owned(),
        "stale" => "Usage or prices changed since this preview was made. Generate it again.".to_owned(),
        "seller_incomplete" => {
            "The seller's name, address or country is missing. Fill them in under System Settings, Invoices.".to_owned()
        }
        "exchange_rate_missing" => "An exchange rate of the period is missing. Add it.".to_owned(),
        "collection_incomplete" => {
            "Not every reported day the period needs has been read. Run Update Usage for its region.".to_owned()
        }
        "usage_quarantined" => "Rows of this tenant's usage are in quarantine. Resolve them.".to_owned(),
        "usage_unpriced" => "Some usage has no price. Publish a price for its meter, then generate again.".to_owned(),
        "unusual_amount" => "The net amount is more than ten times the largest of the last three invoices.".to_owned(),
        other => crate::format::words(other),
    }
}

/// Whether a platform administrator may issue despite it (B-42).
pub fn may_be_overridden(code: &str) -> bool {
    matches!(
        code,
        "collection_incomplete" | "usage_quarantined" | "usage_unpriced" | "unusual_amount"
    )
}

/// Warnings that do not refuse, for people.
pub fn notice(code: &str) -> String {
    match code {
        "range_cut" => "The range was cut to the days that can be read.".to_owned(),
        "joined" => "An identical job was already open; this page follows it.".to_owned(),
        "tier_gap" => "There is a gap between tiers; the base rate applies inside it.".to_owned(),
        other => crate::format::words(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, detail: &str) -> ApiError {
        ApiError::Refused(Box::new(Problem {
            r#type: String::new(),
            title: String::new(),
            status,
            detail: detail.to_owned(),
            code: code.to_owned(),
            request_id: "r-1".to_owned(),
            errors: Vec::new(),
        }))
    }

    #[test]
    fn a_refusal_about_one_field_stands_beside_it() {
        let mut problem = match refused(409, "email_taken", "A user with this address exists already.") {
            ApiError::Refused(problem) => problem,
            other => panic!("{other:?}"),
        };
        place(&mut problem);
        let field = problem.errors.first().unwrap();
        assert_eq!(field.pointer, "/email_address");
        assert_eq!(field.detail, "A user with this address exists already.");
    }

    #[test]
    fn a_known_code_has_its_own_sentence() {
        assert!(
            refused(409, "has_children", "x")
                .sentence()
                .contains("partners or tenants")
        );
    }

    #[test]
    fn an_unknown_code_shows_what_the_server_said() {
        assert_eq!(refused(422, "new_code", "Enter a name.").sentence(), "Enter a name.");
    }

    #[test]
    fn an_answer_without_words_is_told_by_its_status() {
        assert_eq!(refused(403, "", "").sentence(), "Your role does not allow this.");
        assert!(refused(412, "", "").sentence().starts_with("Someone else changed"));
        assert_eq!(refused(500, "", "").request_id(), Some("r-1"));
    }

    #[test]
    fn every_blocker_of_b_41_is_explained_and_only_those_of_b_42_can_be_overridden() {
        let all = [
            ("period_not_ended", false),
            ("stale", false),
            ("seller_incomplete", false),
            ("exchange_rate_missing", false),
            ("collection_incomplete", true),
            ("usage_quarantined", true),
            ("usage_unpriced", true),
            ("unusual_amount", true),
        ];
        for (code, overridable) in all {
            assert_ne!(blocker(code), crate::format::words(code), "{code}");
            assert_eq!(may_be_overridden(code), overridable, "{code}");
        }
    }
}
