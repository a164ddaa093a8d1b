//! What the page of one entity shows beside its fields: the tree around it, its administrators, a planned move and what
//! Delete would do.

use domain::ids::{DistributorId, PartnerId};
use domain::period::Period;
use domain::role::Anchor;
use domain::scope::Scope;
use persistence::organisation::{AdministratorRow, PartnerFilter, TenantFilter};
use persistence::subscription::SubscriptionFilter;
use persistence::{PageRequest, Tx};
use uuid::Uuid;

use super::deletion::{self, Deletion};
use super::live;
use crate::authorize::authorize;
use crate::{Actor, App, Error};

/// Most children that are shown with an entity.
const CHILDREN: u64 = 200;

/// An entity in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `distributor`, `partner`, `tenant` or `subscription`.
    pub kind: &'static str,
    /// Identity.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Live entities directly below.
    pub child_count: i64,
}

/// The new parent and the month of a planned move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The new parent.
    pub parent: (Uuid, String),
    /// Month at whose first instant it takes effect.
    pub month: Period,
}

/// What the page of one entity shows beside its fields.
#[derive(Clone, Debug)]
pub struct Details {
    /// Entities above, the highest first.
    pub ancestors: Vec<Node>,
    /// Live entities directly below.
    pub children: Vec<Node>,
    /// How many there are.
    pub child_total: u64,
    /// Users with its administrator role.
    pub administrators: Vec<AdministratorRow>,
    /// A planned move.
    pub pending: Option<Pending>,
    /// What Delete would do.
    pub deletion: Deletion,
}

/// The details of an entity in the actor's scope.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn read(app: &App, actor: &Actor, entity: Anchor) -> Result<Details, Error> {
    let tx = app.store().read().await?;
    let scope = match entity {
        Anchor::Platform => return Err(Error::NotFound),
        Anchor::Distributor(_) => authorize(app, &tx, actor, "distributor.read").await?,
        Anchor::Partner(_) => authorize(app, &tx, actor, "partner.read").await?,
        Anchor::Tenant(_) => authorize(app, &tx, actor, "tenant.read").await?,
    };
    let (children, child_total) = children(&tx, scope, entity).await?;
    Ok(Details {
        ancestors: ancestors(&tx, scope, entity).await?,
        children,
        child_total,
        administrators: tx.relations().administrators(entity).await?,
        pending: pending(&tx, scope, entity).await?,
        deletion: deletion::preview(&tx, scope, entity).await?,
    })
}

/// The way up: an entity's own ancestors are named wherever it is shown.
async fn ancestors(tx: &Tx, scope: Scope, entity: Anchor) -> Result<Vec<Node>, Error> {
    let above = Scope::system("the names above an entity that is in scope");
    let (distributor, partner) = match entity {
        Anchor::Platform | Anchor::Distributor(_) => return Ok(Vec::new()),
        Anchor::Partner(id) => {
            let row = tx.partners().find(scope, id).await?.ok_or(Error::NotFound)?;
            (row.distributor_id, None)
        }
        Anchor::Tenant(id) => {
            let row = tx.tenants().find(scope, id).await?.ok_or(Error::NotFound)?;
            (row.distributor_id, Some(row.partner_id))
        }
    };
    let mut nodes = vec![distributor_node(tx, above, distributor).await?];
    if let Some(id) = partner {
        nodes.push(partner_node(tx, above, id).await?);
    }
    // How many siblings there are is the parent's business (PM-25).
    if !scope.is_everything() {
        let own = scope.anchor().id();
        let mut inside = false;
        for node in &mut nodes {
            inside = inside || Some(node.id) == own;
            if !inside {
                node.child_count = 1;
            }
        }
    }
    Ok(nodes)
}

async fn distributor_node(tx: &Tx, scope: Scope, id: DistributorId) -> Result<Node, Error> {
    let row = tx.distributors().find(scope, id).await?.ok_or(Error::NotFound)?;
    Ok(Node {
        kind: "distributor",
        id: id.uuid(),
        name: row.fields.name,
        child_count: row.partner_count,
    })
}

async fn partner_node(tx: &Tx, scope: Scope, id: PartnerId) -> Result<Node, Error> {
    let row = tx.partners().find(scope, id).await?.ok_or(Error::NotFound)?;
    Ok(Node {
        kind: "partner",
        id: id.uuid(),
        name: row.fields.name,
        child_count: row.tenant_count,
    })
}

async fn children(tx: &Tx, scope: Scope, entity: Anchor) -> Result<(Vec<Node>, u64), Error> {
    let page = PageRequest::first(CHILDREN, "name");
    let (nodes, total): (Vec<Node>, _) = match entity {
        Anchor::Platform => (Vec::new(), None),
        Anchor::Distributor(id) => {
            let filter = PartnerFilter {
                distributor_id: Some(id),
                ..PartnerFilter::default()
            };
            let rows = tx.partners().list(scope, filter, &page).await?;
            let node = |row: persistence::organisation::PartnerRow| Node {
                kind: "partner",
                id: row.id.uuid(),
                name: row.fields.name,
                child_count: row.tenant_count,
            };
            (rows.items.into_iter().map(node).collect(), rows.total)
        }
        Anchor::Partner(id) => {
            let filter = TenantFilter {
                partner_id: Some(id),
                ..TenantFilter::default()
            };
            let rows = tx.tenants().list(scope, filter, &page).await?;
            let node = |row: persistence::organisation::TenantRow| Node {
                kind: "tenant",
                id: row.id.uuid(),
                name: row.fields.name,
                child_count: row.subscription_count,
            };
            (rows.items.into_iter().map(node).collect(), rows.total)
        }
        Anchor::Tenant(id) => {
            let filter = SubscriptionFilter {
                tenant_id: Some(id),
                ..SubscriptionFilter::default()
            };
            let rows = tx.subscriptions().list(scope, filter, &page).await?;
            let node = |row: persistence::subscription::SubscriptionRow| Node {
                kind: "subscription",
                id: row.id.uuid(),
                name: row.name,
                child_count: 0,
            };
            (rows.items.into_iter().map(node).collect(), rows.total)
        }
    };
    Ok((nodes, total.unwrap_or_default()))
}

/// A planned move is shown to those who see the new parent, so that no other branch is named (PM-25).
async fn pending(tx: &Tx, scope: Scope, entity: Anchor) -> Result<Option<Pending>, Error> {
    let Some(plan) = tx.relations().planned(entity).await? else {
        return Ok(None);
    };
    let parent = match entity {
        Anchor::Partner(_) => Anchor::Distributor(plan.to.into()),
        _ => Anchor::Partner(plan.to.into()),
    };
    let found = live(tx, scope, parent).await?;
    Ok(found.map(|found| Pending {
        parent: (plan.to, found.name),
        month: plan.month,
    }))
}
