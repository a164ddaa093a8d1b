//! A small installation: one region, a tree with two branches, prices and usage of October 2026.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use cms_app::clock::FixedClock;
use cms_app::invoices::{InvoiceDetails, NewGeneration, generate, list, read};
use cms_app::jobs::{Runner, StepOutcome};
use cms_app::organisation::Profile;
use cms_app::organisation::{distributors, partners, tenants};
use cms_app::pricing::{ItemInput, NewPriceList, catalogue, create, create_item, publish};
use cms_app::service_accounts::TokenAlgorithm;
use cms_app::vault::{self, MasterKeys};
use cms_app::{Actor, App, Clock, CredentialKind, Error};
use domain::ids::{InvoiceId, PartnerId, PriceListId, RegionId, SubscriptionId, TenantId, UserId};
use domain::period::Period;
use domain::role::{Anchor, Role};
use outbound::{EgressPolicy, GuardedClient};
use persistence::invoice::InvoiceFilter;
use persistence::{PageRequest, Store};
use serde_json::{Value, json};
use testkit::TestDatabase;
use uuid::Uuid;

pub const VM_HOURS: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";
pub const PAGE_BLOBS: &str = "b5c15376-6c94-4fdd-b655-1a69d138aca3";

pub struct World {
    pub database: TestDatabase,
    pub app: App,
    pub clock: Arc<FixedClock>,
    pub region: RegionId,
    pub partner: PartnerId,
    pub other_partner: PartnerId,
    pub tenant: TenantId,
    pub subscription: SubscriptionId,
    platform_subscription: Uuid,
}

/// A world on every database there is.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in testkit::databases().await {
        worlds.push(World::new(database).await);
    }
    worlds
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn october() -> Period {
    Period::parse("2026-10").unwrap()
}

pub fn administrator() -> Actor {
    actor(Role::PlatformAdministrator, Anchor::Platform)
}

pub fn actor(role: Role, anchor: Anchor) -> Actor {
    Actor {
        user_id: None::<UserId>,
        service_account_id: None,
        role,
        anchor,
        credential: CredentialKind::Session,
        proven_at: None,
        request_id: "test".into(),
        source_address: None,
        idempotency: None,
    }
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result.unwrap_err() {
        Error::Conflict { code, .. } => code,
        Error::NotFound => "not_found",
        Error::Stale => "stale",
        Error::NotPermitted => "not_permitted",
        Error::SwitchedOff(_) => "switched_off",
        Error::StepUpRequired => "step_up_required",
        Error::Invalid(fields) => fields[0].code,
        other => panic!("{other:?}"),
    }
}

impl World {
    async fn new(database: TestDatabase) -> Self {
        let store = Store::connect(&database.url).await.unwrap();
        let clock = Arc::new(FixedClock::at(instant("2026-11-05T09:00:00Z")));
        let keys = MasterKeys::parse(&MasterKeys::new_line().unwrap()).unwrap();
        let vault = vault::unlock(&store, keys, clock.now()).await.unwrap();
        let client = GuardedClient::new(EgressPolicy { allow: Vec::new() }).unwrap();
        let app = App::new(
            store,
            clock.clone() as Arc<dyn Clock>,
            vault,
            client,
            "https://cms.example".into(),
            TokenAlgorithm::default(),
        );
        catalogue::seed(&app).await.unwrap();
        let (region, partner, other_partner, tenant) = tree(&app, &database).await;
        let mut world = Self {
            database,
            app,
            clock,
            region,
            partner,
            other_partner,
            tenant,
            subscription: Uuid::nil().into(),
            platform_subscription: Uuid::nil(),
        };
        world.setting("invoices.seller_name", json!("Example Cloud AG")).await;
        world
            .setting("invoices.seller_address", json!("Street 1\n8000 Zurich"))
            .await;
        world.setting("invoices.seller_country", json!("CH")).await;
        (world.subscription, world.platform_subscription) = world.subscribe(tenant, "erp-prod").await;
        world.read_days("2026-10-01", "2026-11-02").await;
        world
    }

    pub async fn setting(&self, key: &str, value: Value) {
        let tx = self.app.store().begin().await.unwrap();
        tx.settings().save(key, &value, self.app.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The literal of an id in the database's SQL.
    pub fn id(&self, id: impl Into<Uuid>) -> String {
        literal(&self.database, id.into())
    }

    /// Adds a tenant of the first partner with its own tax rate of 20 %.
    pub async fn tenant(&self, name: &str, partner: PartnerId, currency: &str) -> TenantId {
        tenants::create(&self.app, &administrator(), &tenant_input(name, partner, currency))
            .await
            .unwrap()
            .id
    }

    /// Registers a subscription of a tenant.
    pub async fn subscribe(&self, tenant: TenantId, name: &str) -> (SubscriptionId, Uuid) {
        let (id, platform) = (Uuid::now_v7(), Uuid::now_v7());
        let sql = format!(
            "INSERT INTO subscription (id, tenant_id, region_id, platform_subscription_id, name, description, directory_id, \
             owner, state, version, created_at) VALUES ({}, {}, {}, {}, '{name}', '', '', '', 'enabled', 1, 0)",
            self.id(id),
            self.id(tenant),
            self.id(self.region),
            self.id(platform)
        );
        self.database.execute(&sql).await;
        (id.into(), platform)
    }

    /// Marks the days of the region as read.
    pub async fn read_days(&self, first: &str, last: &str) {
        let (mut day, last): (NaiveDate, NaiveDate) = (first.parse().unwrap(), last.parse().unwrap());
        let mut rows = Vec::new();
        while day <= last {
            rows.push(format!(
                "({}, '{day}', 'hourly', 1, 1, 0, '{{}}')",
                self.id(self.region)
            ));
            day = day.succ_opt().unwrap();
        }
        let columns = "(region_id, reported_on, granularity, in_force, read_at, held_back, counters)";
        self.database
            .execute(&format!(
                "INSERT INTO usage_window {columns} VALUES {}",
                rows.join(", ")
            ))
            .await;
    }

    /// Adds one record of the first subscription on a day.
    pub async fn use_on(&self, day: &str, meter: &str, sku: &str, quantity: &str) {
        self.use_by(self.platform_subscription, day, meter, sku, quantity).await;
    }

    /// Adds one record of a platform subscription on a day and tells the previews.
    pub async fn use_by(&self, subscription: Uuid, day: &str, meter: &str, sku: &str, quantity: &str) {
        let start = instant(&format!("{day}T08:00:00Z")).timestamp();
        let key = Uuid::now_v7().simple().to_string();
        let blob = match self.database.name {
            "postgres" => format!("'\\x{key}'::bytea"),
            _ => format!("X'{key}'"),
        };
        let sql = format!(
            "INSERT INTO usage_record (window_id, platform_subscription_id, meter_id, usage_start_s, usage_end_s, \
             resource_uri, sku, quantity, quantity_text, instance_data, read_at, key_hash, ordinal) SELECT id, {}, '{meter}', \
             {start}, {}, '/vm/{}', '{sku}', '{quantity}', '{quantity}', '', 1, {blob}, 0 FROM usage_window WHERE \
             region_id = {} AND reported_on = '{day}'",
            self.id(subscription),
            start + 3_600,
            &day[8..],
            self.id(self.region)
        );
        self.database.execute(&sql).await;
        let month = Period::parse(&day[..7]).unwrap();
        let tx = self.app.store().begin().await.unwrap();
        cms_app::invoices::stale::usage_changed(&tx, self.region, month, month)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A published list of the region with these items, in force from August.
    pub async fn price(&self, items: &[ItemInput]) -> PriceListId {
        self.price_in("EUR", items).await
    }

    pub async fn price_in(&self, currency: &str, items: &[ItemInput]) -> PriceListId {
        let input = NewPriceList {
            display_name: format!("list {}", Uuid::now_v7()),
            description: None,
            scope_kind: "region".into(),
            target_id: self.region.uuid(),
            currency: Some(currency.into()),
        };
        let list = create(&self.app, &administrator(), &input).await.unwrap().row.id;
        for item in items {
            create_item(&self.app, &administrator(), list, item).await.unwrap();
        }
        let august = Period::parse("2026-08").unwrap();
        publish(&self.app, &administrator(), list, None, Some(august))
            .await
            .unwrap();
        list
    }

    /// Generates October for everybody; the counters of the job.
    pub async fn generate(&self) -> Value {
        self.generate_month(october()).await
    }

    pub async fn generate_month(&self, period: Period) -> Value {
        let input = NewGeneration {
            period,
            tenant_ids: None,
        };
        let queued = generate(&self.app, &administrator(), &input).await.unwrap();
        self.run_jobs().await;
        let job = cms_app::jobs::read(&self.app, &administrator(), queued.job_id)
            .await
            .unwrap()
            .job;
        assert_eq!(job.state, "succeeded", "{:?}", job.message);
        job.result
    }

    /// Runs jobs until nothing is due.
    pub async fn run_jobs(&self) {
        let runner = Runner::new(self.app.clone());
        while runner.step().await.unwrap() != StepOutcome::Idle {}
    }

    /// The documents an actor sees, by tenant name.
    pub async fn documents(&self, actor: &Actor) -> Vec<InvoiceId> {
        let page = PageRequest::first(200, "tenant");
        let found = list(&self.app, actor, InvoiceFilter::default(), &page).await.unwrap();
        found.items.into_iter().map(|figures| figures.row.id).collect()
    }

    /// The only document there is.
    pub async fn only(&self) -> InvoiceDetails {
        let found = self.documents(&administrator()).await;
        assert_eq!(found.len(), 1);
        read(&self.app, &administrator(), found[0]).await.unwrap()
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.database.texts(sql).await
    }
}

fn literal(database: &TestDatabase, id: Uuid) -> String {
    match database.name {
        "postgres" => format!("'{id}'::uuid"),
        _ => format!("X'{}'", id.simple()),
    }
}

async fn tree(app: &App, database: &TestDatabase) -> (RegionId, PartnerId, PartnerId, TenantId) {
    let region = Uuid::now_v7();
    let sql = format!(
        "INSERT INTO region (id, name, details, admin_endpoint, time_zone, run_window_start, run_window_end, lookback_days, \
         granularity, state, version, created_at) VALUES ({}, 'zrh1', '', '', 'UTC', '00:00', '06:00', 2, 'hourly', 'ready', 1, 0)",
        literal(database, region)
    );
    database.execute(&sql).await;
    let by = administrator();
    let input = distributors::DistributorInput {
        name: "Alpine".into(),
        currency: Some("EUR".into()),
        profile: Profile::default(),
    };
    let distributor = distributors::create(app, &by, &input).await.unwrap().id;
    let mut made = Vec::new();
    for name in ["Glacier", "Summit"] {
        let input = partners::PartnerInput {
            name: name.into(),
            distributor_id: distributor,
            currency: Some("EUR".into()),
            profile: Profile::default(),
        };
        made.push(partners::create(app, &by, &input).await.unwrap().id);
    }
    let tenant = tenants::create(app, &by, &tenant_input("Harbour Freight", made[0], "EUR"))
        .await
        .unwrap()
        .id;
    (region.into(), made[0], made[1], tenant)
}

pub fn tenant_input(name: &str, partner_id: PartnerId, currency: &str) -> tenants::TenantInput {
    tenants::TenantInput {
        name: name.into(),
        partner_id,
        currency: Some(currency.into()),
        payment_terms_days: None,
        tax_treatment: Some("standard".into()),
        tax_rate: Some("20".into()),
        tax_label: Some("VAT".into()),
        tax_note: None,
        profile: Profile::default(),
    }
}

/// An item with one rate.
pub fn flat(meter: &str, sku: &str, rate: &str) -> ItemInput {
    ItemInput {
        meter_id: meter.into(),
        sku: Some(sku.into()),
        rate: rate.into(),
        ..ItemInput::default()
    }
}

/// The tiers of P-29.
pub fn tiered(meter: &str) -> ItemInput {
    let tier = |from: &str, to: Option<&str>, rate: &str| cms_app::pricing::TierInput {
        from_quantity: from.into(),
        to_quantity: to.map(Into::into),
        rate: rate.into(),
    };
    ItemInput {
        tiers: vec![
            tier("0", Some("1000"), "0.10"),
            tier("1000", Some("5000"), "0.08"),
            tier("5000", None, "0.05"),
        ],
        ..flat(meter, "", "0.12")
    }
}
