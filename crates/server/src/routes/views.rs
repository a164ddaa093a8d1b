//! Wire types of the organisation, users and sessions from what the use cases answer.

use api_types::common::Reference;
use api_types::identity_provider::LinkedIdentity;
use api_types::organisation as wire;
use api_types::profile::ProfileView;
use api_types::session::{SessionFlags, SessionUser, SessionView};
use api_types::user::UserView;
use app::organisation::distributors::DistributorInput;
use app::organisation::partners::PartnerInput;
use app::organisation::tenants::TenantInput;
use app::organisation::{Address, Profile};
use app::profile::OwnAccount;
use app::sign_in::session::{DescribedSession, Flags};
use app::users::User;
use chrono::{DateTime, SecondsFormat, Utc};
use persistence::organisation::{DistributorRow, PartnerRow, TenantRow};
use serde_json::Value;
use uuid::Uuid;

use crate::etag::etag;
use crate::openapi;

/// An instant on the wire (G-6).
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A link to another record.
pub fn reference(id: impl Into<Uuid>, name: impl Into<String>) -> Reference {
    Reference {
        id: id.into(),
        name: name.into(),
    }
}

/// A distributor.
pub fn distributor(row: DistributorRow) -> wire::DistributorView {
    wire::DistributorView {
        id: row.id.uuid(),
        name: row.fields.name,
        currency: row.fields.currency,
        profile: profile(&row.fields.profile),
        partner_count: count(row.partner_count),
        tenant_count: count(row.tenant_count),
        administrator_count: count(row.administrator_count),
        archived_at: row.archived_at.map(instant),
        details: None,
        created_at: instant(row.created_at),
        etag: etag(row.version),
    }
}

/// A partner.
pub fn partner(row: PartnerRow) -> wire::PartnerView {
    wire::PartnerView {
        id: row.id.uuid(),
        name: row.fields.name,
        distributor: reference(row.distributor_id, row.distributor_name),
        currency: row.fields.currency,
        profile: profile(&row.fields.profile),
        tenant_count: count(row.tenant_count),
        administrator_count: count(row.administrator_count),
        archived_at: row.archived_at.map(instant),
        details: None,
        created_at: instant(row.created_at),
        etag: etag(row.version),
    }
}

/// A tenant.
pub fn tenant(row: TenantRow) -> wire::TenantView {
    wire::TenantView {
        id: row.id.uuid(),
        name: row.fields.name,
        partner: reference(row.partner_id, row.partner_name),
        distributor: reference(row.distributor_id, row.distributor_name),
        currency: row.fields.currency,
        payment_terms_days: row.tax.payment_terms_days,
        tax_treatment: row.tax.treatment,
        tax_rate: row.tax.rate,
        tax_label: row.tax.label,
        tax_note: row.tax.note,
        profile: profile(&row.fields.profile),
        subscription_count: count(row.subscription_count),
        administrator_count: count(row.administrator_count),
        archived_at: row.archived_at.map(instant),
        details: None,
        created_at: instant(row.created_at),
        etag: etag(row.version),
    }
}

/// A distributor as entered.
pub fn distributor_input(body: wire::DistributorInput) -> DistributorInput {
    DistributorInput {
        name: body.name,
        currency: body.currency,
        profile: profile_input(body.profile),
    }
}

/// A partner as entered.
pub fn partner_input(body: wire::PartnerInput) -> PartnerInput {
    PartnerInput {
        name: body.name,
        distributor_id: body.distributor_id.into(),
        currency: body.currency,
        profile: profile_input(body.profile),
    }
}

/// A tenant as entered.
pub fn tenant_input(body: wire::TenantInput) -> TenantInput {
    TenantInput {
        name: body.name,
        partner_id: body.partner_id.into(),
        currency: body.currency,
        payment_terms_days: body.payment_terms_days,
        tax_treatment: body.tax_treatment,
        tax_rate: body.tax_rate,
        tax_label: body.tax_label,
        tax_note: body.tax_note,
        profile: profile_input(body.profile),
    }
}

/// A user.
pub fn user(user: User) -> UserView {
    let row = user.row;
    UserView {
        id: row.id.uuid(),
        first_name: row.first_name,
        last_name: row.last_name,
        email_address: row.email_address,
        phone_number: row.phone_number,
        role: row.role.to_string(),
        anchor: row
            .anchor
            .id()
            .zip(user.anchor_name)
            .map(|(id, name)| reference(id, name)),
        state: if row.active { "active" } else { "invited" }.to_owned(),
        disabled: row.disabled,
        locked_out: row.locked_by_administrator || user.locked_until.is_some(),
        mfa_required: row.mfa_required,
        federated_only: row.federated_only,
        pending_email_address: row.pending_email_address,
        locale: row.locale,
        time_zone: row.time_zone,
        mfa_enrolled: row.mfa_enrolled,
        locked_until: user.locked_until.map(instant),
        created_at: instant(row.created_at),
        etag: etag(row.version),
    }
}

/// A session.
pub fn session(session: DescribedSession) -> SessionView {
    let user = session.user;
    let step_up_with = match (user.mfa_enrolled, user.federated_only) {
        (true, _) => "code",
        (false, true) => "identity_provider",
        (false, false) => "password",
    };
    SessionView {
        user: SessionUser {
            id: user.id.uuid(),
            first_name: user.first_name,
            last_name: user.last_name,
            email_address: user.email_address,
            role: user.role.to_string(),
            anchor: user
                .anchor
                .id()
                .zip(session.anchor_name)
                .map(|(id, name)| reference(id, name)),
            locale: user.locale,
            time_zone: user.time_zone,
        },
        operations: session
            .operations
            .into_iter()
            .filter(|operation| openapi::is_built(operation))
            .collect(),
        flags: flags(session.flags),
        expires_at: instant(session.expires_at),
        stepped_up_until: instant(session.stepped_up_until),
        step_up_with: step_up_with.to_owned(),
        recovery_codes_left: session.recovery_codes_left,
    }
}

/// The own account.
pub fn own_account(account: OwnAccount) -> ProfileView {
    let row = account.row;
    ProfileView {
        id: row.id.uuid(),
        first_name: row.first_name,
        last_name: row.last_name,
        email_address: row.email_address,
        pending_email_address: row.pending_email_address,
        phone_number: row.phone_number,
        locale: row.locale,
        time_zone: row.time_zone,
        role: row.role.to_string(),
        anchor: row
            .anchor
            .id()
            .zip(account.anchor_name)
            .map(|(id, name)| reference(id, name)),
        mfa_required: row.mfa_required,
        mfa_enrolled: row.mfa_enrolled,
        federated_only: row.federated_only,
        has_password: row.has_password,
        recovery_codes_left: account.recovery_codes_left,
        identities: account
            .identities
            .into_iter()
            .map(|row| LinkedIdentity {
                id: row.id.uuid(),
                provider_name: row.provider_name,
                issuer: row.issuer,
                linked_at: instant(row.linked_at),
                last_used_at: row.last_used_at.map(instant),
            })
            .collect(),
        etag: etag(row.version),
    }
}

/// The flags of ST-8.
pub fn flags(flags: Flags) -> SessionFlags {
    SessionFlags {
        default_currency: flags.default_currency,
        default_locale: flags.default_locale,
        billing_time_zone: flags.billing_time_zone,
        invoices_shown_to_tenants: flags.invoices_shown_to_tenants,
    }
}

/// A count of rows is never negative.
pub fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

fn profile(stored: &Value) -> wire::Profile {
    let profile = Profile::from_json(stored).unwrap_or_default();
    wire::Profile {
        legal_name: profile.legal_name,
        contact_person: profile.contact_person,
        contact_email_address: profile.contact_email_address,
        phone: profile.phone,
        address: address(profile.address),
        billing_address: profile.billing_address.map(address),
        country: profile.country,
        locale: profile.locale,
        billing_contacts: profile.billing_contacts,
        tax_id: profile.tax_id,
        notes: profile.notes,
    }
}

fn profile_input(body: wire::Profile) -> Profile {
    Profile {
        legal_name: body.legal_name,
        contact_person: body.contact_person,
        contact_email_address: body.contact_email_address,
        phone: body.phone,
        address: address_input(body.address),
        billing_address: body.billing_address.map(address_input),
        country: body.country,
        locale: body.locale,
        billing_contacts: body.billing_contacts,
        tax_id: body.tax_id,
        notes: body.notes,
    }
}

fn address(address: Address) -> wire::Address {
    wire::Address {
        lines: address.lines,
        city: address.city,
        postal_code: address.postal_code,
        region: address.region,
    }
}

fn address_input(body: wire::Address) -> Address {
    Address {
        lines: body.lines,
        city: body.city,
        postal_code: body.postal_code,
        region: body.region,
    }
}
