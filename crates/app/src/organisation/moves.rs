//! Moves: a partner to another distributor, a tenant to another partner, from the first instant of a coming month
//! (PM-15, S-06).

use domain::period::Period;
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::Tx;
use persistence::organisation::PlannedMove;
use serde_json::json;
use uuid::Uuid;

use super::live;
use crate::authorize::{permitted, stepped_up};
use crate::{Actor, App, Error, Invalid, audit, ids};

/// A move as entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveInput {
    /// The new parent; none withdraws the planned move.
    pub parent_id: Option<Uuid>,
    /// A coming month, `YYYY-MM`; none: the next.
    pub effective_month: Option<String>,
}

/// Plans a move in place of the present plan, or withdraws it.
///
/// # Errors
/// [`Error::NotFound`], 422 `/parent_id` `unknown_reference` or `same_parent`, `/effective_month` `period_invalid` or
/// `month_not_coming`, 409 `name_taken`.
pub async fn plan(app: &App, actor: &Actor, entity: Anchor, input: &MoveInput) -> Result<(), Error> {
    let operation = match entity {
        Anchor::Partner(_) => "partner.move",
        Anchor::Tenant(_) => "tenant.move",
        Anchor::Platform | Anchor::Distributor(_) => return Err(Error::NotFound),
    };
    let tx = app.store().begin().await?;
    let scope = permitted(actor, operation)?;
    let found = live(&tx, scope, entity).await?.ok_or(Error::NotFound)?;
    let (from, from_name) = found.parent.clone().ok_or(Error::NotFound)?;
    let to = match input.parent_id {
        Some(id) => {
            let parent = live(&tx, scope, parent_of(entity, id)).await?;
            Some((id, parent.ok_or_else(|| Invalid::unknown_reference("/parent_id"))?))
        }
        None => None,
    };
    stepped_up(app, actor, operation)?;
    let before = tx.relations().planned(entity).await?;
    let mut entry = found.act(operation, entity);
    entry.before = before.map(|plan| json!({ "to": plan.to, "effective_month": plan.month.to_string() }));
    match to {
        None if before.is_none() => return Ok(()),
        None => tx.relations().withdraw(entity).await?,
        Some((to, parent)) => {
            let month = checked(app, input, from, to)?;
            if tx.relations().name_taken_below(entity, to, &found.name).await? {
                return Err(Error::conflict("name_taken", "The new parent has one of this name."));
            }
            let plan = PlannedMove {
                id: ids::new_id::<domain::ids::UserId>(app).uuid(),
                entity,
                from,
                to,
                month,
            };
            tx.relations().plan(&plan, app.clock().now()).await?;
            entry.after = Some(json!({
                "from": from, "from_name": from_name, "to": to, "to_name": parent.name, "effective_month": month.to_string(),
            }));
        }
    }
    audit::record(app, &tx, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Carries out what takes effect by now; answers how many moves that were. A move that became impossible is withdrawn,
/// and the record says why.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn carry_out_due(app: &App) -> Result<usize, Error> {
    let due = {
        let tx = app.store().read().await?;
        tx.relations().due(Period::of(app.clock().now())).await?
    };
    let mut moved = 0_usize;
    for plan in due {
        let tx = app.store().begin().await?;
        if carry_out(app, &tx, &plan).await? {
            moved = moved.saturating_add(1);
        }
        tx.commit().await?;
    }
    Ok(moved)
}

async fn carry_out(app: &App, tx: &Tx, plan: &PlannedMove) -> Result<bool, Error> {
    let everything = Scope::system("a planned move takes effect");
    let operation = match plan.entity {
        Anchor::Partner(_) => "partner.move",
        _ => "tenant.move",
    };
    let system = Actor {
        request_id: "schedule".to_owned(),
        ..Actor::console()
    };
    let Some(found) = live(tx, everything, plan.entity).await? else {
        tx.relations().withdraw(plan.entity).await?;
        return Ok(false);
    };
    tx.relations().hold(parent_of(plan.entity, plan.to)).await?;
    let parent = live(tx, everything, parent_of(plan.entity, plan.to)).await?;
    let taken = tx
        .relations()
        .name_taken_below(plan.entity, plan.to, &found.name)
        .await?;
    let mut entry = found.act(operation, plan.entity);
    entry.before = Some(json!({ "parent": plan.from }));
    if parent.is_none() || taken {
        tx.relations().withdraw(plan.entity).await?;
        entry.reason = Some(if taken { "name_taken" } else { "parent_gone" }.to_owned());
        audit::record(app, tx, &system, entry).await?;
        return Ok(false);
    }
    if !tx.relations().carry_out(plan, app.clock().now()).await? {
        return Ok(false);
    }
    entry.after = Some(json!({ "parent": plan.to, "effective_month": plan.month.to_string() }));
    audit::record(app, tx, &system, entry).await?;
    Ok(true)
}

fn checked(app: &App, input: &MoveInput, from: Uuid, to: Uuid) -> Result<Period, Error> {
    let mut invalid = Invalid::new();
    if from == to {
        invalid.add(
            "/parent_id",
            "same_parent",
            "It belongs there already. Choose another parent.",
        );
    }
    let present = Period::of(app.clock().now());
    let month = match input.effective_month.as_deref().filter(|text| !text.is_empty()) {
        None => Some(present.next()),
        Some(text) => invalid.keep("/effective_month", Period::parse(text), |error| error.code()),
    };
    if month.is_some_and(|month| month <= present || month > present.plus_months(120)) {
        invalid.add("/effective_month", "month_not_coming", "Choose a coming month.");
    }
    invalid.check()?;
    Ok(month.unwrap_or_else(|| present.next()))
}

/// The parent of an entity: one level above it.
fn parent_of(entity: Anchor, id: Uuid) -> Anchor {
    match entity {
        Anchor::Partner(_) => Anchor::Distributor(id.into()),
        _ => Anchor::Partner(id.into()),
    }
}
