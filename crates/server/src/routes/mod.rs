//! The routes, each registered once (S-01). One folder or file a resource; its `configure` adds its handlers.

pub mod alerts;
pub mod audit;
pub mod distributors;
pub mod entity_views;
pub mod federation;
pub mod identity_providers;
pub mod invoices;
pub mod jobs;
pub mod meters;
pub mod partners;
pub mod permissions;
pub mod price_lists;
pub mod profile;
pub mod regions;
pub mod reports;
pub mod service_accounts;
pub mod session;
pub mod settings;
pub mod subscriptions;
pub mod tenants;
pub mod usage;
pub mod users;
pub mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation of the API below `/api/v1`.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(session::configure)
        .configure(federation::configure)
        .configure(identity_providers::configure)
        .configure(distributors::configure)
        .configure(partners::configure)
        .configure(tenants::configure)
        .configure(users::configure)
        .configure(profile::configure)
        .configure(service_accounts::configure)
        .configure(regions::configure)
        .configure(usage::configure)
        .configure(jobs::configure)
        .configure(subscriptions::configure)
        .configure(meters::configure)
        .configure(price_lists::configure)
        .configure(invoices::configure)
        .configure(reports::configure)
        .configure(alerts::configure)
        .configure(settings::configure)
        .configure(audit::configure)
        .configure(permissions::configure);
}
