//! Moves a partner to another distributor or a tenant to another partner, from a coming month on (PM-15).

use crate::api::{self, ApiError};
use crate::forms::entity_view::Entity;
use crate::pages::common::{held, optional};
use crate::paths::Kind;
use crate::ui::{Field, Form, Look, button, dialog, field, form, lookup, note};
use api_types::entity_details::MoveInput;
use api_types::organisation::{PartnerView, TenantView};
use leptos::prelude::*;
use uuid::Uuid;

/// The Move button and its dialog.
pub fn move_button(kind: Kind, entity: &Entity, done: Callback<Entity>) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("move");
    let (parent, month) = (held(""), held(""));
    let etag = entity.etag.clone();
    let (id, title) = (entity.id, format!("Move {} {}", kind.operation(), entity.name));
    let (label, list) = if kind == Kind::Tenant {
        ("Partner", "/partners")
    } else {
        ("Distributor", "/distributors")
    };
    let content = move || {
        let etag = etag.clone();
        let fields = vec![
            note(
                "info",
                "Invoices and usage of months before stay with the level above it has today. Its users keep their roles.",
            ),
            field(
                frame,
                Field::new(label, "/parent_id").required().input(lookup(list)),
                parent,
            ),
            field(
                frame,
                Field::new("From Month", "/effective_month")
                    .of("month")
                    .help("A coming month; empty: the next."),
                month,
            ),
        ];
        form(frame, "Move", fields, vec![], move || {
            let parent_id = optional(parent).and_then(|id| Uuid::parse_str(&id).ok());
            if parent_id.is_none() {
                frame.refuse("/parent_id", "Select one.");
                return;
            }
            let body = MoveInput {
                parent_id,
                effective_month: optional(month),
            };
            let etag = etag.clone();
            frame.run(async move { send(kind, id, &etag, &body).await }, move |entity| {
                open.try_set(false);
                done.run(entity);
            });
        })
    };
    view! {
        {button("Move", Look::Plain, move || open.set(true))}
        {dialog(open, title, content)}
    }
    .into_any()
}

/// The button that withdraws a planned move.
pub fn withdraw_button(kind: Kind, id: Uuid, etag: String, done: Callback<Entity>) -> AnyView {
    let frame = Form::new("withdraw");
    view! {
        {button("Withdraw", Look::Plain, move || {
            let body = MoveInput { parent_id: None, effective_month: None };
            let etag = etag.clone();
            frame.run(async move { send(kind, id, &etag, &body).await }, move |entity| done.run(entity));
        })}
        {move || frame.error.with(|error| error.as_ref().map(|error| crate::ui::failure(error, None)))}
    }
    .into_any()
}

async fn send(kind: Kind, id: Uuid, etag: &str, body: &MoveInput) -> Result<Entity, ApiError> {
    let address = format!("/{}/{id}/move", kind.plural());
    match kind {
        Kind::Tenant => api::put::<_, TenantView>(&address, etag, body).await.map(Entity::from),
        _ => api::put::<_, PartnerView>(&address, etag, body).await.map(Entity::from),
    }
}
