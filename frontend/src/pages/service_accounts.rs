//! Settings: service accounts, their keys, and the key that is shown once (I-65 to I-67).

use super::common::{given, held, lines};
use crate::api::{self, Load, Loader, Named, load};
use crate::format;
use crate::forms::scope::{Draft, level, scope_fields};
use crate::state;
use crate::ui::{
    Column, Field, Form, Input, List, Look, badge, button, confirm, copy, date, dialog, field, form, head, instant,
    list, note, stack, text,
};
use api_types::Page;
use api_types::service_account::{
    KeyRotation, NewServiceAccountKey, ServiceAccountInput, ServiceAccountKeyView, ServiceAccountRevocation,
    ServiceAccountView,
};
use leptos::prelude::*;
use uuid::Uuid;

/// Where a key goes after it was made: the dialog that shows it, and the list.
#[derive(Clone, Copy)]
struct Desk {
    key: RwSignal<Option<NewServiceAccountKey>>,
    again: RwSignal<u32>,
}

impl Desk {
    fn take(self, made: NewServiceAccountKey) {
        self.key.try_set(Some(made));
        self.reload();
    }

    fn reload(self) {
        self.again.try_update(|count| *count = count.wrapping_add(1));
    }
}

/// The page.
pub fn page() -> AnyView {
    let desk = Desk {
        key: RwSignal::new(None),
        again: RwSignal::new(0),
    };
    let asking = RwSignal::new(false);
    let spec = List {
        address: "/service-accounts".to_owned(),
        fixed: vec![],
        search: false,
        columns: vec![
            Column::new("Name"),
            Column::new("User role"),
            Column::new("Scope"),
            Column::new("State"),
            Column::new("Keys"),
            Column::new("Actions"),
            Column::new("Last use"),
            Column::new("Networks"),
            Column::new("Added"),
        ],
        filters: vec![],
        noun: ("service account", "service accounts"),
        empty: "No service accounts yet. A program signs in with the key of one, never with a person's password.",
        next_step: None,
    };
    let (loader, view) = list::<ServiceAccountView>(spec, move |account| row(account, desk));
    follow(desk, loader);
    let actions = if state::can("service_account.create") {
        vec![button("Create", Look::Primary, move || asking.set(true))]
    } else {
        vec![]
    };
    stack(vec![
        head(
            "Service Accounts",
            text("Programs that use the REST API with a key of their own, bound to a role and a scope."),
            actions,
        ),
        create(asking, desk),
        shown_once(desk),
        view,
    ])
}

/// Reads the list again after a change.
fn follow(desk: Desk, loader: Loader<Page<ServiceAccountView>>) {
    Effect::new(move |before: Option<u32>| {
        let now = desk.again.get();
        if before.is_some_and(|before| before != now) {
            loader.reload();
        }
        now
    });
}

fn row(account: &ServiceAccountView, desk: Desk) -> Vec<AnyView> {
    let revoked = account.revoked_at.is_some();
    let used = account.keys.iter().filter_map(|key| key.last_used_at.as_deref()).max();
    let mut acts = vec![];
    if !revoked && state::can("service_account.rotate_key") {
        acts.push(rotate(account, desk));
    }
    if !revoked && state::can("service_account.revoke") {
        acts.push(revoke(account, desk));
    }
    vec![
        text(&account.name),
        text(&format::title(&account.role)),
        anchor(&account.role, account.anchor_id),
        badge(if revoked { "revoked" } else { "active" }),
        keys(account, desk),
        view! { <span class="actions one-line">{acts}</span> }.into_any(),
        instant(used),
        text(&account.source_networks.join(", ")),
        instant(Some(&account.created_at)),
    ]
}

/// The keys; while there are two, each can be revoked alone.
fn keys(account: &ServiceAccountView, desk: Desk) -> AnyView {
    let several = account.keys.len() > 1 && state::can("service_account.revoke");
    let shown = account.keys.iter().map(|one| {
        let act = several.then(|| revoke_key(account, one, desk));
        view! { <div class="actions one-line">{key(one)} {act}</div> }.into_any()
    });
    stack(shown.collect())
}

/// A key by its id, with the day it ends; from 30 days before on that is marked.
fn key(key: &ServiceAccountKeyView) -> AnyView {
    let soon = key.expires_on <= day_after(30);
    let from = key.last_used_from.clone().unwrap_or_default();
    view! {
        <div class="one-line" title=from>
            <code>{key.key_id.clone()}</code>
            " until "
            {date(Some(&key.expires_on))}
            {soon.then(|| badge("ends_soon"))}
        </div>
    }
    .into_any()
}

/// The name of the entity the role is held on.
fn anchor(role: &str, id: Option<Uuid>) -> AnyView {
    let (Some(id), Some(list)) = (
        id,
        ["distributors", "partners", "tenants"].get(level(role).wrapping_sub(1)),
    ) else {
        return text("Platform");
    };
    let path = format!("/{list}/{id}");
    let loader = load::<Named>(move || path.clone());
    (move || {
        loader.state.with(|state| match state {
            Load::Ready(named) => text(&named.name),
            Load::Waiting => text(""),
            Load::Failed(_) => view! { <code>{id.to_string()}</code> }.into_any(),
        })
    })
    .into_any()
}

/// The day so many days from now, as the browser's clock says.
fn day_after(days: u32) -> String {
    let date = js_sys::Date::new_0();
    date.set_utc_date(date.get_utc_date().saturating_add(days));
    let text = String::from(date.to_iso_string());
    text.get(..10).unwrap_or_default().to_owned()
}

fn last_day(frame: Form, value: RwSignal<String>) -> AnyView {
    let spec = Field::new("Key expires on", "/expires_on")
        .of("date")
        .required()
        .help("The last day it works, at most 365 days from now. Alerts come 30 and 7 days before.");
    field(frame, spec, value)
}

fn create(asking: RwSignal<bool>, desk: Desk) -> AnyView {
    dialog(asking, "Create service account", move || {
        let frame = Form::new("service-account");
        let scope = Draft::new("", None);
        let (name, networks, expires) = (held(""), held(""), held(day_after(90)));
        let mut fields = vec![field(frame, Field::new("Name", "/name").required(), name)];
        fields.extend(scope_fields(frame, scope, "User Role"));
        fields.push(field(
            frame,
            Field::new("Source Networks", "/source_networks")
                .input(Input::Area)
                .help("One in each line, for example 192.0.2.0/24. Empty: from anywhere."),
            networks,
        ));
        fields.push(last_day(frame, expires));
        let cancel = button("Cancel", Look::Plain, move || asking.set(false));
        form(frame, "Create", fields, vec![cancel], move || {
            let body = ServiceAccountInput {
                name: given(name),
                role: given(scope.role),
                anchor_id: scope.anchor(),
                source_networks: lines(networks),
                expires_on: given(expires),
            };
            frame.run(
                async move { api::post("/service-accounts", &body).await },
                move |made| {
                    asking.try_set(false);
                    desk.take(made);
                },
            );
        })
    })
}

fn rotate(account: &ServiceAccountView, desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    let path = format!("/service-accounts/{}/rotate-key", account.id);
    let path = StoredValue::new(path);
    let label = format!("Rotate key of {}", account.name);
    let content = move || {
        let frame = Form::new("rotate");
        let expires = held(day_after(90));
        let cancel = button("Cancel", Look::Plain, move || open.set(false));
        let fields = vec![
            note(
                "info",
                "A second key is made and shown once. The present one goes on until it ends or is revoked; two live keys at most.",
            ),
            last_day(frame, expires),
        ];
        form(frame, "Rotate key", fields, vec![cancel], move || {
            let body = KeyRotation {
                expires_on: given(expires),
            };
            frame.run(async move { api::post(&path.get_value(), &body).await }, move |made| {
                open.try_set(false);
                desk.take(made);
            });
        })
    };
    view! { {button("Rotate key", Look::Quiet, move || open.set(true))} {dialog(open, label, content)} }.into_any()
}

fn revoke(account: &ServiceAccountView, desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("revoke");
    let path = format!("/service-accounts/{}/revoke", account.id);
    let title = format!("Revoke {}", account.name);
    let act = move || {
        let path = path.clone();
        frame.run(async move { api::post_empty(&path).await }, move |()| {
            open.try_set(false);
            state::announce("The service account is revoked");
            desk.reload();
        });
    };
    let ask = || text("Its keys and access tokens stop working at once. This cannot be undone.");
    view! {
        {button("Revoke", Look::Quiet, move || open.set(true))}
        {confirm(open, title, "Revoke", Look::Danger, frame, ask, act)}
    }
    .into_any()
}

fn revoke_key(account: &ServiceAccountView, key: &ServiceAccountKeyView, desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("revoke-key");
    let path = format!("/service-accounts/{}/revoke", account.id);
    let title = format!("Revoke the key {}", key.key_id);
    let body = ServiceAccountRevocation {
        key_id: Some(key.key_id.clone()),
    };
    let act = move || {
        let (path, body) = (path.clone(), body.clone());
        frame.run(async move { api::post_done(&path, &body).await }, move |()| {
            open.try_set(false);
            state::announce("The key is revoked");
            desk.reload();
        });
    };
    let ask = || text("It and its access tokens stop working at once. The other key goes on.");
    view! {
        {button("Revoke key", Look::Quiet, move || open.set(true))}
        {confirm(open, title, "Revoke key", Look::Danger, frame, ask, act)}
    }
    .into_any()
}

/// The new key; closing the dialog forgets it.
fn shown_once(desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if desk.key.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            desk.key.set(None);
        }
        now
    });
    dialog(open, "The new key", move || {
        let Some(made) = desk.key.get_untracked() else {
            return ().into_any();
        };
        view! {
            <div class="stack">
                {note("warn", "Copy the key now. It is stored as a hash and never shown again.")}
                <p class="secret"><code class="key">{made.key.clone()}</code> {copy("Copy key", made.key)}</p>
                <p class="muted">
                    "A program exchanges it at POST /api/v1/token for an access token of ten minutes."
                </p>
                <div class="actions end">{button("I have kept it", Look::Primary, move || open.set(false))}</div>
            </div>
        }
        .into_any()
    })
}
