//! Test Connection of a region: its steps, and the login address that waits for its confirmation (U-7, U-10).

use crate::api::{self, Load, Loader};
use crate::format;
use crate::state;
use crate::ui::{Column, Form, Look, badge, button_when, failure, note, section, stack, table, text};
use api_types::region::{ConnectionInput, ConnectionTest, RegionView};
use leptos::prelude::*;
use uuid::Uuid;

/// The test of one page: running, refused or ended.
#[derive(Clone, Copy)]
pub(super) struct ConnectionTesting {
    running: Form,
    confirming: Form,
    ended: RwSignal<Option<ConnectionTest>>,
}

impl ConnectionTesting {
    pub(super) fn new() -> Self {
        Self {
            running: Form::new("test"),
            confirming: Form::new("confirm"),
            ended: RwSignal::new(None),
        }
    }

    /// What starts it.
    pub(super) fn button(self, id: Uuid, loader: Loader<RegionView>) -> AnyView {
        let busy = move || self.running.busy.get();
        button_when("Test Connection", Look::Plain, busy, move || self.start(id, loader))
    }

    fn start(self, id: Uuid, loader: Loader<RegionView>) {
        self.ended.set(None);
        self.running.run(
            async move { api::post(&format!("/regions/{id}/test-connection"), &serde_json::json!({})).await },
            move |test: ConnectionTest| {
                state::announce(title(&test));
                self.ended.try_set(Some(test));
                loader.reload();
            },
        );
    }

    /// How it goes, or went.
    pub(super) fn result(self, id: Uuid, loader: Loader<RegionView>) -> AnyView {
        (move || {
            if self.running.busy.get() {
                return note("info", "Testing the connection …");
            }
            if let Some(error) = self.running.error.get() {
                return failure(&error, None);
            }
            self.ended.with(|test| match test {
                Some(test) => section(
                    title(test),
                    stack(vec![steps(test), self.confirmation(test, id, loader)]),
                ),
                None => ().into_any(),
            })
        })
        .into_any()
    }

    /// The login address the stamp names, to be confirmed before the secret goes there. Another one than the confirmed
    /// drops the secret, so that it is entered again under Endpoints and Credentials (S-57).
    fn confirmation(self, test: &ConnectionTest, id: Uuid, loader: Loader<RegionView>) -> AnyView {
        let Some(login) = test.login_to_confirm.clone() else {
            return ().into_any();
        };
        let region = loader.state.with(|state| match state {
            Load::Ready(region) => Some(region.clone()),
            _ => None,
        });
        if !state::can("region.set_connection") || region.as_ref().is_none_or(|region| region.login_endpoint.is_some())
        {
            return note(
                "warn",
                format!(
                    "An administrator sets {login} as Login Endpoint under Endpoints and Credentials, with the secret."
                ),
            );
        }
        let refused = move || self.confirming.error.get().map(|error| failure(&error, None));
        let busy = move || self.confirming.busy.get();
        let sentence =
            format!("The secret of this region goes to {login} once you confirm that this is where it signs in.");
        let confirm = button_when("Confirm Login Endpoint", Look::Primary, busy, move || {
            if let Some(region) = region.clone() {
                self.confirm(region, login.clone(), id, loader);
            }
        });
        stack(vec![
            note("warn", sentence),
            refused.into_any(),
            view! { <div class="actions">{confirm}</div> }.into_any(),
        ])
    }

    fn confirm(self, region: RegionView, login: String, id: Uuid, loader: Loader<RegionView>) {
        let body = ConnectionInput {
            login_endpoint: Some(login),
            ..kept(&region)
        };
        self.confirming.run(
            async move { api::put(&format!("/regions/{id}/connection"), &region.etag, &body).await },
            move |region: RegionView| {
                loader.set(region);
                self.start(id, loader);
            },
        );
    }
}

/// The connection as it is; what is not given is kept.
fn kept(region: &RegionView) -> ConnectionInput {
    ConnectionInput {
        admin_endpoint: region.admin_endpoint.clone(),
        tenant_endpoint: region.tenant_endpoint.clone(),
        directory: region.directory.clone(),
        client_id: region.client_id.clone().unwrap_or_default(),
        client_secret: None,
        certificate_pem: None,
        expires_on: None,
        private_ca_pem: None,
        login_endpoint: region.login_endpoint.clone(),
    }
}

fn title(test: &ConnectionTest) -> &'static str {
    if test.succeeded {
        "Connection test passed"
    } else if test.login_to_confirm.is_some() {
        "Login endpoint to confirm"
    } else {
        "Connection test failed"
    }
}

fn steps(test: &ConnectionTest) -> AnyView {
    let columns = [
        Column::new("Step"),
        Column::new("Result"),
        Column::new("What was found"),
    ];
    let rows = test.steps.iter().map(|step| {
        let state = match (step.succeeded, test.login_to_confirm.is_some()) {
            (true, _) => "succeeded",
            (false, true) => "waiting",
            (false, false) => "failed",
        };
        vec![text(&format::words(&step.step)), badge(state), text(&step.message)]
    });
    table("connection test", &columns, rows.collect())
}
