//! Fills an empty server: settings, organisation, users, regions, subscriptions, price lists.

use api_types::organisation::{
    Address, DistributorInput, DistributorView, PartnerInput, PartnerView, Profile, TenantInput, TenantView,
};
use api_types::pricing::{PriceListInput, PriceListView, PricingItemView, PublishInput, Published};
use api_types::region::{ConnectionInput, ConnectionTest, RegionInput, RegionView};
use api_types::session::FirstAdministrator;
use api_types::setting::{SettingsPage, SettingsUpdate};
use api_types::subscription::{SubscriptionInput, SubscriptionView};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::accounts::{self, Anchors, User};
use super::client::{self, Client};
use super::months::Months;
use super::names::{BRANCHES, Company, domain_of, person};
use super::prices::PRICES;
use super::programs::{Programs, Region};
use crate::failure::{About, Failure, Outcome};

/// A region of the product and its simulator.
#[derive(Debug)]
pub struct SeededRegion {
    /// Id in the product.
    pub id: Uuid,
    /// Address of the simulator.
    pub simulator: String,
}

/// What was made.
#[derive(Debug)]
pub struct Seeded {
    /// A client signed in as platform administrator.
    pub client: Client,
    /// Number of distributors.
    pub distributors: usize,
    /// Number of partners.
    pub partners: usize,
    /// Tenants.
    pub tenants: Vec<Uuid>,
    /// Number of subscriptions.
    pub subscriptions: usize,
    /// One user a role.
    pub users: Vec<User>,
    /// Key of the service account.
    pub api_key: String,
    /// Regions.
    pub regions: Vec<SeededRegion>,
    /// Hours that rates per month are divided by (P-32).
    pub hours_per_month: u32,
}

#[derive(Deserialize)]
struct Estate {
    subscriptions: Vec<Registered>,
}

#[derive(Deserialize)]
struct Registered {
    id: Uuid,
    name: String,
    tenant: usize,
    directory: Uuid,
    owner: String,
}

/// Fills the server.
///
/// # Errors
/// When the API refuses something.
pub fn seed(programs: &Programs, months: &Months) -> Outcome<Seeded> {
    let mut seeded = Seeded::set_up(programs)?;
    let anchors = organisation(&mut seeded)?;
    let invited = accounts::invite(&seeded.client, programs, &anchors)?;
    seeded.users.extend(invited);
    seeded.api_key = accounts::programs(&seeded.client, &anchors)?;
    for (number, region) in programs.regions().iter().enumerate() {
        add_region(&mut seeded, number, region, months)?;
    }
    Ok(seeded)
}

impl Seeded {
    /// The first administrator and the settings; nothing else yet.
    ///
    /// # Errors
    /// When the API refuses something.
    pub fn set_up(programs: &Programs) -> Outcome<Self> {
        let mut client = Client::new(programs.address());
        let administrator = first_administrator(&mut client, programs)?;
        let hours_per_month = settings(&client)?;
        Ok(Self {
            client,
            distributors: 0,
            partners: 0,
            tenants: Vec::new(),
            subscriptions: 0,
            users: vec![administrator],
            api_key: String::new(),
            regions: Vec::new(),
            hours_per_month,
        })
    }
}

fn first_administrator(client: &mut Client, programs: &Programs) -> Outcome<User> {
    let user = User {
        role: "platform_administrator",
        email_address: "ada.keller@skyline-clouds.example".to_owned(),
        password: "granite-lantern-orbit-27".to_owned(),
    };
    let input = FirstAdministrator {
        token: programs.bootstrap_token()?,
        first_name: "Ada".to_owned(),
        last_name: "Keller".to_owned(),
        email_address: user.email_address.clone(),
        password: user.password.clone(),
        mfa_required: false,
    };
    client.open_session("/setup", &input)?;
    Ok(user)
}

/// Seller and currencies; gives back the hours of a month for rates (P-32).
fn settings(client: &Client) -> Outcome<u32> {
    let seller = [
        ("invoices.seller_name", json!("Skyline Clouds AG")),
        ("invoices.seller_address", json!("Hardturmstrasse 101\n8005 Zürich")),
        ("invoices.seller_country", json!("CH")),
        ("invoices.seller_tax_id", json!("CHE-123.456.789 MWST")),
        (
            "invoices.payment_details",
            json!("IBAN CH93 0076 2011 6238 5295 7\nPlease state the invoice number."),
        ),
    ];
    let currency = |key: &'static str| [(key, json!("EUR"))];
    let sections: [(&str, &[(&str, serde_json::Value)]); 3] = [
        ("Invoices", &seller),
        ("Billing", &currency("billing.default_platform_currency")),
        ("Tenants", &currency("tenants.default_tenant_currency")),
    ];
    let mut page: SettingsPage = client.get("/settings")?;
    for (section, values) in sections {
        let values = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        page = client.put(&format!("/settings/{section}"), &page.etag, &SettingsUpdate { values })?;
    }
    let hours = page
        .items
        .iter()
        .find(|setting| setting.key == "billing.reference_hours_per_month");
    let hours = hours
        .and_then(|setting| setting.value.as_u64())
        .ok_or_else(|| Failure::new("no reference hours"))?;
    u32::try_from(hours).about("reference hours")
}

fn organisation(seeded: &mut Seeded) -> Outcome<Anchors> {
    let mut anchors = Anchors::default();
    let mut number = 0_usize;
    let mut profile = |company: &Company| {
        number = number.saturating_add(1);
        profile(company, number)
    };
    for branch in &BRANCHES {
        let input = DistributorInput {
            name: branch.distributor.0.to_owned(),
            currency: Some("EUR".to_owned()),
            profile: profile(&branch.distributor),
        };
        let distributor: DistributorView = seeded.client.post("/distributors", &input)?;
        seeded.distributors = seeded.distributors.saturating_add(1);
        anchors
            .distributor
            .get_or_insert((distributor.id, branch.distributor.0));
        for (company, tenants) in &branch.partners {
            let input = PartnerInput {
                name: company.0.to_owned(),
                distributor_id: distributor.id,
                currency: Some("EUR".to_owned()),
                profile: profile(company),
            };
            let partner: PartnerView = seeded.client.post("/partners", &input)?;
            seeded.partners = seeded.partners.saturating_add(1);
            anchors.partner.get_or_insert((partner.id, company.0));
            for company in tenants {
                let tenant: TenantView = seeded
                    .client
                    .post("/tenants", &tenant(company, partner.id, profile(company)))?;
                anchors.tenant.get_or_insert((tenant.id, company.0));
                seeded.tenants.push(tenant.id);
            }
        }
    }
    Ok(anchors)
}

/// A tenant as the demo has them.
pub fn tenant(company: &Company, partner_id: Uuid, profile: Profile) -> TenantInput {
    TenantInput {
        name: company.0.to_owned(),
        partner_id,
        currency: Some("EUR".to_owned()),
        payment_terms_days: None,
        tax_treatment: None,
        tax_rate: None,
        tax_label: None,
        tax_note: None,
        profile,
    }
}

/// What is known of a company.
pub fn profile(company: &Company, number: usize) -> Profile {
    let (name, street, postal_code, city, country) = *company;
    let (first, last) = person(number);
    Profile {
        legal_name: name.to_owned(),
        contact_person: format!("{first} {last}"),
        contact_email_address: String::new(),
        phone: format!("+41 44 555 {:02} {:02}", number % 100, (number * 7) % 100),
        address: Address {
            lines: vec![street.to_owned()],
            city: city.to_owned(),
            postal_code: postal_code.to_owned(),
            region: String::new(),
        },
        billing_address: None,
        country: country.to_owned(),
        locale: None,
        billing_contacts: vec![format!("billing@{}", domain_of(name))],
        tax_id: String::new(),
        notes: String::new(),
    }
}

/// Adds a region, tests its connection, registers the subscriptions of its stamp and publishes its prices.
///
/// # Errors
/// When the API refuses something.
pub fn add_region(seeded: &mut Seeded, number: usize, region: &Region, months: &Months) -> Outcome {
    let connection = &region.connection;
    let input = RegionInput {
        name: region.name.to_owned(),
        details: Some(region.details.to_owned()),
        connection: ConnectionInput {
            admin_endpoint: connection.admin_endpoint.clone(),
            tenant_endpoint: Some(connection.tenant_endpoint.clone()),
            directory: connection.directory.clone(),
            client_id: connection.client_id.clone(),
            client_secret: Some(connection.client_secret.clone()),
            certificate_pem: None,
            expires_on: None,
            private_ca_pem: None,
            login_endpoint: Some(connection.login_endpoint.clone()),
        },
        time_zone: Some(region.time_zone.to_owned()),
        run_window_start: None,
        run_window_end: None,
        lookback_days: None,
        granularity: Some(region.granularity.to_owned()),
    };
    let view: RegionView = seeded.client.post("/regions", &input)?;
    let test: ConnectionTest = seeded
        .client
        .post(&format!("/regions/{}/test-connection", view.id), &json!({}))?;
    if !test.succeeded {
        let steps: Vec<String> = test
            .steps
            .iter()
            .map(|step| format!("{}: {}", step.step, step.message))
            .collect();
        return Err(Failure::new(format!(
            "region {} does not connect:\n{}",
            region.name,
            steps.join("\n")
        )));
    }
    register(seeded, number, view.id, connection.simulator())?;
    price_list(&seeded.client, number, view.id, region.name, months)?;
    seeded.regions.push(SeededRegion {
        id: view.id,
        simulator: connection.simulator().to_owned(),
    });
    Ok(())
}

/// Customers of the first region are the first tenants, those of the last region the last: some are in both.
fn register(seeded: &mut Seeded, number: usize, region_id: Uuid, simulator: &str) -> Outcome {
    let estate: Estate = client::fetch(&format!("{simulator}/_simulator/estate"))?;
    let customers = estate
        .subscriptions
        .iter()
        .map(|known| known.tenant.saturating_add(1))
        .max();
    let skipped = if number == 0 {
        0
    } else {
        seeded.tenants.len().saturating_sub(customers.unwrap_or_default())
    };
    for known in estate.subscriptions {
        let tenant = seeded.tenants.get(skipped.saturating_add(known.tenant));
        let tenant_id = tenant
            .copied()
            .ok_or_else(|| Failure::new("more customers than tenants"))?;
        let input = SubscriptionInput {
            name: known.name,
            tenant_id,
            region_id,
            platform_subscription_id: known.id,
            directory_id: known.directory.to_string(),
            owner: known.owner,
            description: None,
        };
        let _: SubscriptionView = seeded.client.post("/subscriptions", &input)?;
        seeded.subscriptions = seeded.subscriptions.saturating_add(1);
    }
    Ok(())
}

fn price_list(client: &Client, number: usize, region_id: Uuid, name: &str, months: &Months) -> Outcome {
    let input = PriceListInput {
        display_name: format!("{name} standard"),
        description: Some("Prices of the region for everybody without a list of their own.".to_owned()),
        scope_kind: "region".to_owned(),
        target_id: region_id,
        currency: Some("EUR".to_owned()),
    };
    let list: PriceListView = client.post("/price-lists", &input)?;
    for price in PRICES {
        let _: PricingItemView = client.post(&format!("/price-lists/{}/items", list.id), &price.input(number))?;
    }
    let list: PriceListView = client.get(&format!("/price-lists/{}", list.id))?;
    let effective_from = months.names().into_iter().next();
    let publish = format!("/price-lists/{}/publish", list.id);
    let _: Published = client.post_to(&publish, &list.etag, &PublishInput { effective_from })?;
    Ok(())
}
