//! A small installation with one region that a simulator answers for.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use cms_app::clock::{Clock, FixedClock};
use cms_app::jobs::{Runner, StepOutcome};
use cms_app::regions::{self, ConnectionInput, RegionDetails, RegionInput, UpdateUsage};
use cms_app::service_accounts::TokenAlgorithm;
use cms_app::vault::{self, MasterKeys};
use cms_app::{Actor, App, CredentialKind, Error};
use domain::decimal::Quantity;
use domain::ids::RegionId;
use domain::role::{Anchor, Role};
use outbound::{EgressPolicy, GuardedClient, Secret};
use persistence::Store;
use persistence::job::{JobFilter, JobRow};
use region_simulator::{EstateConfig, Identity, RunningSimulator, SimulatorConfig, start};
use testkit::TestDatabase;
use uuid::Uuid;

pub const FIRST: &str = "2026-10-02";
pub const LAST: &str = "2026-10-04";

pub struct World {
    pub database: TestDatabase,
    pub app: App,
    pub clock: Arc<FixedClock>,
    pub stamp: RunningSimulator,
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn administrator() -> Actor {
    Actor {
        proven_at: Some(instant("2026-11-22T12:00:00Z")),
        ..actor(Role::PlatformAdministrator, Anchor::Platform)
    }
}

pub fn actor(role: Role, anchor: Anchor) -> Actor {
    Actor {
        user_id: None,
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

/// A world on every database there is.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in testkit::databases().await {
        worlds.push(World::new(database, false).await);
    }
    worlds
}

impl World {
    pub async fn new(database: TestDatabase, https: bool) -> Self {
        let store = Store::connect(&database.url).await.unwrap();
        let clock = Arc::new(FixedClock::at(instant("2026-11-22T12:00:00Z")));
        let keys = MasterKeys::parse(&MasterKeys::new_line().unwrap()).unwrap();
        let vault = vault::unlock(&store, keys, clock.now()).await.unwrap();
        let policy = EgressPolicy {
            allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        };
        let client = GuardedClient::new(policy).unwrap();
        let app = App::new(
            store,
            Arc::<FixedClock>::clone(&clock),
            vault,
            client,
            "https://cms.example".into(),
            TokenAlgorithm::default(),
        );
        let estate = EstateConfig {
            tenants: 2,
            subscriptions: 2,
            resources: 2,
            ..EstateConfig::months(7, "zrh1", day("2026-10-01"), 1)
        };
        let identity = Identity::Entra {
            directory: Uuid::from_u128(9),
        };
        let config = SimulatorConfig {
            page_size: 20,
            https,
            now: Some(instant("2026-11-22T12:00:00Z")),
            ..SimulatorConfig::local(identity, estate)
        };
        let stamp = start(config).await.unwrap();
        Self {
            database,
            app,
            clock,
            stamp,
        }
    }

    pub fn connection(&self, secret: Option<&str>) -> ConnectionInput {
        ConnectionInput {
            admin_endpoint: self.stamp.admin_endpoint(),
            tenant_endpoint: None,
            directory: self.stamp.directory().map(|id| id.to_string()),
            client_id: self.stamp.client_id().to_owned(),
            client_secret: secret.map(Secret::from),
            certificate_pem: None,
            expires_on: None,
            private_ca_pem: self.stamp.authority_pem().map(str::to_owned),
            login_endpoint: Some(self.stamp.login_endpoint()),
        }
    }

    /// A region that was not tested yet.
    pub async fn region(&self, name: &str, secret: &str) -> RegionDetails {
        regions::create(
            &self.app,
            &administrator(),
            &region_input(name),
            &self.connection(Some(secret)),
        )
        .await
        .unwrap()
    }

    /// A region whose connection was tested.
    pub async fn ready_region(&self) -> RegionId {
        let id = self.region("zrh1", self.stamp.client_secret()).await.region.id;
        let test = regions::test_connection(&self.app, &administrator(), id).await.unwrap();
        assert!(test.succeeded, "{:?}", test.steps);
        id
    }

    /// Runs Update Usage to its end, an hour after whatever was before.
    pub async fn update(&self, id: RegionId, first_on: &str, last_on: &str) -> JobRow {
        self.queue(id, first_on, last_on).await;
        let outcome = Runner::new(self.app.clone()).step().await.unwrap();
        assert!(matches!(outcome, StepOutcome::Ended { .. }), "{outcome:?}");
        self.newest_job().await
    }

    pub async fn queue(&self, id: RegionId, first_on: &str, last_on: &str) {
        self.clock.set(self.app.clock().now() + TimeDelta::minutes(1));
        let input = UpdateUsage {
            first_on: first_on.into(),
            last_on: last_on.into(),
        };
        regions::update_usage(&self.app, &administrator(), id, &input)
            .await
            .unwrap();
    }

    pub async fn newest_job(&self) -> JobRow {
        let mut page = persistence::PageRequest::first(1, "created_at");
        page.descending = true;
        let list = cms_app::jobs::list(&self.app, &administrator(), &JobFilter::default(), &page)
            .await
            .unwrap();
        list.items.into_iter().next().unwrap().job
    }

    /// Everything stored of usage but row numbers and reading times: the canonical state.
    pub async fn state(&self) -> Vec<String> {
        let sql = "SELECT w.reported_on || '|' || r.meter_id || '|' || r.usage_start_s || '|' || r.resource_uri || '|' || r.sku || '|' || \
                   r.quantity || '|' || r.ordinal || '|' || r.instance_data || '|' || w.in_force FROM usage_record r \
                   JOIN usage_window w ON w.id = r.window_id";
        let mut rows = self.database.texts(sql).await;
        rows.sort();
        rows
    }

    /// Row numbers and reading times: what any write changes.
    pub async fn writes(&self) -> Vec<String> {
        let mut rows = self
            .database
            .texts("SELECT id || '|' || read_at FROM usage_record")
            .await;
        rows.extend(self.database.texts("SELECT 'history ' || id FROM usage_history").await);
        rows.extend(
            self.database
                .texts("SELECT 'staged ' || ordinal FROM usage_staged")
                .await,
        );
        rows.sort();
        rows
    }

    /// Exact sums by meter, SKU and month as stored.
    pub async fn sums(&self) -> BTreeMap<String, Quantity> {
        let rows = self
            .database
            .texts("SELECT meter_id || '|' || sku || '|' || quantity FROM usage_record")
            .await;
        let mut sums = BTreeMap::new();
        for row in rows {
            let (key, quantity) = row.rsplit_once('|').unwrap();
            let sum = sums.entry(key.to_owned()).or_insert(Quantity::ZERO);
            *sum = sum.checked_add(Quantity::parse(quantity).unwrap()).unwrap();
        }
        sums
    }

    /// The same as the stamp knows it.
    pub fn truth(&self, first: &str, end: &str) -> BTreeMap<String, Quantity> {
        let mut sums = BTreeMap::new();
        for sum in self.stamp.truth(day(first), day(end)).sums {
            let entry = sums
                .entry(format!("{}|{}", sum.meter_id, sum.sku))
                .or_insert(Quantity::ZERO);
            *entry = entry.checked_add(Quantity::parse_sum(&sum.quantity).unwrap()).unwrap();
        }
        sums
    }
}

pub fn region_input(name: &str) -> RegionInput {
    RegionInput {
        name: name.into(),
        details: String::new(),
        time_zone: None,
        run_window_start: None,
        run_window_end: None,
        lookback_days: None,
        granularity: None,
        enabled: false,
    }
}
