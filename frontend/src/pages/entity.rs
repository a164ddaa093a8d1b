//! One distributor, partner or tenant: its key facts and its details, edited in place.

use super::common::{Deletion, delete};
use super::{history, relations};
use crate::api::{Load, Loader, load};
use crate::format;
use crate::forms::entity::entity_form;
use crate::forms::entity_view::Entity;
use crate::forms::move_entity::move_button;
use crate::paths::{Kind, Place};
use crate::query::Query;
use crate::state;
use crate::ui::{Form, back, fact, facts, head, instant, link, nav, show, stack, text};
use api_types::common::Reference;
use api_types::organisation::{Address, DistributorView, PartnerView, Profile, TenantView};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The page that adds one.
pub fn create(kind: Kind) -> AnyView {
    let done = Callback::new(move |entity: Entity| nav::go(&Place::Entity(kind, entity.id).path()));
    stack(vec![
        back(&format!("{}s", kind.label()), Place::Entities(kind).path()),
        head(format!("Create {}", kind.operation()), ().into_any(), vec![]),
        entity_form(kind, Form::new("entity"), None, done),
    ])
}

/// The page of one.
pub fn page(kind: Kind, id: Uuid) -> AnyView {
    match kind {
        Kind::Distributor => one::<DistributorView>(kind, id),
        Kind::Partner => one::<PartnerView>(kind, id),
        Kind::Tenant => one::<TenantView>(kind, id),
    }
}

fn one<V>(kind: Kind, id: Uuid) -> AnyView
where
    V: DeserializeOwned + Clone + Into<Entity> + Send + Sync + 'static,
{
    let read = load::<V>(move || format!("/{}/{id}?details=true", kind.plural()));
    // The three views become one here, so that everything below exists once.
    let shown = Loader {
        state: RwSignal::new(Load::<Entity>::Waiting),
        again: read.again,
    };
    Effect::new(move |_| {
        let state = match read.state.get() {
            Load::Waiting => Load::Waiting,
            Load::Ready(view) => Load::Ready(view.into()),
            Load::Failed(error) => Load::Failed(error),
        };
        shown.state.set(state);
    });
    let frame = Form::new("entity");
    stack(vec![
        back(&format!("{}s", kind.label()), Place::Entities(kind).path()),
        show(shown, move |entity| content(kind, frame, entity, shown)),
    ])
}

fn content(kind: Kind, frame: Form, entity: &Entity, shown: Loader<Entity>) -> AnyView {
    let operation = |verb: &str| format!("{}.{verb}", kind.operation());
    let taken = Callback::new(move |entity: Entity| shown.set(entity));
    let live = entity.archived_at.is_none();
    let mut actions = vec![];
    if live && state::can(&operation("move")) {
        actions.push(move_button(kind, entity, taken));
    }
    if live && state::can(&operation("delete")) {
        actions.push(deletion(kind, entity));
    }
    let details = if live && state::can(&operation("update")) {
        entity_form(kind, frame, Some(entity), taken)
    } else {
        facts(profile(&entity.profile))
    };
    let mut parts = vec![
        head(entity.name.clone(), text(kind.label()), actions),
        relations::notices(kind, entity, taken),
        facts(key_facts(kind, entity)),
    ];
    if let Some(known) = &entity.details {
        parts.push(
            view! {
                <div class="columns">
                    {relations::tree(kind, entity, known)} {relations::administrators(kind, entity, known, taken)}
                </div>
            }
            .into_any(),
        );
    }
    parts.push(details);
    parts.push(history::history(kind.operation(), entity.id));
    stack(parts)
}

/// Delete with what it would do; without the button when it would be refused.
fn deletion(kind: Kind, entity: &Entity) -> AnyView {
    let outcome = entity.details.as_ref().map(|details| &details.deletion);
    let title = format!("Delete {} {}", kind.operation(), entity.name);
    if let Some(refused) = outcome.filter(|deletion| !deletion.blockers.is_empty()) {
        return relations::refused_deletion(title, refused);
    }
    let mut consequences = match outcome.map(|deletion| deletion.outcome.as_str()) {
        Some("removed") => vec!["It is removed: nothing refers to it.".to_owned()],
        Some("archived") => {
            vec!["It has documents, so it is archived: it leaves the lists and can still be read.".to_owned()]
        }
        _ => vec![
            "It leaves the lists. Without documents it is removed; with documents it is archived.".to_owned(),
            "It is refused while something below it, open usage or an open invoice remains.".to_owned(),
        ],
    };
    if let Some(users) = outcome
        .map(|deletion| deletion.disabled_users)
        .filter(|users| *users > 0)
    {
        consequences.push(format!("{} disabled.", format::counted(users, "user is", "users are")));
    }
    consequences.push("Issued invoices stay as they are.".to_owned());
    delete(Deletion {
        id: "delete",
        title,
        consequences,
        name: entity.name.clone(),
        address: format!("/{}/{}", kind.plural(), entity.id),
        etag: Some(entity.etag.clone()),
        after: Place::Entities(kind).path(),
    })
}

fn key_facts(kind: Kind, entity: &Entity) -> Vec<AnyView> {
    let above = |label: &str, kind: Kind, parent: &Reference| {
        let place = Place::Entity(kind, parent.id);
        let value = if state::can(place.operation()) {
            link(&parent.name, place.path())
        } else {
            text(&parent.name)
        };
        fact(label, value)
    };
    let mut items = vec![];
    if let Some(parent) = &entity.grandparent {
        items.push(above("Distributor", Kind::Distributor, parent));
    }
    if let Some(parent) = &entity.parent {
        items.push(match kind {
            Kind::Tenant => above("Partner", Kind::Partner, parent),
            _ => above("Distributor", Kind::Distributor, parent),
        });
    }
    let (label, list) = match kind {
        Kind::Distributor => ("Partners", Place::Entities(Kind::Partner)),
        Kind::Partner => ("Tenants", Place::Entities(Kind::Tenant)),
        Kind::Tenant => ("Subscriptions", Place::Subscriptions),
    };
    let filter = format!("{}_id", kind.operation());
    let below = Query::default().with(&filter, &entity.id.to_string()).on(&list.path());
    items.push(fact("Currency", text(&entity.currency)));
    items.push(fact(label, link(&format::count(entity.below), below)));
    if kind == Kind::Tenant && state::can("invoice.list") {
        let invoices = Query::default()
            .with("tenant_id", &entity.id.to_string())
            .on(&Place::Invoices.path());
        items.push(fact("Invoices", link("Show", invoices)));
    }
    items.push(fact("Added", instant(Some(&entity.created_at))));
    items
}

fn profile(profile: &Profile) -> Vec<AnyView> {
    let billing = profile.billing_address.as_ref().map(one_line).unwrap_or_default();
    let mut address = one_line(&profile.address);
    if !profile.country.is_empty() {
        address = format!("{address}, {}", profile.country);
    }
    vec![
        fact("Legal Name", text(&profile.legal_name)),
        fact("Contact Person", text(&profile.contact_person)),
        fact("Contact Email Address", text(&profile.contact_email_address)),
        fact("Phone", text(&profile.phone)),
        fact("Address", text(&address)),
        fact("Billing Address", text(&billing)),
        fact("Billing Contacts", text(&profile.billing_contacts.join(", "))),
        fact("Tax Id", text(&profile.tax_id)),
        fact("Notes", text(&profile.notes)),
    ]
}

fn one_line(address: &Address) -> String {
    let place = format!("{} {}", address.postal_code, address.city);
    let parts = [
        address.lines.join(", "),
        place.trim().to_owned(),
        address.region.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}
