//! Distributors, partners and tenants: list, read, create, update, delete, administrators, moves (PM-5, PM-9, PM-15,
//! PM-16, PM-26, PM-30).

pub mod administrators;
pub mod deletion;
pub mod details;
pub mod distributors;
pub mod moves;
pub mod partners;
mod profile;
mod recorded;
pub mod tenants;

pub use profile::{Address, Profile};

use domain::currency::Currency;
use domain::ids::{DistributorId, PartnerId, TenantId};
use domain::role::Anchor;
use domain::scope::Scope;
use domain::text::{self, TextInvalid};
use persistence::organisation::EntityFields;
use persistence::{StoreError, Tx};
use uuid::Uuid;

use crate::audit::Act;
use crate::settings::Snapshot;
use crate::{Error, Invalid};

/// The currency of a new or edited entity: the entered one, else Default Tenant Currency, else the platform's (PM-30).
async fn currency(tx: &Tx, invalid: &mut Invalid, entered: Option<&str>) -> Result<String, Error> {
    let code = match entered.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => code.to_owned(),
        None => crate::sign_in::session::flags(&Snapshot::take(tx).await?)?.default_currency,
    };
    if Currency::from_code(&code).is_err() {
        invalid.add(
            "/currency",
            "currency_unknown",
            "Choose a currency of the list, such as EUR.",
        );
    }
    Ok(code)
}

/// What every entity has, checked; wrong fields are noted (PM-30).
async fn checked_fields(
    tx: &Tx,
    invalid: &mut Invalid,
    name: &str,
    entered_currency: Option<&str>,
    entered_profile: &Profile,
) -> Result<EntityFields, Error> {
    let name = invalid.keep("/name", text::line(name, 200), TextInvalid::code);
    Ok(EntityFields {
        name: name.unwrap_or_default(),
        profile: entered_profile.checked(invalid).to_json(),
        currency: currency(tx, invalid, entered_currency).await?,
    })
}

/// A duplicate name becomes 409 `name_taken`; the conflict is in scope, because names are unique below a parent the
/// actor sees (S-17).
fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate { .. } => Error::conflict("name_taken", "This name is taken there. Choose another."),
        other => other.into(),
    }
}

/// Days of payment terms from 0 to 365.
fn check_terms(invalid: &mut Invalid, days: Option<i64>) {
    if days.is_some_and(|days| !(0..=365).contains(&days)) {
        invalid.add("/payment_terms_days", "out_of_bounds", "Enter 0 to 365 days.");
    }
}

/// A live entity with the ids of its owners.
#[derive(Clone, Debug)]
struct Found {
    name: String,
    /// The parent's id and name; none for a distributor.
    parent: Option<(Uuid, String)>,
    distributor_id: DistributorId,
    partner_id: Option<PartnerId>,
    tenant_id: Option<TenantId>,
}

/// A live entity in scope; what is archived can be read, but nothing is done to it any more.
async fn live(tx: &Tx, scope: Scope, entity: Anchor) -> Result<Option<Found>, Error> {
    Ok(match entity {
        Anchor::Platform => None,
        Anchor::Distributor(id) => {
            let row = tx.distributors().find(scope, id).await?;
            row.filter(|row| row.archived_at.is_none()).map(|row| Found {
                name: row.fields.name,
                parent: None,
                distributor_id: id,
                partner_id: None,
                tenant_id: None,
            })
        }
        Anchor::Partner(id) => {
            let row = tx.partners().find(scope, id).await?;
            row.filter(|row| row.archived_at.is_none()).map(|row| Found {
                name: row.fields.name,
                parent: Some((row.distributor_id.uuid(), row.distributor_name)),
                distributor_id: row.distributor_id,
                partner_id: Some(id),
                tenant_id: None,
            })
        }
        Anchor::Tenant(id) => {
            let row = tx.tenants().find(scope, id).await?;
            row.filter(|row| row.archived_at.is_none()).map(|row| Found {
                name: row.fields.name,
                parent: Some((row.partner_id.uuid(), row.partner_name)),
                distributor_id: row.distributor_id,
                partner_id: Some(row.partner_id),
                tenant_id: Some(id),
            })
        }
    })
}

impl Found {
    /// The audit entry of an act on the entity.
    fn act(&self, operation: &str, entity: Anchor) -> Act {
        Act {
            operation: operation.to_owned(),
            target_kind: match entity {
                Anchor::Platform => "platform",
                Anchor::Distributor(_) => "distributor",
                Anchor::Partner(_) => "partner",
                Anchor::Tenant(_) => "tenant",
            },
            target_id: entity.id().map(|id| id.to_string()).unwrap_or_default(),
            distributor_id: Some(self.distributor_id),
            partner_id: self.partner_id,
            tenant_id: self.tenant_id,
            ..Act::default()
        }
    }
}
