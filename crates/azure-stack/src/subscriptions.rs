//! Subscriptions of users, as the operator sees them.

use outbound::Url;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::{StampError, StampErrorKind, Step};
use crate::session::Session;

/// Largest page of a list, in bytes.
const LIST_LIMIT: usize = 16 * 1024 * 1024;
/// Most pages of a list (S-53).
const MAX_PAGES: usize = 1000;

/// A user's or delegated provider's subscription on the stamp.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StampSubscription {
    /// Its id.
    pub subscription_id: Uuid,
    /// Its name, which the stamp may leave out.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Sign-in name of the owner.
    #[serde(default)]
    pub owner: Option<String>,
    /// The directory.
    #[serde(default)]
    pub tenant_id: Option<String>,
    /// The offer's full path.
    #[serde(default)]
    pub offer_id: Option<String>,
    /// `Enabled`, `Disabled`, `Deleting`, `PartiallyDeleted`, `Deleted` or another word.
    #[serde(default)]
    pub state: Option<String>,
    /// The provider it belongs to.
    #[serde(default)]
    pub delegated_provider_subscription_id: Option<String>,
    /// Free text for keys of other systems.
    #[serde(default)]
    pub external_reference_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    value: Vec<StampSubscription>,
    #[serde(default)]
    next_link: Option<String>,
}

impl Session {
    /// All user subscriptions of the stamp.
    ///
    /// # Errors
    /// Why the list cannot be read.
    pub async fn user_subscriptions(&self, provider_subscription: Uuid) -> Result<Vec<StampSubscription>, StampError> {
        self.list(provider_subscription, "subscriptions").await
    }

    /// The delegated providers, whose subscribers the usage of this provider does not contain (U-8).
    ///
    /// # Errors
    /// Why the list cannot be read.
    pub async fn delegated_providers(&self, provider_subscription: Uuid) -> Result<Vec<StampSubscription>, StampError> {
        self.list(provider_subscription, "delegatedProviders").await
    }

    async fn list(&self, provider_subscription: Uuid, kind: &str) -> Result<Vec<StampSubscription>, StampError> {
        let provider = provider_subscription.to_string();
        let path = [
            "subscriptions",
            &provider,
            "providers",
            "Microsoft.Subscriptions.Admin",
            kind,
        ];
        let mut next: Option<Url> = Some(self.stamp.url(&path, &[("api-version", "2015-11-01")]));
        let mut found = Vec::new();
        for _ in 0..MAX_PAGES {
            let Some(url) = next else { return Ok(found) };
            let response = self.get(url, Step::Subscriptions, LIST_LIMIT).await?;
            let list: List = serde_json::from_slice(&response.body)
                .map_err(|_| StampError::new(StampErrorKind::Refused, Step::Subscriptions).with_answer(200, None))?;
            found.extend(list.value);
            self.budget.page_read();
            let link = list.next_link.filter(|link| !link.is_empty());
            next = link
                .map(|link| self.stamp.link(&link, Step::Subscriptions))
                .transpose()?;
        }
        Err(StampError::new(StampErrorKind::TooManyPages, Step::Subscriptions))
    }
}
