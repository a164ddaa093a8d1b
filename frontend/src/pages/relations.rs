//! What the page of an entity shows beside its fields: notices, its tree, its administrators.

use crate::format;
use crate::forms::administrators::{self, Draft};
use crate::forms::entity_view::Entity;
use crate::forms::move_entity::withdraw_button;
use crate::paths::{Kind, Place};
use crate::query::Query;
use crate::state;
use crate::ui::{
    Column, Field, Form, Look, badge, button, dialog, empty, field, form, link, note, options, section, stack, table,
    text,
};
use api_types::entity_details::{
    AdministratorRelease, AdministratorView, AdministratorsInput, Deletion, EntityDetails, TreeNode,
};
use leptos::prelude::*;
use uuid::Uuid;

/// What must be known before anything else: archived, moving, or without an administrator.
pub fn notices(kind: Kind, entity: &Entity, taken: Callback<Entity>) -> AnyView {
    let mut notes = vec![];
    if let Some(at) = &entity.archived_at {
        let sentence = format!("Archived on {}. It can be read, not changed.", format::instant(at));
        notes.push(note("warn", sentence));
    }
    let Some(details) = &entity.details else {
        return stack(notes);
    };
    if let Some(planned) = &details.pending_move {
        let month = format::month(&planned.effective_month);
        let withdraw = state::can(&format!("{}.move", kind.operation()))
            .then(|| withdraw_button(kind, entity.id, entity.etag.clone(), taken));
        notes.push(
            view! {
                <div class="banner info">
                    <p>"Moves to " <bdi>{planned.parent.name.clone()}</bdi> {format!(" from {month} on.")}</p>
                    {withdraw}
                </div>
            }
            .into_any(),
        );
    }
    if entity.archived_at.is_none() && details.administrators.is_empty() {
        notes.push(note("warn", "Nobody administrates it. Assign an administrator."));
    }
    stack(notes)
}

/// The entities above it, itself and those directly below.
pub fn tree(kind: Kind, entity: &Entity, details: &EntityDetails) -> AnyView {
    let children = details.children.iter().map(node).collect::<Vec<_>>();
    let shown = u64::try_from(details.children.len()).unwrap_or(u64::MAX);
    let more = details
        .child_total
        .checked_sub(shown)
        .filter(|more| *more > 0)
        .map(|more| {
            let list = match kind {
                Kind::Distributor => Place::Entities(Kind::Partner),
                Kind::Partner => Place::Entities(Kind::Tenant),
                Kind::Tenant => Place::Subscriptions,
            };
            let filter = format!("{}_id", kind.operation());
            let href = Query::default().with(&filter, &entity.id.to_string()).on(&list.path());
            view! { <li>{link(&format!("{} more", format::count(more)), href)}</li> }
        });
    let nothing = children
        .is_empty()
        .then(|| view! { <li class="muted">"Nothing below"</li> });
    let mut branch = view! {
        <ul class="tree">
            <li>
                <strong aria-current="true"><bdi>{entity.name.clone()}</bdi></strong>
                <span class="muted">{format!(" {}", kind.label())}</span>
                <ul>{children}{more}{nothing}</ul>
            </li>
        </ul>
    }
    .into_any();
    for above in details.ancestors.iter().rev() {
        branch = view! { <ul class="tree"><li>{label(above)}{branch}</li></ul> }.into_any();
    }
    section("Relationships", branch)
}

fn node(node: &TreeNode) -> AnyView {
    view! { <li>{label(node)}</li> }.into_any()
}

fn label(node: &TreeNode) -> AnyView {
    let place = match node.kind.as_str() {
        "distributor" => Place::Entity(Kind::Distributor, node.id),
        "partner" => Place::Entity(Kind::Partner, node.id),
        "tenant" => Place::Entity(Kind::Tenant, node.id),
        _ => Place::Subscription(node.id),
    };
    let name = if state::can(place.operation()) {
        link(&node.name, place.path())
    } else {
        text(&node.name)
    };
    let below = match node.kind.as_str() {
        "distributor" => format::counted(node.child_count, "partner", "partners"),
        "partner" => format::counted(node.child_count, "tenant", "tenants"),
        "tenant" => format::counted(node.child_count, "subscription", "subscriptions"),
        _ => String::new(),
    };
    let about = [format::words(&node.kind), below];
    let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
    view! { {name} <span class="muted">{format!(" {}", about.join(", "))}</span> }.into_any()
}

/// Its administrators, and how to assign and release them.
pub fn administrators(kind: Kind, entity: &Entity, details: &EntityDetails, taken: Callback<Entity>) -> AnyView {
    let title = format!("{} Administrators", kind.label());
    let changes = entity.archived_at.is_none() && state::can(&format!("{}.set_administrators", kind.operation()));
    let assign = changes.then(|| assign_button(kind, entity, taken));
    if details.administrators.is_empty() {
        return section(&title, empty("No administrator yet.", assign));
    }
    let rows = details
        .administrators
        .iter()
        .map(|person| row(kind, entity.id, person, changes, taken))
        .collect();
    let mut columns = vec![Column::new("Name"), Column::new("Email Address"), Column::new("State")];
    if changes {
        columns.push(Column::new("Actions"));
    }
    let people = table("administrators", &columns, rows);
    section(
        &title,
        stack(vec![people, view! { <div class="actions">{assign}</div> }.into_any()]),
    )
}

fn row(kind: Kind, id: Uuid, person: &AdministratorView, changes: bool, taken: Callback<Entity>) -> Vec<AnyView> {
    let name = format!("{} {}", person.first_name, person.last_name);
    let place = Place::User(person.id);
    let shown = if state::can(place.operation()) {
        link(&name, place.path())
    } else {
        text(&name)
    };
    let mut cells = vec![shown, text(&person.email_address), badge(&person.state)];
    if changes {
        cells.push(release_button(kind, id, person.id, &name, taken));
    }
    cells
}

fn assign_button(kind: Kind, entity: &Entity, taken: Callback<Entity>) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("assign");
    let (id, title) = (entity.id, format!("Assign {} Administrator", kind.label()));
    let content = move || {
        let Some(draft) = Draft::new(kind) else {
            return ().into_any();
        };
        form(
            frame,
            "Assign",
            administrators::fields(frame, draft),
            vec![],
            move || {
                let call = async move { administrators::assign(kind, id, &draft.input()?).await };
                frame.run(call, move |entity| {
                    open.try_set(false);
                    taken.run(entity);
                });
            },
        )
    };
    view! { {button("Assign", Look::Plain, move || open.set(true))} {dialog(open, title, content)} }.into_any()
}

fn release_button(kind: Kind, id: Uuid, user: Uuid, name: &str, taken: Callback<Entity>) -> AnyView {
    let open = RwSignal::new(false);
    let frame = Form::new("release");
    let reader = format!("{}_reader", kind.operation());
    let title = format!("Release {name}");
    let content = move || {
        let chosen = RwSignal::new(reader.clone());
        let becomes = format!("Becomes {} Reader here", kind.label());
        let choice = options(&[(reader.as_str(), becomes.as_str()), ("", "Is disabled and signed out")]);
        let fields = vec![field(
            frame,
            Field::new("Afterwards", "/release").required().input(choice),
            chosen,
        )];
        form(frame, "Release", fields, vec![], move || {
            let role = Some(chosen.get_untracked()).filter(|role| !role.is_empty());
            let release = AdministratorRelease {
                user_id: user,
                role,
                anchor_id: None,
            };
            let input = AdministratorsInput {
                release: vec![release],
                ..AdministratorsInput::default()
            };
            let call = async move { administrators::assign(kind, id, &input).await };
            frame.run(call, move |entity| {
                open.try_set(false);
                taken.run(entity);
            });
        })
    };
    view! { {button("Release", Look::Quiet, move || open.set(true))} {dialog(open, title, content)} }.into_any()
}

/// The Delete button of what cannot be deleted: its dialog says why.
pub fn refused_deletion(title: String, deletion: &Deletion) -> AnyView {
    let open = RwSignal::new(false);
    let reasons: Vec<String> = deletion.blockers.iter().map(|blocker| blocker.detail.clone()).collect();
    let content = move || {
        let lines = reasons
            .iter()
            .map(|reason| view! { <li>{reason.clone()}</li> }.into_any())
            .collect::<Vec<_>>();
        view! {
            <div class="stack">
                <p>"It cannot be deleted now:"</p>
                <ul class="plain">{lines}</ul>
                <div class="actions end">{button("Close", Look::Plain, move || open.set(false))}</div>
            </div>
        }
        .into_any()
    };
    view! { {button("Delete", Look::Danger, move || open.set(true))} {dialog(open, title, content)} }.into_any()
}
