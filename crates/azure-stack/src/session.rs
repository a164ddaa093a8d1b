//! A run's signed-in talk with a stamp.

use std::fmt;

use outbound::{Response, Secret, StatusCode, Url};
use serde::Deserialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::call::{Attempt, Tries, judge};
use crate::client::StampClient;
use crate::credential::Credential;
use crate::error::{StampError, StampErrorKind, Step};
use crate::metadata::Metadata;
use crate::retry::CallBudget;
use crate::token::{Token, request_token};

/// Largest list of subscriptions, in bytes a page.
const LIST_LIMIT: usize = 16 * 1024 * 1024;
/// The name every stamp gives the operator's own subscription.
const PROVIDER_NAME: &str = "Default Provider Subscription";

/// A signed-in client of one run: it renews its token, repeats what is worth repeating and counts its calls.
pub struct Session {
    pub(crate) stamp: StampClient,
    pub(crate) metadata: Metadata,
    credential: Credential,
    directory: Option<String>,
    token: Mutex<Option<Token>>,
    pub(crate) budget: CallBudget,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("endpoint", &self.stamp.endpoint.as_str())
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct List {
    value: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    subscription_id: Uuid,
    #[serde(default)]
    display_name: Option<String>,
}

impl Session {
    pub(crate) fn new(
        stamp: StampClient,
        metadata: Metadata,
        credential: Credential,
        directory: Option<String>,
    ) -> Self {
        Self {
            stamp,
            metadata,
            credential,
            directory,
            token: Mutex::new(None),
            budget: CallBudget::default(),
        }
    }

    /// The metadata of the endpoint.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Calls made so far, all steps.
    pub fn calls(&self) -> u64 {
        self.budget.calls()
    }

    /// Signs in, for the step `token` of the connection test (U-7). Other calls sign in by themselves.
    ///
    /// # Errors
    /// Why the login host gives no token.
    pub async fn sign_in(&self) -> Result<(), StampError> {
        let mut tries = Tries::new(&self.stamp.tools);
        loop {
            match self.token().await {
                Ok(_) => return Ok(()),
                Err(attempt) => tries.pause_after(attempt).await?,
            }
        }
    }

    /// Finds the operator's own subscription by its name.
    ///
    /// # Errors
    /// The call failed, or no such subscription is visible.
    pub async fn provider_subscription(&self) -> Result<Uuid, StampError> {
        let url = self.stamp.url(&["subscriptions"], &[("api-version", "2016-05-01")]);
        let response = self.get(url, Step::Role, LIST_LIMIT).await?;
        let list: List = serde_json::from_slice(&response.body)
            .map_err(|_| StampError::new(StampErrorKind::NotManagementEndpoint, Step::Role))?;
        list.value
            .into_iter()
            .find(|entry| {
                entry
                    .display_name
                    .as_deref()
                    .is_some_and(|name| name.trim().eq_ignore_ascii_case(PROVIDER_NAME))
            })
            .map(|entry| entry.subscription_id)
            .ok_or_else(|| StampError::new(StampErrorKind::ProviderSubscriptionMissing, Step::Role))
    }

    /// A call that is repeated by R-40.
    pub(crate) async fn get(&self, url: Url, step: Step, limit: usize) -> Result<Response, StampError> {
        let mut tries = Tries::new(&self.stamp.tools);
        loop {
            match self.try_get(url.clone(), step, limit).await {
                Ok(response) => return Ok(response),
                Err(attempt) => tries.pause_after(attempt).await?,
            }
        }
    }

    /// One try of a call. A refused token is renewed once (F-19).
    pub(crate) async fn try_get(&self, url: Url, step: Step, limit: usize) -> Result<Response, Attempt> {
        let token = self.token().await?;
        let mut response = self.send(url.clone(), &token, step, limit).await?;
        if response.status == StatusCode::UNAUTHORIZED {
            self.forget(&token).await;
            let token = self.token().await?;
            response = self.send(url, &token, step, limit).await?;
        }
        let step = if response.status == StatusCode::UNAUTHORIZED {
            Step::Token
        } else {
            step
        };
        let tools = &self.stamp.tools;
        judge(response, step, &tools.retry, (tools.clock)())
    }

    async fn send(&self, url: Url, token: &Secret<String>, step: Step, limit: usize) -> Result<Response, Attempt> {
        self.spend(step)?;
        let call = self.stamp.http.get(url).bearer(token).limit(limit);
        call.send().await.map_err(|error| Attempt::outbound(error, step))
    }

    /// The present token, or a new one when none holds.
    async fn token(&self) -> Result<Secret<String>, Attempt> {
        let mut kept = self.token.lock().await;
        let tools = &self.stamp.tools;
        if let Some(token) = kept.as_ref().filter(|token| token.holds((tools.clock)())) {
            return Ok(token.value.clone());
        }
        self.spend(Step::Token)?;
        let directory = self.directory.as_deref();
        let token = request_token(&self.stamp.http, tools, &self.metadata, &self.credential, directory).await?;
        let value = token.value.clone();
        *kept = Some(token);
        Ok(value)
    }

    /// Drops a token that was refused, unless somebody has renewed it meanwhile.
    async fn forget(&self, refused: &Secret<String>) {
        let mut kept = self.token.lock().await;
        if kept
            .as_ref()
            .is_some_and(|token| token.value.expose() == refused.expose())
        {
            *kept = None;
        }
    }

    fn spend(&self, step: Step) -> Result<(), Attempt> {
        if self.budget.spend(&self.stamp.tools.retry) {
            Ok(())
        } else {
            Err(Attempt::Fail(StampError::new(StampErrorKind::TooManyCalls, step)))
        }
    }
}
