//! Every mail the product writes, as a type: what it says and what it may carry.

use serde::{Deserialize, Serialize};

/// A mail to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Link to activate the account, with a code where one is asked for (I-11).
    Invitation,
    /// Link to set a new password (I-23).
    PasswordReset,
    /// Link that confirms a new address (I-8); goes to the new one.
    ConfirmAddress,
    /// Code for registering an authenticator after one was discarded (I-36).
    EnrolmentCode,
    /// Somebody tried to add a user with this address (S-17).
    AddressInUse,
    /// Something about the account changed.
    Notice(Notice),
}

/// What changed about an account (I-6, PM-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Disabled was set.
    Disabled,
    /// Disabled was cleared.
    Enabled,
    /// Locked Out was set by an administrator.
    Locked,
    /// Locked Out was cleared.
    Unlocked,
    /// Role or entity changed.
    RoleChanged,
    /// MFA Required was set.
    MfaRequired,
    /// MFA Required was cleared.
    MfaNotRequired,
    /// MFA was reset.
    MfaReset,
    /// Federated Only was set.
    FederatedOnly,
    /// Federated Only was cleared.
    NotFederatedOnly,
    /// Another address was asked for.
    AddressChanging,
    /// Another address counts now.
    AddressChanged,
    /// The password changed.
    PasswordChanged,
    /// The password has to be reset after many failures.
    PasswordResetNeeded,
    /// An authenticator was registered.
    AuthenticatorRegistered,
    /// The recovery codes were made anew.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// All sessions were ended by an administrator.
    SignedOut,
    /// The account was deleted.
    Deleted,
    /// An identity of a provider was linked (I-43).
    IdentityLinked,
    /// An identity of a provider was unlinked (I-46).
    IdentityUnlinked,
    /// Somebody signed in with the sealed platform account (S-35).
    BreakGlassUsed,
}

/// What was made for a letter when it was written.
#[derive(Clone, Debug, Default)]
pub struct Enclosed {
    /// A link.
    pub link: Option<String>,
    /// A code.
    pub code: Option<String>,
}

/// Subject and text of a letter to somebody of this name.
pub fn written(letter: Letter, name: &str, enclosed: &Enclosed) -> (String, String) {
    let subject = match letter {
        Letter::Invitation => "Activate your account",
        Letter::PasswordReset => "Set a new password",
        Letter::ConfirmAddress => "Confirm your new address",
        Letter::EnrolmentCode => "Your code",
        Letter::AddressInUse => "Your address was entered for a new user",
        Letter::Notice(notice) => notice.subject(),
    };
    let greeting = if name.is_empty() {
        "Hello,".to_owned()
    } else {
        format!("Hello {name},")
    };
    let paragraphs = paragraphs(letter, enclosed).join("\r\n\r\n");
    (subject.to_owned(), format!("{greeting}\r\n\r\n{paragraphs}\r\n"))
}

fn paragraphs(letter: Letter, enclosed: &Enclosed) -> Vec<String> {
    let around = |before: &str, what: &Option<String>, after: &str| {
        vec![before.to_owned(), what.clone().unwrap_or_default(), after.to_owned()]
    };
    match letter {
        Letter::Invitation => invitation(enclosed),
        Letter::PasswordReset => around(
            "open this link to set a new password. It works once, for one hour:",
            &enclosed.link,
            "If you did not ask for it, ignore this mail; your password stays as it is.",
        ),
        Letter::ConfirmAddress => around(
            "open this link to confirm that this address is yours. It works once, for 24 hours:",
            &enclosed.link,
            "Until then the present address of the account counts. If you know nothing of this, ignore this mail.",
        ),
        Letter::EnrolmentCode => around(
            "enter this code to register an authenticator. It works once, for one hour:",
            &enclosed.code,
            "If you are not signing in now, somebody knows your password: change it.",
        ),
        Letter::AddressInUse => vec![
            "somebody entered your address for another user. Your account stays as it is and nobody else can use your \
             address. There is nothing you have to do."
                .to_owned(),
        ],
        Letter::Notice(notice) => vec![
            notice.sentence().to_owned(),
            "If you did not expect this, speak to your administrator.".to_owned(),
        ],
    }
}

fn invitation(enclosed: &Enclosed) -> Vec<String> {
    let mut lines = vec![
        "an account was made for you. Open this link to activate it. It works once, for 24 hours:".to_owned(),
        enclosed.link.clone().unwrap_or_default(),
    ];
    if let Some(code) = &enclosed.code {
        lines.push(format!("The page asks for this code, which works for one hour: {code}"));
    }
    lines.push("When link or code have expired, the page sends new ones.".to_owned());
    lines
}

impl Notice {
    /// Subject of the mail.
    const fn subject(self) -> &'static str {
        match self {
            Self::Disabled => "Your account was disabled",
            Self::Enabled => "Your account was enabled",
            Self::Locked => "Your account was locked",
            Self::Unlocked => "Your account was unlocked",
            Self::RoleChanged => "Your role changed",
            Self::MfaRequired => "An authenticator is required now",
            Self::MfaNotRequired => "An authenticator is not required any more",
            Self::MfaReset => "Your authenticator was reset",
            Self::FederatedOnly => "You sign in through the identity provider now",
            Self::NotFederatedOnly => "You can sign in with a password again",
            Self::AddressChanging => "Another address was entered for your account",
            Self::AddressChanged => "The address of your account changed",
            Self::PasswordChanged => "Your password changed",
            Self::PasswordResetNeeded => "Your password has to be reset",
            Self::AuthenticatorRegistered => "An authenticator was registered",
            Self::RecoveryCodesRenewed => "Your recovery codes changed",
            Self::RecoveryCodeUsed => "A recovery code was used",
            Self::SignedOut => "You were signed out",
            Self::Deleted => "Your account was deleted",
            Self::IdentityLinked => "An identity was linked to your account",
            Self::IdentityUnlinked => "An identity was unlinked from your account",
            Self::BreakGlassUsed => "The sealed platform account was used",
        }
    }

    /// What happened, after the greeting.
    const fn sentence(self) -> &'static str {
        match self {
            Self::Disabled => "an administrator disabled your account.",
            Self::IdentityLinked => {
                "you can sign in with an identity of an identity provider that was linked to your account."
            }
            Self::IdentityUnlinked => "an identity of an identity provider no longer signs in to your account.",
            Self::Enabled => "an administrator enabled your account again.",
            Self::Locked => "an administrator locked your account.",
            Self::Unlocked => "an administrator unlocked your account.",
            Self::RoleChanged => "an administrator changed your role or the entity you hold it on. Sign in again.",
            Self::MfaRequired => {
                "an administrator turned MFA Required on. At the next sign-in you register an authenticator; an earlier one \
             does not count any more."
            }
            Self::MfaNotRequired => "an administrator turned MFA Required off.",
            Self::MfaReset => "an administrator reset your authenticator. At the next sign-in you register one again.",
            Self::FederatedOnly => "an administrator turned Federated Only on. Your password was erased.",
            Self::NotFederatedOnly => "an administrator turned Federated Only off.",
            Self::AddressChanging => {
                "another address was entered for your account. It counts once it was confirmed there; until then this one does."
            }
            Self::AddressChanged => "your account has another address now. This one does not belong to it any more.",
            Self::PasswordChanged => "the password of your account was changed.",
            Self::PasswordResetNeeded => {
                "there were a hundred failed tries to sign in to your account. Ask for a new password on the sign-in page."
            }
            Self::AuthenticatorRegistered => "an authenticator was registered for your account.",
            Self::RecoveryCodesRenewed => {
                "new recovery codes were made for your account; the earlier ones do not work any more."
            }
            Self::RecoveryCodeUsed => "a recovery code was used to sign in to your account.",
            Self::SignedOut => "an administrator ended all your sessions.",
            Self::Deleted => "an administrator deleted your account.",
            Self::BreakGlassUsed => {
                "somebody signed in with the sealed platform account, which is opened at the host's console only."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_carries_link_and_code_and_a_notice_neither() {
        let enclosed = Enclosed {
            link: Some("https://cms.example/activation?token=t".into()),
            code: Some("7K3QX-9MZ2B".into()),
        };
        let (subject, text) = written(Letter::Invitation, "Ada", &enclosed);
        assert_eq!(subject, "Activate your account");
        assert!(text.starts_with("Hello Ada,\r\n"), "{text}");
        assert!(text.contains("/activation?token=t\r\n") && text.contains("7K3QX-9MZ2B"));
        let (_, text) = written(Letter::Notice(Notice::Locked), "Ada", &enclosed);
        assert!(!text.contains("token") && !text.contains("7K3QX"));
    }
}
