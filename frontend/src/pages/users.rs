//! Settings: the list of users, and adding one.

use crate::format;
use crate::forms::user::user_form;
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Column, Filter, FilterInput, List, Look, back, badge, button_link, head, instant, link, list, nav, stack, text,
};
use api_types::user::UserView;
use leptos::prelude::*;

const ROLES: &[(&str, &str)] = &[
    ("platform_administrator", "Platform Administrator"),
    ("distributor_administrator", "Distributor Administrator"),
    ("partner_administrator", "Partner Administrator"),
    ("tenant_administrator", "Tenant Administrator"),
    ("platform_reader", "Platform Reader"),
    ("distributor_reader", "Distributor Reader"),
    ("partner_reader", "Partner Reader"),
    ("tenant_reader", "Tenant Reader"),
];

const STATES: &[(&str, &str)] = &[("active", "Active"), ("invited", "Invited")];

/// The page.
pub fn page() -> AnyView {
    let create = state::can("user.create");
    let href = Place::UserCreate.path();
    let spec = List {
        address: "/users".to_owned(),
        fixed: vec![],
        search: true,
        columns: vec![
            Column::new("Name").sort("name"),
            Column::new("Email address").sort("email_address"),
            Column::new("User role"),
            Column::new("Scope"),
            Column::new("State"),
            Column::new("Added").sort("created_at"),
        ],
        filters: vec![
            Filter {
                name: "role",
                label: "User Role",
                input: FilterInput::Choice(ROLES),
            },
            Filter {
                name: "state",
                label: "State",
                input: FilterInput::Choice(STATES),
            },
        ],
        noun: ("user", "users"),
        empty: "No users in your scope yet.",
        next_step: create.then(|| ("Create", href.clone())),
    };
    let (_, view) = list::<UserView>(spec, row);
    let actions = if create {
        vec![button_link("Create", Look::Primary, href)]
    } else {
        vec![]
    };
    stack(vec![
        head(
            "Users",
            text("People who can sign in, with their role and scope."),
            actions,
        ),
        view,
    ])
}

fn row(user: &UserView) -> Vec<AnyView> {
    vec![
        link(
            &format!("{} {}", user.first_name, user.last_name),
            Place::User(user.id).path(),
        ),
        text(&user.email_address),
        text(&format::title(&user.role)),
        text(user.anchor.as_ref().map_or("Platform", |anchor| anchor.name.as_str())),
        badge(state_of(user)),
        instant(Some(&user.created_at)),
    ]
}

/// The state that matters most.
pub fn state_of(user: &UserView) -> &str {
    if user.disabled {
        "disabled"
    } else if user.locked_out {
        "locked_out"
    } else {
        &user.state
    }
}

/// The page that adds one.
pub fn create() -> AnyView {
    let done = Callback::new(|user: UserView| nav::go(&Place::User(user.id).path()));
    stack(vec![
        back("Users", Place::Users.path()),
        head("Create user", text("An invitation is sent to the address."), vec![]),
        user_form(done),
    ])
}
