//! Relationships: the list of distributors, partners or tenants.

use crate::format;
use crate::paths::{Kind, Place};
use crate::state;
use crate::ui::{Column, Filter, FilterInput, List, Look, badge, button_link, head, instant, link, list, stack, text};
use api_types::organisation::{DistributorView, PartnerView, TenantView};
use leptos::prelude::*;

const DISTRIBUTOR: Filter = Filter {
    name: "distributor_id",
    label: "Distributor",
    input: FilterInput::Remote("/distributors"),
};
const ARCHIVED: Filter = Filter {
    name: "archived",
    label: "Archived",
    input: FilterInput::Choice(&[("true", "Archived only")]),
};
const PARTNER: Filter = Filter {
    name: "partner_id",
    label: "Partner",
    input: FilterInput::Remote("/partners"),
};

/// The page.
pub fn page(kind: Kind) -> AnyView {
    let (lead, empty) = words(kind);
    let create = state::can(Place::EntityCreate(kind).operation());
    let href = Place::EntityCreate(kind).path();
    let actions = if create {
        vec![button_link("Create", Look::Primary, href.clone())]
    } else {
        vec![]
    };
    let mut filters = vec![];
    if kind != Kind::Distributor && state::can("distributor.list") {
        filters.push(DISTRIBUTOR);
    }
    if kind == Kind::Tenant && state::can("partner.list") {
        filters.push(PARTNER);
    }
    filters.push(ARCHIVED);
    let spec = List {
        address: format!("/{}", kind.plural()),
        fixed: vec![],
        search: true,
        columns: columns(kind),
        filters,
        noun: match kind {
            Kind::Distributor => ("distributor", "distributors"),
            Kind::Partner => ("partner", "partners"),
            Kind::Tenant => ("tenant", "tenants"),
        },
        empty,
        next_step: create.then_some(("Create", href)),
    };
    let view = match kind {
        Kind::Distributor => list::<DistributorView>(spec, distributor).1,
        Kind::Partner => list::<PartnerView>(spec, partner).1,
        Kind::Tenant => list::<TenantView>(spec, tenant).1,
    };
    stack(vec![head(format!("{}s", kind.label()), text(lead), actions), view])
}

fn words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Distributor => (
            "The highest commercial level below the platform.",
            "No distributors yet. A distributor owns partners, and partners own tenants.",
        ),
        Kind::Partner => (
            "Commercial entities below a distributor.",
            "No partners yet. A partner belongs to one distributor and owns tenants.",
        ),
        Kind::Tenant => (
            "The organisations that consume and receive invoices.",
            "No tenants yet. A tenant belongs to one partner and receives its invoices.",
        ),
    }
}

fn columns(kind: Kind) -> Vec<Column> {
    let name = Column::new("Name").sort("name");
    let currency = Column::new("Currency");
    let administrators = Column::new("Administrators").number();
    let added = Column::new("Added").sort("created_at");
    match kind {
        Kind::Distributor => {
            vec![
                name,
                currency,
                Column::new("Partners").number(),
                Column::new("Tenants").number(),
                administrators,
                added,
            ]
        }
        Kind::Partner => vec![
            name,
            Column::new("Distributor"),
            currency,
            Column::new("Tenants").number(),
            administrators,
            added,
        ],
        Kind::Tenant => vec![
            name,
            Column::new("Partner"),
            Column::new("Distributor"),
            currency,
            Column::new("Subscriptions").number(),
            administrators,
            added,
        ],
    }
}

/// How many administrate it; none is a warning (PM-26).
fn administrated(count: u64) -> AnyView {
    if count == 0 {
        badge("none")
    } else {
        text(&format::count(count))
    }
}

fn distributor(view: &DistributorView) -> Vec<AnyView> {
    vec![
        link(&view.name, Place::Entity(Kind::Distributor, view.id).path()),
        text(&view.currency),
        text(&format::count(view.partner_count)),
        text(&format::count(view.tenant_count)),
        administrated(view.administrator_count),
        instant(Some(&view.created_at)),
    ]
}

fn partner(view: &PartnerView) -> Vec<AnyView> {
    vec![
        link(&view.name, Place::Entity(Kind::Partner, view.id).path()),
        text(&view.distributor.name),
        text(&view.currency),
        text(&format::count(view.tenant_count)),
        administrated(view.administrator_count),
        instant(Some(&view.created_at)),
    ]
}

fn tenant(view: &TenantView) -> Vec<AnyView> {
    vec![
        link(&view.name, Place::Entity(Kind::Tenant, view.id).path()),
        text(&view.partner.name),
        text(&view.distributor.name),
        text(&view.currency),
        text(&format::count(view.subscription_count)),
        administrated(view.administrator_count),
        instant(Some(&view.created_at)),
    ]
}
