//! A program of the demo: a service account that reads everything, for those who try the API.

use api_types::service_account::{NewServiceAccountKey, ServiceAccountInput};
use chrono::TimeDelta;

use super::client::Client;
use super::months;
use crate::failure::Outcome;

/// Days its key works.
const DAYS: i64 = 90;

/// Creates it; answers its key.
///
/// # Errors
/// When the API refuses it.
pub fn program(client: &Client) -> Outcome<String> {
    let last_day = months::today()? + TimeDelta::days(DAYS);
    let input = ServiceAccountInput {
        name: "Data warehouse".to_owned(),
        role: "platform_reader".to_owned(),
        anchor_id: None,
        source_networks: Vec::new(),
        expires_on: last_day.to_string(),
    };
    let made: NewServiceAccountKey = client.post("/service-accounts", &input)?;
    Ok(made.key)
}
