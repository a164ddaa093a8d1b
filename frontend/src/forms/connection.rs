//! Endpoints and credentials of a region (U-10). Stored secrets are never shown; an empty field keeps them.

use crate::pages::common::{given, held, optional};
use crate::ui::{Field, Form, Input, field, options};
use api_types::region::{ConnectionInput, RegionView};
use leptos::prelude::*;

/// The texts being edited.
#[derive(Clone, Copy)]
pub struct ConnectionDraft {
    admin: RwSignal<String>,
    tenant: RwSignal<String>,
    directory: RwSignal<String>,
    client: RwSignal<String>,
    kind: RwSignal<String>,
    secret: RwSignal<String>,
    certificate: RwSignal<String>,
    expires: RwSignal<String>,
    authority: RwSignal<String>,
    login: RwSignal<String>,
}

impl ConnectionDraft {
    /// Starts from a stored region, or empty.
    pub fn of(region: Option<&RegionView>) -> Self {
        let own = |pick: fn(&RegionView) -> Option<String>| held(region.and_then(pick).unwrap_or_default());
        let kind = region.and_then(|region| region.credential_kind.clone());
        Self {
            admin: own(|region| Some(region.admin_endpoint.clone())),
            tenant: own(|region| region.tenant_endpoint.clone()),
            directory: own(|region| region.directory.clone()),
            client: own(|region| region.client_id.clone()),
            kind: held(kind.unwrap_or_else(|| "secret".to_owned())),
            secret: held(""),
            certificate: held(""),
            expires: held(""),
            authority: held(""),
            login: own(|region| region.login_endpoint.clone()),
        }
    }

    /// What is sent.
    pub fn input(self) -> ConnectionInput {
        let with_certificate = given(self.kind) == "certificate";
        ConnectionInput {
            admin_endpoint: given(self.admin),
            tenant_endpoint: optional(self.tenant),
            directory: optional(self.directory),
            client_id: given(self.client),
            client_secret: optional(self.secret).filter(|_| !with_certificate),
            certificate_pem: optional(self.certificate).filter(|_| with_certificate),
            expires_on: optional(self.expires),
            private_ca_pem: optional(self.authority),
            login_endpoint: optional(self.login),
        }
    }
}

/// The fields; `base` is where the connection stands in the request, `stored` whether a credential is kept.
pub fn connection_fields(frame: Form, draft: ConnectionDraft, base: &'static str, stored: bool) -> Vec<AnyView> {
    let at = move |name: &str| format!("{base}/{name}");
    let keep = if stored {
        "Empty: keep the stored one while no endpoint changes."
    } else {
        "Stored encrypted and never shown again."
    };
    let credential = move || {
        if draft.kind.get() == "certificate" {
            let spec = Field::new("Certificate with key (PEM)", &at("certificate_pem"))
                .input(Input::Area)
                .help(keep);
            field(frame, if stored { spec } else { spec.required() }, draft.certificate)
        } else {
            let spec = Field::new("Client Secret", &at("client_secret"))
                .of("password")
                .complete("new-password")
                .help(keep);
            field(frame, if stored { spec } else { spec.required() }, draft.secret)
        }
    };
    let kinds = options(&[("secret", "Secret"), ("certificate", "Certificate")]);
    vec![
        field(
            frame,
            Field::new("Admin Endpoint", &at("admin_endpoint"))
                .of("url")
                .required()
                .help("For example https://adminmanagement.zrh1.cloud.example"),
            draft.admin,
        ),
        field(
            frame,
            Field::new("Tenant Endpoint", &at("tenant_endpoint"))
                .of("url")
                .help("Empty: discovered."),
            draft.tenant,
        ),
        field(
            frame,
            Field::new("Directory", &at("directory"))
                .help("GUID or domain of the home directory; not needed with AD FS."),
            draft.directory,
        ),
        field(
            frame,
            Field::new("Login Endpoint", &at("login_endpoint")).of("url").help(
                "Where the stamp signs in. Empty: Test Connection shows it and asks before the credential goes there.",
            ),
            draft.login,
        ),
        field(
            frame,
            Field::new("Client Id", &at("client_id")).required(),
            draft.client,
        ),
        field(
            frame,
            Field::new("Credential", &at("credential_kind")).required().input(kinds),
            draft.kind,
        ),
        credential.into_any(),
        field(
            frame,
            Field::new("Expires on", &at("expires_on")).of("date"),
            draft.expires,
        ),
        field(
            frame,
            Field::new("Private certificate authority (PEM)", &at("private_ca_pem"))
                .input(Input::Area)
                .help("Only when the stamp's certificates come from an own authority."),
            draft.authority,
        ),
    ]
}
