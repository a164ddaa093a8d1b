//! Adds or changes an identity provider (I-40).

use crate::api;
use crate::forms::entity::group;
use crate::pages::common::{given, held, lines, optional};
use crate::ui::{Field, Form, Input, field, form, note, options};
use api_types::identity_provider::{IdentityProviderInput, IdentityProviderView};
use leptos::prelude::*;

/// The texts being edited.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    kind: RwSignal<String>,
    issuer: RwSignal<String>,
    client_id: RwSignal<String>,
    client_secret: RwSignal<String>,
    scopes: RwSignal<String>,
    algorithm: RwSignal<String>,
    directory: RwSignal<String>,
    enabled: RwSignal<String>,
}

impl Draft {
    fn of(provider: Option<&IdentityProviderView>) -> Self {
        let text = |pick: fn(&IdentityProviderView) -> &str, none: &str| held(provider.map_or(none, pick));
        Self {
            name: text(|provider| &provider.name, ""),
            kind: text(|provider| &provider.kind, "entra"),
            issuer: text(|provider| &provider.issuer, ""),
            client_id: text(|provider| &provider.client_id, ""),
            client_secret: held(""),
            scopes: held(provider.map_or_else(|| "profile".to_owned(), |provider| provider.scopes.join("\n"))),
            algorithm: text(|provider| &provider.algorithm, "RS256"),
            directory: text(|provider| provider.directory.as_deref().unwrap_or_default(), ""),
            enabled: held(provider.is_none_or(|provider| provider.enabled).to_string()),
        }
    }

    fn input(&self) -> IdentityProviderInput {
        let kind = given(self.kind);
        IdentityProviderInput {
            directory: optional(self.directory).filter(|_| kind == "entra"),
            kind,
            name: given(self.name),
            issuer: given(self.issuer),
            client_id: given(self.client_id),
            client_secret: optional(self.client_secret),
            scopes: lines(self.scopes),
            algorithm: optional(self.algorithm),
            enabled: given(self.enabled) == "true",
        }
    }
}

/// The form; `done` is called when it is stored.
pub fn identity_provider_form(frame: Form, provider: Option<&IdentityProviderView>, done: Callback<()>) -> AnyView {
    let draft = Draft::of(provider);
    let edited = provider.map(|provider| (provider.id, provider.etag.clone()));
    let fields = vec![
        group("Provider", basics(frame, draft)),
        group("Client", client(frame, draft, provider)),
    ];
    form(frame, "Save", fields, vec![], move || {
        let (body, edited) = (draft.input(), edited.clone());
        let call = async move {
            match edited {
                Some((id, etag)) => {
                    api::put::<_, IdentityProviderView>(&format!("/identity-providers/{id}"), &etag, &body).await
                }
                None => api::post("/identity-providers", &body).await,
            }
        };
        frame.run(call, move |_| done.run(()));
    })
}

fn basics(frame: Form, draft: Draft) -> Vec<AnyView> {
    let kinds = options(&[
        ("entra", "Microsoft Entra ID"),
        ("adfs", "AD FS"),
        ("openid_connect", "OpenID Connect"),
    ]);
    let directory = move || {
        (draft.kind.get() == "entra").then(|| {
            let spec = Field::new("Directory", "/directory")
                .required()
                .help("Tenant id of the allowed directory, or any.");
            field(frame, spec, draft.directory)
        })
    };
    vec![
        field(
            frame,
            Field::new("Name", "/name")
                .required()
                .help("Shown on the sign-in page."),
            draft.name,
        ),
        field(frame, Field::new("Kind", "/kind").required().input(kinds), draft.kind),
        field(
            frame,
            Field::new("Issuer", "/issuer")
                .required()
                .of("url")
                .help("Exactly as the provider's tokens name it. A new host removes the stored secret."),
            draft.issuer,
        ),
        directory.into_any(),
        field(
            frame,
            Field::new("Enabled", "/enabled")
                .help("Off: its button leaves the sign-in page and the sessions it opened end.")
                .input(Input::Switch),
            draft.enabled,
        ),
    ]
}

fn client(frame: Form, draft: Draft, provider: Option<&IdentityProviderView>) -> Vec<AnyView> {
    let algorithms = options(&[
        ("RS256", "RS256"),
        ("PS256", "PS256"),
        ("ES256", "ES256"),
        ("EdDSA", "EdDSA"),
    ]);
    let stored = if provider.is_some_and(|provider| provider.client_secret_set) {
        "Stored; it is not shown. Empty keeps it."
    } else {
        "Not stored yet."
    };
    let mut fields = vec![
        field(frame, Field::new("Client Id", "/client_id").required(), draft.client_id),
        field(
            frame,
            Field::new("Client Secret", "/client_secret")
                .of("password")
                .complete("new-password")
                .help(stored),
            draft.client_secret,
        ),
        field(
            frame,
            Field::new("Scopes", "/scopes")
                .input(Input::Area)
                .help("Asked for beside openid, one in each line."),
            draft.scopes,
        ),
        field(
            frame,
            Field::new("Algorithm", "/algorithm").required().input(algorithms),
            draft.algorithm,
        ),
    ];
    if let Some(provider) = provider {
        let sentence = format!("Register this way back at the provider: {}", provider.redirect_uri);
        fields.push(note("info", sentence));
    }
    fields
}
