//! People and programs of the demo: a user for each role, a service account that reads everything, for those who try the
//! API, and one of a partner whose key ends soon, which raises an alert.

use api_types::service_account::{NewServiceAccountKey, ServiceAccountInput};
use api_types::session::Activation;
use api_types::user::{UserInput, UserView};
use chrono::TimeDelta;
use uuid::Uuid;

use super::client::Client;
use super::months;
use super::names::{domain_of, person};
use super::programs::Programs;
use crate::failure::Outcome;

/// Days the key works that reads everything.
const DAYS: i64 = 90;
/// Days the partner's key works: from 30 on an alert says so.
const FEW_DAYS: i64 = 20;

/// A user of the demo.
#[derive(Debug)]
pub struct User {
    /// Role.
    pub role: &'static str,
    /// Address to sign in with.
    pub email_address: String,
    /// Password.
    pub password: String,
}

/// The first entity of each level, on which the demo's users hold their roles.
#[derive(Debug, Default)]
pub struct Anchors {
    pub distributor: Option<(Uuid, &'static str)>,
    pub partner: Option<(Uuid, &'static str)>,
    pub tenant: Option<(Uuid, &'static str)>,
}

/// Creates the service accounts; answers the key of the one that reads everything.
///
/// # Errors
/// When the API refuses one.
pub fn programs(client: &Client, anchors: &Anchors) -> Outcome<String> {
    let made = program(client, "Data warehouse", "platform_reader", None, DAYS)?;
    if let Some((partner, _)) = anchors.partner {
        program(client, "Invoice export", "partner_reader", Some(partner), FEW_DAYS)?;
    }
    Ok(made)
}

fn program(client: &Client, name: &str, role: &str, anchor_id: Option<Uuid>, days: i64) -> Outcome<String> {
    let last_day = months::today()? + TimeDelta::days(days);
    let input = ServiceAccountInput {
        name: name.to_owned(),
        role: role.to_owned(),
        anchor_id,
        source_networks: Vec::new(),
        expires_on: last_day.to_string(),
    };
    let made: NewServiceAccountKey = client.post("/service-accounts", &input)?;
    Ok(made.key)
}

/// One user for each role that is still without; the links are taken as an operator without a mail server takes them.
///
/// # Errors
/// When the API refuses one.
pub fn invite(client: &Client, programs: &Programs, anchors: &Anchors) -> Outcome<Vec<User>> {
    let wanted = [
        ("platform_reader", None, "quartz-meadow-violin-31"),
        (
            "distributor_administrator",
            anchors.distributor,
            "harbour-cedar-comet-84",
        ),
        ("distributor_reader", anchors.distributor, "amber-glacier-flute-52"),
        ("partner_administrator", anchors.partner, "willow-copper-summit-19"),
        ("partner_reader", anchors.partner, "saffron-tundra-kite-63"),
        ("tenant_administrator", anchors.tenant, "juniper-cobalt-harp-48"),
        ("tenant_reader", anchors.tenant, "marble-heron-delta-76"),
    ];
    let mut users = Vec::new();
    for (number, (role, anchor, password)) in wanted.into_iter().enumerate() {
        let (first, last) = person(number);
        let company = anchor.map_or_else(|| "skyline-clouds.example".to_owned(), |(_, name)| domain_of(name));
        let name = |text: &str| {
            text.to_lowercase()
                .replace('ö', "o")
                .replace('ř', "r")
                .replace('á', "a")
                .replace('š', "s")
        };
        let email_address = format!("{}.{}@{company}", name(first), name(last));
        let input = UserInput {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email_address: email_address.clone(),
            phone_number: None,
            role: role.to_owned(),
            anchor_id: anchor.map(|(id, _)| id),
            mfa_required: Some(false),
            federated_only: false,
        };
        let _: UserView = client.post("/users", &input)?;
        let token = programs.invitation_token(&email_address)?;
        Client::new(programs.address()).open_session(
            "/activation",
            &Activation {
                token,
                password: password.to_owned(),
                email_address: None,
                code: None,
            },
        )?;
        users.push(User {
            role,
            email_address,
            password: password.to_owned(),
        });
    }
    Ok(users)
}
