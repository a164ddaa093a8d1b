//! One file for each page.

mod activation;
mod alerts;
mod audit;
pub mod common;
mod confirm_email;
mod connection_test;
mod dashboard;
mod entities;
mod entity;
mod explain;
mod history;
mod identity_providers;
mod invoice;
mod invoice_bulk;
mod invoices;
mod job;
mod jobs;
mod logo;
mod look;
mod permissions;
mod price_list;
mod price_lists;
mod profile;
mod region;
mod regions;
mod relations;
mod reset_password;
mod service_accounts;
mod settings;
mod setup;
mod sign_in;
mod subscription;
mod subscriptions;
mod usage;
mod user;
mod users;

use crate::paths::Place;
use crate::state;
use crate::ui::refused;
use leptos::prelude::*;

/// The page of a place, or why it cannot be opened.
pub fn page(place: Place) -> AnyView {
    if !state::can(place.operation()) {
        return untrack(|| refused(403));
    }
    untrack(|| match place {
        Place::Dashboard => dashboard::page(),
        Place::SignIn => sign_in::page(),
        Place::Setup => setup::page(),
        Place::Activation => activation::page(),
        Place::ResetPassword => reset_password::page(),
        Place::ConfirmEmail => confirm_email::page(),
        Place::Profile => profile::page(),
        Place::ServiceAccounts => service_accounts::page(),
        Place::Entities(kind) => entities::page(kind),
        Place::EntityCreate(kind) => entity::create(kind),
        Place::Entity(kind, id) => entity::page(kind, id),
        Place::Regions => regions::page(),
        Place::RegionCreate => region::create(),
        Place::Region(id) => region::page(id),
        Place::Subscriptions => subscriptions::page(),
        Place::SubscriptionCreate => subscription::create(),
        Place::Subscription(id) => subscription::page(id),
        Place::PriceLists => price_lists::page(),
        Place::PriceList(id) => price_list::page(id),
        Place::Invoices => invoices::page(),
        Place::Invoice(id) => invoice::page(id),
        Place::UsageRecords => usage::records(),
        Place::Quarantine => usage::quarantine(),
        Place::Alerts => alerts::page(),
        Place::Jobs => jobs::page(),
        Place::Job(id) => job::page(id),
        Place::Settings => settings::page(),
        Place::Users => users::page(),
        Place::UserCreate => users::create(),
        Place::User(id) => user::page(id),
        Place::Audit => audit::page(),
        Place::Permissions => permissions::page(),
        Place::NotFound => refused(404),
    })
}
