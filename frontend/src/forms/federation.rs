//! Identity providers as buttons: the browser goes there and comes back (I-41, I-43).

use crate::api::{self, ApiError, load};
use crate::ui::{Form, Look, button, failure, show_more};
use api_types::identity_provider::{FederationRedirect, FederationStart, LinkStart, SignInOptions};
use leptos::prelude::*;
use uuid::Uuid;

/// What going to a provider is for.
#[derive(Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in; afterwards to this path of the app.
    SignIn(String),
    /// Activating by the link with this token.
    Activation(String),
    /// A fresh proof; afterwards to this path of the app.
    StepUp(String),
    /// Linking an identity to the own account.
    Link,
}

impl Purpose {
    fn verb(&self) -> &'static str {
        match self {
            Self::SignIn(_) => "Sign in with",
            Self::Activation(_) => "Activate with",
            Self::StepUp(_) => "Confirm with",
            Self::Link => "Link",
        }
    }

    fn start(&self, identity_provider_id: Uuid) -> Option<FederationStart> {
        let (purpose, token, return_to) = match self {
            Self::SignIn(path) => ("sign_in", None, Some(path.clone())),
            Self::Activation(token) => ("activation", Some(token.clone()), None),
            Self::StepUp(path) => ("step_up", None, Some(path.clone())),
            Self::Link => return None,
        };
        Some(FederationStart {
            identity_provider_id,
            purpose: purpose.to_owned(),
            token,
            return_to,
        })
    }
}

/// One button for each enabled provider; nothing when there is none.
pub fn providers(purpose: Purpose) -> AnyView {
    let loader = load::<SignInOptions>(|| "/sign-in-options".to_owned());
    let frame = Form::new("federation");
    show_more(loader, move |options| {
        if options.identity_providers.is_empty() {
            return ().into_any();
        }
        let buttons = options
            .identity_providers
            .iter()
            .map(|provider| {
                let (id, purpose) = (provider.id, purpose.clone());
                let label = format!("{} {}", purpose.verb(), provider.name);
                button(label, Look::Plain, move || {
                    let purpose = purpose.clone();
                    frame.run(async move { start(&purpose, id).await }, |go| leave(&go.location));
                })
            })
            .collect::<Vec<_>>();
        let refusal = move || {
            frame
                .error
                .with(|error| error.as_ref().map(|error| failure(error, None)))
        };
        view! { <div class="providers">{refusal}{buttons}</div> }.into_any()
    })
}

async fn start(purpose: &Purpose, id: Uuid) -> Result<FederationRedirect, ApiError> {
    if let Some(body) = purpose.start(id) {
        return api::post("/federation", &body).await;
    }
    let body = LinkStart {
        identity_provider_id: id,
    };
    api::post("/profile/identities", &body).await
}

fn leave(address: &str) {
    // A browser that refuses to go stays on the page, where the button still is.
    let _ = window().location().assign(address);
}

/// How a way to a provider ended, as the address of the way back says.
pub fn outcome(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "linked" => ("good", "The identity is linked. You can sign in with it from now on."),
        "taken" => ("bad", "This identity belongs to another account already."),
        "refused" => (
            "bad",
            "The identity provider knows you, but no account here is linked with that identity. Ask your administrator for an invitation.",
        ),
        "expired" => (
            "warn",
            "The sign-in at the identity provider took too long. Start again.",
        ),
        "failed" => (
            "bad",
            "The sign-in at the identity provider failed. Start again; if it stays, tell your administrator.",
        ),
        _ => return None,
    })
}
