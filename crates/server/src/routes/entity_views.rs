//! Wire types of what the page of one entity shows and does beside its fields.

use api_types::common::Reference;
use api_types::entity_details as wire;
use app::organisation::administrators::{AdministratorsInput, Invitation, Release};
use app::organisation::details::{self, Details, Node};
use app::organisation::moves::MoveInput;
use domain::role::Anchor;
use persistence::organisation::AdministratorRow;
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::count;
use crate::{ApiError, Caller, State};

/// What a read shows beside the fields.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DetailsQuery {
    /// `true` adds tree, administrators, planned move and what Delete would do.
    #[param(example = true)]
    pub details: Option<bool>,
}

/// The details of an entity, when they were asked for.
///
/// # Errors
/// 404 outside the scope.
pub async fn asked(
    state: &State,
    caller: &Caller,
    entity: Anchor,
    query: &DetailsQuery,
) -> Result<Option<wire::EntityDetails>, ApiError> {
    if query.details == Some(true) {
        read(state, caller, entity).await.map(Some)
    } else {
        Ok(None)
    }
}

/// The details of an entity.
///
/// # Errors
/// 404 outside the scope.
pub async fn read(state: &State, caller: &Caller, entity: Anchor) -> Result<wire::EntityDetails, ApiError> {
    Ok(view(details::read(&state.app, &caller.0, entity).await?))
}

fn view(found: Details) -> wire::EntityDetails {
    wire::EntityDetails {
        ancestors: found.ancestors.into_iter().map(node).collect(),
        children: found.children.into_iter().map(node).collect(),
        child_total: found.child_total,
        administrators: found.administrators.into_iter().map(administrator).collect(),
        pending_move: found.pending.map(|pending| wire::PendingMove {
            parent: Reference {
                id: pending.parent.0,
                name: pending.parent.1,
            },
            effective_month: pending.month.to_string(),
        }),
        deletion: wire::Deletion {
            outcome: found.deletion.outcome.to_owned(),
            blockers: found
                .deletion
                .blockers
                .into_iter()
                .map(|blocker| wire::DeletionBlocker {
                    code: blocker.code.to_owned(),
                    count: blocker.count,
                    detail: blocker.detail,
                })
                .collect(),
            disabled_users: found.deletion.disabled_users,
        },
    }
}

fn node(node: Node) -> wire::TreeNode {
    wire::TreeNode {
        kind: node.kind.to_owned(),
        id: node.id,
        name: node.name,
        child_count: count(node.child_count),
    }
}

fn administrator(row: AdministratorRow) -> wire::AdministratorView {
    let state = match (row.disabled, row.active) {
        (true, _) => "disabled",
        (false, true) => "active",
        (false, false) => "invited",
    };
    wire::AdministratorView {
        id: row.id.uuid(),
        first_name: row.first_name,
        last_name: row.last_name,
        email_address: row.email_address,
        state: state.to_owned(),
    }
}

/// Administrators as entered.
pub fn administrators_input(body: wire::AdministratorsInput) -> AdministratorsInput {
    AdministratorsInput {
        assign: body.assign.into_iter().map(Into::into).collect(),
        invite: body
            .invite
            .into_iter()
            .map(|person| Invitation {
                first_name: person.first_name,
                last_name: person.last_name,
                email_address: person.email_address,
                phone_number: person.phone_number,
            })
            .collect(),
        release: body
            .release
            .into_iter()
            .map(|entry| Release {
                user_id: entry.user_id.into(),
                role: entry.role,
                anchor_id: entry.anchor_id,
            })
            .collect(),
    }
}

/// A move as entered.
pub fn move_input(body: wire::MoveInput) -> MoveInput {
    MoveInput {
        parent_id: body.parent_id,
        effective_month: body.effective_month,
    }
}
