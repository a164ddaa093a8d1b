//! One subscription: facts, usage records, details.

use super::common::{Deletion, delete};
use super::{history, usage};
use crate::api::{Loader, load};
use crate::forms::subscription::{create_form, update_form};
use crate::paths::{Kind, Place};
use crate::state;
use crate::ui::{Form, back, badge, fact, facts, head, instant, link, nav, show, show_more, stack, tabs, text};
use api_types::subscription::SubscriptionView;
use leptos::prelude::*;
use uuid::Uuid;

/// The page that registers one.
pub fn create() -> AnyView {
    let done = Callback::new(|view: SubscriptionView| nav::go(&Place::Subscription(view.id).path()));
    stack(vec![
        back("Subscriptions", Place::Subscriptions.path()),
        head(
            "Create subscription",
            text("Registers an existing platform subscription; usage already collected is billed to the tenant."),
            vec![],
        ),
        nav::query().with_untracked(|query| create_form(query, done)),
    ])
}

/// The page of one.
pub fn page(id: Uuid) -> AnyView {
    let loader = load::<SubscriptionView>(move || format!("/subscriptions/{id}"));
    let frame = Form::new("subscription");
    let query = nav::query();
    let mut names = vec![];
    if state::can("usage.list") {
        names.push(("usage".to_owned(), "Usage".to_owned()));
    }
    names.push(("details".to_owned(), "Details".to_owned()));
    if history::is_shown() {
        names.push(("history".to_owned(), "History".to_owned()));
    }
    let first_is_usage = state::can("usage.list");
    let tab = Memo::new(move |_| query.with(|query| query.get("tab").to_owned()));
    let content = move || match tab.get().as_str() {
        "history" => untrack(|| history::entries("subscription", id)),
        "" | "usage" if first_is_usage => untrack(|| usage::of_subscription(id)),
        _ => show_more(loader, move |view| details_of(view, frame, loader)),
    };
    stack(vec![
        back("Subscriptions", Place::Subscriptions.path()),
        show(loader, top),
        tabs("Subscription", "tab", names, query),
        content.into_any(),
    ])
}

fn top(view: &SubscriptionView) -> AnyView {
    let mut actions = vec![];
    if state::can("subscription.delete") {
        actions.push(delete(Deletion {
            id: "delete",
            title: format!("Delete subscription {}", view.name),
            consequences: vec![
                "The record is archived. Nothing on the stamp is deleted.".to_owned(),
                "Open usage stays billable and is invoiced to its tenant.".to_owned(),
            ],
            name: String::new(),
            address: format!("/subscriptions/{}", view.id),
            etag: Some(view.etag.clone()),
            after: Place::Subscriptions.path(),
        }));
    }
    let tenant = if state::can("tenant.read") {
        link(&view.tenant.name, Place::Entity(Kind::Tenant, view.tenant.id).path())
    } else {
        text(&view.tenant.name)
    };
    let region = if state::can("region.read") {
        link(&view.region.name, Place::Region(view.region.id).path())
    } else {
        text(&view.region.name)
    };
    let items = vec![
        fact("State", badge(&view.state)),
        fact("Tenant", tenant),
        fact("Region", region),
        fact(
            "Platform subscription",
            text(&view.platform_subscription_id.to_string()),
        ),
        fact("Entra tenant", text(&view.directory_id)),
        fact("Initial owner", text(&view.owner)),
        fact("Added", instant(Some(&view.created_at))),
    ];
    let lead = if view.auto_created {
        "Made automatically from detected usage."
    } else {
        &view.description
    };
    stack(vec![head(view.name.clone(), text(lead), actions), facts(items)])
}

fn details_of(view: &SubscriptionView, frame: Form, loader: Loader<SubscriptionView>) -> AnyView {
    if state::can("subscription.update") {
        return update_form(frame, view, Callback::new(move |view| loader.set(view)));
    }
    facts(vec![
        fact("Subscription Name", text(&view.name)),
        fact("Description", text(&view.description)),
    ])
}
