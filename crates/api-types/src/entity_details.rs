//! What the page of one distributor, partner or tenant shows and does beside its fields: its tree, its administrators
//! (PM-26), moves (PM-15) and what Delete would do (PM-16).

use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the page of one entity shows beside its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntityDetails {
    /// Entities above, the highest first.
    pub ancestors: Vec<TreeNode>,
    /// Live entities directly below by name, at most 200; [`EntityDetails::child_total`] counts all.
    pub children: Vec<TreeNode>,
    /// Live entities directly below.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub child_total: u64,
    /// Users with its administrator role, by name.
    pub administrators: Vec<AdministratorView>,
    /// A move that was planned and has not taken effect.
    pub pending_move: Option<PendingMove>,
    /// What Delete would do now.
    pub deletion: Deletion,
}

/// An entity in a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeNode {
    /// `distributor`, `partner`, `tenant` or `subscription`.
    #[cfg_attr(feature = "openapi", schema(example = "partner"))]
    pub kind: String,
    /// Identity.
    pub id: Uuid,
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "Fjord Cloud"))]
    pub name: String,
    /// Live entities directly below it.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub child_count: u64,
}

/// An administrator of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdministratorView {
    /// The user.
    pub id: Uuid,
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
    /// `invited`, `active` or `disabled`.
    #[cfg_attr(feature = "openapi", schema(example = "active"))]
    pub state: String,
}

/// A planned move (PM-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingMove {
    /// The new parent.
    pub parent: Reference,
    /// Month at whose first instant it takes effect.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12"))]
    pub effective_month: String,
}

/// What Delete would do (PM-16).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deletion {
    /// `refused`, `removed` or `archived`.
    #[cfg_attr(feature = "openapi", schema(example = "archived"))]
    pub outcome: String,
    /// Everything that stands in the way.
    pub blockers: Vec<DeletionBlocker>,
    /// Users that would be disabled.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub disabled_users: u64,
}

/// One reason why Delete is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletionBlocker {
    /// `has_children`, `has_subscriptions`, `has_uninvoiced_usage`, `has_previews`, `has_open_balance`,
    /// `has_open_statements` or `in_use`.
    #[cfg_attr(feature = "openapi", schema(example = "has_children"))]
    pub code: String,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub count: u64,
    /// Sentence for people.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "It still has 3 live partners. Delete or move them first.")
    )]
    pub detail: String,
}

/// Who administrates an entity: people to add and to let go (PM-26). Everything happens or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdministratorsInput {
    /// Users in your scope who get this role here and lose the one they have.
    #[serde(default)]
    pub assign: Vec<Uuid>,
    /// People to invite.
    #[serde(default)]
    pub invite: Vec<AdministratorInvitation>,
    /// Administrators of it who stop being so.
    #[serde(default)]
    pub release: Vec<AdministratorRelease>,
}

/// A person to invite as an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdministratorInvitation {
    /// First name.
    #[cfg_attr(feature = "openapi", schema(example = "Ada"))]
    pub first_name: String,
    /// Last name.
    #[cfg_attr(feature = "openapi", schema(example = "Berg"))]
    pub last_name: String,
    /// Address.
    #[cfg_attr(feature = "openapi", schema(example = "ada@aurora.example"))]
    pub email_address: String,
    /// Phone.
    #[serde(default)]
    pub phone_number: Option<String>,
}

/// An administrator who stops being one: with another role, or disabled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdministratorRelease {
    /// The user.
    pub user_id: Uuid,
    /// The new role; absent: the user is disabled and keeps role and entity.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "partner_reader"))]
    pub role: Option<String>,
    /// Entity of the new role; absent: the same entity.
    #[serde(default)]
    pub anchor_id: Option<Uuid>,
}

/// Where an entity moves (PM-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// The new parent; absent withdraws a planned move.
    #[serde(default)]
    pub parent_id: Option<Uuid>,
    /// A coming month; absent: the next.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "2026-12"))]
    pub effective_month: Option<String>,
}
