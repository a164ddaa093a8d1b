//! Who administrates an entity (PM-26): somebody of one's scope, or a person to invite.

use crate::api::{self, ApiError, Load, load};
use crate::forms::entity_view::Entity;
use crate::pages::common::{given, held, optional};
use crate::paths::Kind;
use crate::state;
use crate::ui::{Field, Form, Input, field};
use api_types::Page;
use api_types::entity_details::{AdministratorInvitation, AdministratorsInput};
use api_types::organisation::{DistributorView, PartnerView, TenantView};
use api_types::user::UserView;
use leptos::prelude::*;
use uuid::Uuid;

/// The texts being edited.
#[derive(Clone, Copy)]
pub struct Draft {
    user: RwSignal<String>,
    first_name: RwSignal<String>,
    last_name: RwSignal<String>,
    email_address: RwSignal<String>,
    phone_number: RwSignal<String>,
}

impl Draft {
    /// Nobody yet; `None` when the role may not choose administrators of this kind.
    pub fn new(kind: Kind) -> Option<Self> {
        state::can(&format!("{}.set_administrators", kind.operation())).then(|| Self {
            user: held(""),
            first_name: held(""),
            last_name: held(""),
            email_address: held(""),
            phone_number: held(""),
        })
    }

    /// Whether anybody was chosen or named.
    pub fn is_given(&self) -> bool {
        let texts = [self.user, self.first_name, self.last_name, self.email_address];
        texts.into_iter().any(|text| optional(text).is_some())
    }

    /// What the server is asked for.
    ///
    /// # Errors
    /// When nobody was chosen or named.
    pub fn input(&self) -> Result<AdministratorsInput, ApiError> {
        let mut input = AdministratorsInput::default();
        if let Some(user) = optional(self.user) {
            let id = Uuid::parse_str(&user).map_err(|_| ApiError::field("/assign", "Select a user."))?;
            input.assign.push(id);
        }
        if [self.first_name, self.last_name, self.email_address]
            .into_iter()
            .any(|text| optional(text).is_some())
        {
            input.invite.push(AdministratorInvitation {
                first_name: given(self.first_name),
                last_name: given(self.last_name),
                email_address: given(self.email_address),
                phone_number: optional(self.phone_number),
            });
        }
        if input == AdministratorsInput::default() {
            return Err(ApiError::field("/assign", "Select a user or name a person to invite."));
        }
        Ok(input)
    }
}

/// The fields.
pub fn fields(frame: Form, draft: Draft) -> Vec<AnyView> {
    let invited = |label: &str, name: &str| Field::new(label, &format!("/invite/0/{name}"));
    vec![
        field(
            frame,
            Field::new("Assign User", "/assign")
                .help("Takes over this role here and gives up the role it has.")
                .input(Input::Select(people())),
            draft.user,
        ),
        field(
            frame,
            invited("First Name", "first_name").help("Or invite somebody new."),
            draft.first_name,
        ),
        field(frame, invited("Last Name", "last_name"), draft.last_name),
        field(
            frame,
            invited("Email Address", "email_address").of("email"),
            draft.email_address,
        ),
        field(
            frame,
            invited("Phone Number", "phone_number").of("tel"),
            draft.phone_number,
        ),
    ]
}

/// Users of the caller's scope with their address, so that two of the same name can be told apart.
fn people() -> Signal<Vec<(String, String)>> {
    let loader = load::<Page<UserView>>(|| "/users?limit=200".to_owned());
    Signal::derive(move || {
        let mut pairs = vec![(String::new(), "Nobody".to_owned())];
        loader.state.with(|state| {
            if let Load::Ready(page) = state {
                pairs.extend(page.items.iter().map(|user| {
                    let name = format!("{} {} ({})", user.first_name, user.last_name, user.email_address);
                    (user.id.to_string(), name)
                }));
            }
        });
        pairs
    })
}

/// Changes who administrates an entity and gives back the entity.
///
/// # Errors
/// When the server refuses.
pub async fn assign(kind: Kind, id: Uuid, input: &AdministratorsInput) -> Result<Entity, ApiError> {
    let address = format!("/{}/{id}/administrators", kind.plural());
    match kind {
        Kind::Distributor => api::post::<_, DistributorView>(&address, input).await.map(Entity::from),
        Kind::Partner => api::post::<_, PartnerView>(&address, input).await.map(Entity::from),
        Kind::Tenant => api::post::<_, TenantView>(&address, input).await.map(Entity::from),
    }
}
