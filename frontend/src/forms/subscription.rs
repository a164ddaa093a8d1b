//! Register an existing platform subscription, or edit the texts of one.

use crate::api;
use crate::forms::entity::group;
use crate::pages::common::{given, held, optional};
use crate::query::Query;
use crate::ui::{Field, Form, Input, field, form, lookup};
use api_types::subscription::{SubscriptionInput, SubscriptionUpdate, SubscriptionView};
use leptos::prelude::*;
use uuid::Uuid;

/// The form that registers one; `query` may name the region and the platform subscription.
pub fn create_form(query: &Query, done: Callback<SubscriptionView>) -> AnyView {
    let frame = Form::new("subscription");
    let (name, description, owner, directory) = (held(""), held(""), held(""), held(""));
    let tenant = held(query.get("tenant_id"));
    let region = held(query.get("region_id"));
    let platform = held(query.get("platform_subscription_id"));
    let regions = region_options();
    let first = vec![
        field(frame, Field::new("Subscription Name", "/name").required(), name),
        field(
            frame,
            Field::new("Tenant", "/tenant_id").required().input(lookup("/tenants")),
            tenant,
        ),
        field(
            frame,
            Field::new("Region", "/region_id")
                .required()
                .input(Input::Select(regions)),
            region,
        ),
        field(
            frame,
            Field::new("Description", "/description").input(Input::Area),
            description,
        ),
    ];
    let second = vec![
        field(
            frame,
            Field::new("Platform Subscription", "/platform_subscription_id")
                .required()
                .help("Its id on the stamp, a GUID."),
            platform,
        ),
        field(
            frame,
            Field::new("Entra Tenant", "/directory_id")
                .required()
                .help("Id or domain of the directory."),
            directory,
        ),
        field(
            frame,
            Field::new("Initial Owner", "/owner").required().help("Sign-in name."),
            owner,
        ),
    ];
    let groups = vec![group("Subscription", first), group("On the stamp", second)];
    form(frame, "Save", groups, vec![], move || {
        let id = |value: RwSignal<String>, pointer: &str, sentence: &str| {
            let id = Uuid::parse_str(&given(value)).ok();
            if id.is_none() {
                frame.refuse(pointer, sentence);
            }
            id
        };
        let Some(tenant_id) = id(tenant, "/tenant_id", "Select a tenant.") else {
            return;
        };
        let Some(region_id) = id(region, "/region_id", "Select a region.") else {
            return;
        };
        let Some(platform_subscription_id) = id(platform, "/platform_subscription_id", "Enter a GUID.") else {
            return;
        };
        let body = SubscriptionInput {
            name: given(name),
            tenant_id,
            region_id,
            platform_subscription_id,
            directory_id: given(directory),
            owner: given(owner),
            description: optional(description),
        };
        frame.run(async move { api::post("/subscriptions", &body).await }, move |stored| {
            done.run(stored);
        });
    })
}

/// Regions where a subscription can be placed.
fn region_options() -> crate::ui::field::Options {
    let loader = api::load::<Vec<api_types::region::RegionName>>(|| "/region-names".to_owned());
    Signal::derive(move || {
        let mut pairs = vec![(String::new(), "Select …".to_owned())];
        loader.state.with(|state| {
            if let api::Load::Ready(regions) = state {
                pairs.extend(
                    regions
                        .iter()
                        .filter(|region| region.ready)
                        .map(|region| (region.id.to_string(), region.name.clone())),
                );
            }
        });
        pairs
    })
}

/// The form that edits the texts.
pub fn update_form(frame: Form, view: &SubscriptionView, done: Callback<SubscriptionView>) -> AnyView {
    let (name, description, owner) = (held(&*view.name), held(&*view.description), held(&*view.owner));
    let (id, etag) = (view.id, view.etag.clone());
    let fields = vec![
        field(frame, Field::new("Subscription Name", "/name").required(), name),
        field(frame, Field::new("Initial Owner", "/owner").required(), owner),
        field(
            frame,
            Field::new("Description", "/description").input(Input::Area),
            description,
        ),
    ];
    form(frame, "Save", vec![group("Subscription", fields)], vec![], move || {
        let body = SubscriptionUpdate {
            name: given(name),
            description: given(description),
            owner: given(owner),
        };
        let etag = etag.clone();
        frame.run(
            async move { api::put(&format!("/subscriptions/{id}"), &etag, &body).await },
            move |stored| done.run(stored),
        );
    })
}
