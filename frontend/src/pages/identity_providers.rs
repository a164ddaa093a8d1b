//! System Settings, Sign-in: the identity providers (I-40).

use super::common::{Deletion, delete_then};
use crate::api::{Loader, load};
use crate::format;
use crate::forms::identity_provider::identity_provider_form;
use crate::paths::Place;
use crate::state;
use crate::ui::{Column, Form, Look, badge, button, dialog, empty, instant, section as part, show, stack, table, text};
use api_types::Page;
use api_types::identity_provider::IdentityProviderView;
use leptos::prelude::*;

/// The section.
pub fn section() -> AnyView {
    let loader = load::<Page<IdentityProviderView>>(|| "/identity-providers?limit=200&sort=name".to_owned());
    show(loader, move |page| {
        let create = state::can("identity_provider.create").then(|| dialog_button("Create", None, loader));
        if page.items.is_empty() {
            let why = "No identity provider yet: everybody signs in with a password. Create one for Microsoft Entra ID, AD FS or another OpenID Connect provider.";
            return empty(why, create);
        }
        let rows = page.items.iter().map(|provider| row(provider, loader)).collect();
        let columns = [
            Column::new("Name"),
            Column::new("Kind"),
            Column::new("Issuer"),
            Column::new("Client Secret"),
            Column::new("State"),
            Column::new("Users").number(),
            Column::new("Actions"),
        ];
        let actions = view! { <div class="actions">{create}</div> }.into_any();
        part(
            "Identity providers",
            stack(vec![table("identity_providers", &columns, rows), actions]),
        )
    })
}

fn row(provider: &IdentityProviderView, loader: Loader<Page<IdentityProviderView>>) -> Vec<AnyView> {
    let kind = match provider.kind.as_str() {
        "entra" => "Microsoft Entra ID",
        "adfs" => "AD FS",
        _ => "OpenID Connect",
    };
    let secret = if provider.client_secret_set {
        instant(provider.client_secret_set_at.as_deref())
    } else {
        text("Not stored")
    };
    let edit = state::can("identity_provider.update").then(|| dialog_button("Edit", Some(provider.clone()), loader));
    let removal = state::can("identity_provider.delete").then(|| deletion(provider, loader));
    vec![
        text(&provider.name),
        text(kind),
        text(&provider.issuer),
        secret,
        badge(if provider.enabled { "enabled" } else { "disabled" }),
        text(&format::count(provider.user_count)),
        view! { <div class="actions">{edit}{removal}</div> }.into_any(),
    ]
}

fn deletion(provider: &IdentityProviderView, loader: Loader<Page<IdentityProviderView>>) -> AnyView {
    let deletion = Deletion {
        id: "delete",
        title: format!("Delete identity provider {}", provider.name),
        consequences: vec![
            "Its button leaves the sign-in page and the sessions it opened end.".to_owned(),
            "It is refused while somebody can sign in only through it.".to_owned(),
        ],
        name: provider.name.clone(),
        address: format!("/identity-providers/{}", provider.id),
        etag: Some(provider.etag.clone()),
        after: Place::Settings.path(),
    };
    delete_then(deletion, Callback::new(move |()| loader.reload()))
}

/// Create or Edit, in a dialog.
fn dialog_button(
    label: &'static str,
    provider: Option<IdentityProviderView>,
    loader: Loader<Page<IdentityProviderView>>,
) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("identity-provider");
    let title = match &provider {
        Some(provider) => format!("Edit identity provider {}", provider.name),
        None => "Create identity provider".to_owned(),
    };
    let look = if provider.is_none() { Look::Primary } else { Look::Plain };
    let content = move || {
        let done = Callback::new(move |()| {
            open.try_set(false);
            loader.reload();
        });
        identity_provider_form(frame, provider.as_ref(), done)
    };
    view! { {button(label, look, move || open.set(true))} {dialog(open, title, content)} }.into_any()
}
