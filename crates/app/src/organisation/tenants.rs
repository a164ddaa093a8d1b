//! Tenants.

use domain::decimal::Percentage;
use domain::ids::{PartnerId, TenantId};
use domain::role::Anchor;
use domain::text::{self, TextInvalid};
use persistence::organisation::{EntityFields, TenantFilter, TenantRow, TenantTax};
use persistence::{PageOf, PageRequest, Tx};
use serde_json::{Value, json};

use super::{Profile, check_terms, checked_fields, deletion, name_taken, recorded};
use crate::audit::{self, Act};
use crate::authorize::{authorize, permitted, switched_on};
use crate::{Actor, App, Error, Invalid, ids};

/// A tenant as entered.
#[derive(Clone, Debug)]
pub struct TenantInput {
    /// Name, unique below the parent.
    pub name: String,
    /// Parent.
    pub partner_id: PartnerId,
    /// Currency; absent: Default Tenant Currency.
    pub currency: Option<String>,
    /// Own payment terms in days.
    pub payment_terms_days: Option<i64>,
    /// `standard`, `exempt` or `reverse_charge`.
    pub tax_treatment: Option<String>,
    /// Own rate in percent.
    pub tax_rate: Option<String>,
    /// Label of the tax line.
    pub tax_label: Option<String>,
    /// Note printed when no tax is charged.
    pub tax_note: Option<String>,
    /// Details.
    pub profile: Profile,
}

/// A page of the tenants in the actor's scope.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: TenantFilter,
    page: &PageRequest,
) -> Result<PageOf<TenantRow>, Error> {
    let tx = app.store().read().await?;
    let scope = authorize(app, &tx, actor, "tenant.list").await?;
    Ok(tx.tenants().list(scope, filter, page).await?)
}

/// One tenant.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, id: TenantId) -> Result<TenantRow, Error> {
    let look = app.store().look();
    let scope = authorize(app, &look, actor, "tenant.read").await?;
    look.tenants().find(scope, id).await?.ok_or(Error::NotFound)
}

/// Adds a tenant.
///
/// # Errors
/// [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn create(app: &App, actor: &Actor, input: &TenantInput) -> Result<TenantRow, Error> {
    let tx = app.store().begin().await?;
    let scope = permitted(actor, "tenant.create")?;
    let parent = tx
        .partners()
        .find(scope, input.partner_id)
        .await?
        .filter(|parent| parent.archived_at.is_none());
    if parent.is_none() {
        return Err(Invalid::unknown_reference("/partner_id"));
    }
    switched_on(&tx, actor, "tenant.create").await?;
    let (fields, tax) = checked(&tx, input).await?;
    let id: TenantId = ids::new_id(app);
    tx.tenants()
        .insert(id, input.partner_id, &fields, &tax, app.clock().now())
        .await
        .map_err(name_taken)?;
    let row = tx.tenants().find(scope, id).await?.ok_or(Error::NotFound)?;
    audit::record(app, &tx, actor, act("tenant.create", &row, None, Some(facts(&row)))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Replaces the data of a tenant that was read as version `expected`; the parent stays (moves are an own operation).
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`] naming each wrong field, 409 `name_taken`.
pub async fn update(
    app: &App,
    actor: &Actor,
    id: TenantId,
    expected: i64,
    input: &TenantInput,
) -> Result<TenantRow, Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "tenant.update").await?;
    let before = tx.tenants().find(scope, id).await?.ok_or(Error::NotFound)?;
    if before.partner_id != input.partner_id {
        return Err(Invalid::one(
            "/partner_id",
            "parent_fixed",
            "An edit does not move it to another parent.",
        ));
    }
    let (fields, tax) = checked(&tx, input).await?;
    if !tx
        .tenants()
        .update(scope, id, expected, &fields, &tax)
        .await
        .map_err(name_taken)?
    {
        return Err(Error::Stale);
    }
    let after = tx.tenants().find(scope, id).await?.ok_or(Error::NotFound)?;
    crate::invoices::stale::tenant_changed(&tx, id).await?;
    let edited = recorded::edited(facts(&after), &before.fields.profile, &after.fields.profile);
    audit::record(
        app,
        &tx,
        actor,
        act("tenant.update", &after, Some(facts(&before)), Some(edited)),
    )
    .await?;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a tenant that nothing hangs on: removes it when it left no trace, else archives it and disables its users
/// (PM-16).
///
/// # Errors
/// [`Error::NotFound`], 409 with the code of the first blocker.
pub async fn delete(app: &App, actor: &Actor, id: TenantId) -> Result<(), Error> {
    let tx = app.store().begin().await?;
    let scope = authorize(app, &tx, actor, "tenant.delete").await?;
    let row = tx
        .tenants()
        .find(scope, id)
        .await?
        .filter(|row| row.archived_at.is_none())
        .ok_or(Error::NotFound)?;
    deletion::carry_out(app, &tx, scope, Anchor::Tenant(id)).await?;
    audit::record(app, &tx, actor, act("tenant.delete", &row, Some(facts(&row)), None)).await?;
    tx.commit().await?;
    Ok(())
}

async fn checked(tx: &Tx, input: &TenantInput) -> Result<(EntityFields, TenantTax), Error> {
    let mut invalid = Invalid::new();
    let fields = checked_fields(tx, &mut invalid, &input.name, input.currency.as_deref(), &input.profile).await?;
    let tax = checked_tax(&mut invalid, input);
    invalid.check()?;
    Ok((fields, tax))
}

fn checked_tax(invalid: &mut Invalid, input: &TenantInput) -> TenantTax {
    check_terms(invalid, input.payment_terms_days);
    let treatment = input.tax_treatment.clone().unwrap_or_else(|| "standard".to_owned());
    if !["standard", "exempt", "reverse_charge"].contains(&treatment.as_str()) {
        invalid.add(
            "/tax_treatment",
            "choice_invalid",
            "Choose standard, exempt or reverse_charge.",
        );
    }
    if treatment == "reverse_charge" && input.profile.tax_id.trim().is_empty() {
        invalid.add(
            "/profile/tax_id",
            "required",
            "Reverse charge needs the tenant's tax number.",
        );
    }
    let filled = |entered: &Option<String>| entered.clone().filter(|text| !text.trim().is_empty());
    let rate = filled(&input.tax_rate).and_then(|entered| {
        let read = Percentage::parse(entered.trim());
        invalid
            .keep("/tax_rate", read, |error| error.code())
            .map(|rate| rate.to_string())
    });
    let mut line = |pointer: &str, entered: &Option<String>, longest: usize| {
        filled(entered)
            .and_then(|entered| invalid.keep(pointer, text::optional_line(&entered, longest), TextInvalid::code))
    };
    let label = line("/tax_label", &input.tax_label, 50);
    let note = line("/tax_note", &input.tax_note, 500);
    TenantTax {
        payment_terms_days: input.payment_terms_days,
        treatment,
        rate,
        label,
        note,
    }
}

fn act(operation: &str, row: &TenantRow, before: Option<Value>, after: Option<Value>) -> Act {
    Act {
        operation: operation.to_owned(),
        target_kind: "tenant",
        target_id: row.id.to_string(),
        distributor_id: Some(row.distributor_id),
        partner_id: Some(row.partner_id),
        tenant_id: Some(row.id),
        before,
        after,
        ..Act::default()
    }
}

/// What the audit record keeps; personal fields appear only as part of the change (I-75).
fn facts(row: &TenantRow) -> Value {
    let own = [
        ("payment_terms_days", json!(row.tax.payment_terms_days)),
        ("tax_treatment", json!(row.tax.treatment)),
        ("tax_rate", json!(row.tax.rate)),
        ("tax_label", json!(row.tax.label)),
        ("tax_note", json!(row.tax.note)),
    ];
    recorded::facts(&row.fields.name, &row.fields.currency, &row.fields.profile, &own)
}
