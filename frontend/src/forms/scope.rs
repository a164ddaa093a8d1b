//! User Role with Distributor, Partner and Tenant: only what the signed-in person may give is offered (PM-11).

use crate::format;
use crate::pages::common::{given, held};
use crate::state;
use crate::ui::field::Options;
use crate::ui::{Field, Form, Input, field, text};
use api_types::common::Reference;
use leptos::prelude::*;
use uuid::Uuid;

/// The roles, highest first.
pub const ROLES: [&str; 8] = [
    "platform_administrator",
    "distributor_administrator",
    "partner_administrator",
    "tenant_administrator",
    "platform_reader",
    "distributor_reader",
    "partner_reader",
    "tenant_reader",
];

const LEVELS: [(&str, &str, &str); 3] = [
    ("Distributor", "/distributor", "distributors"),
    ("Partner", "/partner", "partners"),
    ("Tenant", "/tenant", "tenants"),
];

/// How far below the platform a role is held: 0 for the platform, 3 for a tenant.
pub fn level(role: &str) -> usize {
    match role.split('_').next() {
        Some("distributor") => 1,
        Some("partner") => 2,
        Some("tenant") => 3,
        _ => 0,
    }
}

/// The choice being made.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Role.
    pub role: RwSignal<String>,
    /// Distributor, partner and tenant; the one of the role's level is the anchor.
    entities: [RwSignal<String>; 3],
}

impl Draft {
    /// Starts with what a user has.
    pub fn new(role: &str, anchor: Option<&Reference>) -> Self {
        let draft = Self {
            role: held(role),
            entities: [held(""), held(""), held("")],
        };
        if let (Some(signal), Some(anchor)) = (draft.entity(level(role)), anchor) {
            signal.set(anchor.id.to_string());
        }
        draft
    }

    fn entity(self, level: usize) -> Option<RwSignal<String>> {
        self.entities.get(level.checked_sub(1)?).copied()
    }

    /// The entity the role is held on: the chosen one, or the own where there is nothing to choose.
    pub fn anchor(self) -> Option<Uuid> {
        let wanted = level(&given(self.role));
        let own = state::user()?;
        if wanted > 0 && level(&own.role) == wanted {
            return own.anchor.map(|anchor| anchor.id);
        }
        Uuid::parse_str(&given(self.entity(wanted)?)).ok()
    }
}

/// The fields.
pub fn scope_fields(frame: Form, draft: Draft, label: &str) -> Vec<AnyView> {
    let own = state::user();
    let mine = own.as_ref().map_or(3, |user| level(&user.role));
    let here = own.and_then(|user| user.anchor);
    let wanted = Memo::new(move |_| draft.role.with(|role| level(role)));
    let pickers = move || {
        let wanted = wanted.get();
        if wanted > 0 && wanted == mine {
            return fixed(wanted, here.as_ref());
        }
        (mine.saturating_add(1)..=wanted)
            .filter_map(|at| entity_picker(frame, draft, at, wanted))
            .collect::<Vec<_>>()
            .into_any()
    };
    let roles = Field::new(label, "/role")
        .required()
        .input(Input::Select(role_options(mine)));
    vec![field(frame, roles, draft.role), pickers.into_any()]
}

/// Roles of the own level and below.
fn role_options(mine: usize) -> Options {
    let mut pairs = vec![(String::new(), "Select …".to_owned())];
    let offered = ROLES.iter().filter(|role| level(role) >= mine);
    pairs.extend(offered.map(|role| ((*role).to_owned(), format::title(role))));
    Signal::stored(pairs)
}

/// The own entity, where it is the only choice.
fn fixed(level: usize, anchor: Option<&Reference>) -> AnyView {
    let label = level
        .checked_sub(1)
        .and_then(|at| LEVELS.get(at))
        .map(|(label, ..)| *label);
    let name = anchor.map(|anchor| anchor.name.clone()).unwrap_or_default();
    view! { <div class="field"><span class="label">{label}</span><div class="control">{text(&name)}</div></div> }
        .into_any()
}

/// A picker; those above the role's level only narrow the ones below.
fn entity_picker(frame: Form, draft: Draft, at: usize, wanted: usize) -> Option<AnyView> {
    let (label, pointer, list) = *LEVELS.get(at.checked_sub(1)?)?;
    let value = draft.entity(at)?;
    let above = at.checked_sub(1).and_then(|above| draft.entity(above));
    let parameter = if at == 3 { "partner_id" } else { "distributor_id" };
    let address = Signal::derive(move || match above.map(|above| above.get()) {
        Some(above) if !above.is_empty() => format!("/{list}?{parameter}={above}"),
        _ => format!("/{list}"),
    });
    // Another choice above makes the one below meaningless.
    if let Some(above) = above {
        Effect::new(move |before: Option<String>| {
            let now = above.get();
            if before.is_some_and(|before| before != now) {
                value.set(String::new());
            }
            now
        });
    }
    let spec = if at == wanted {
        Field::new(label, "/anchor_id").required()
    } else {
        Field::new(label, pointer).help("Narrows the choice below.")
    };
    Some(field(frame, spec.input(Input::Lookup(address)), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_below_the_platform_are_held_on_an_entity() {
        for role in ROLES {
            assert_eq!(level(role) == 0, role.starts_with("platform"), "{role}");
            let named = level(role).checked_sub(1).and_then(|at| LEVELS.get(at));
            assert!(
                named.is_none_or(|(label, ..)| role.starts_with(&label.to_lowercase())),
                "{role}"
            );
        }
    }
}
