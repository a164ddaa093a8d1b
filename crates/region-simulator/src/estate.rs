//! What stands in the region: subscriptions and their resources, which come and go over the months.

use chrono::{Datelike, Days, NaiveDate};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use uuid::Uuid;

use crate::meters;
use crate::quantity::{ONE, share};

/// Sizes of machines: name as printed and cores.
const SIZES: [(&str, i128); 5] = [
    ("Standard_D2s_v3", 2),
    ("Standard_D4s_v3", 4),
    ("Standard_D8s_v3", 8),
    ("Standard_A2", 2),
    ("Standard_F4s", 4),
];

/// What makes an estate.
#[derive(Clone, Debug)]
pub struct EstateConfig {
    /// One seed, one estate.
    pub seed: u64,
    /// Name of the region, which is also its location.
    pub region: String,
    /// Customers; subscriptions are dealt out to them in turn.
    pub tenants: u32,
    /// Subscriptions.
    pub subscriptions: u32,
    /// Resources of a subscription of average size.
    pub resources: u32,
    /// First day of usage.
    pub first_day: NaiveDate,
    /// Last day of usage.
    pub last_day: NaiveDate,
}

/// A customer's subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Id at the stamp.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Customer it belongs to, from 0.
    pub tenant: u32,
    /// Directory of the customer.
    pub directory: Uuid,
    /// Sign-in name of the owner.
    pub owner: String,
}

/// One thing that is measured, with one meter.
#[derive(Clone, Debug)]
pub struct Source {
    /// Index of the subscription.
    pub subscription: usize,
    /// Meter id as printed.
    pub meter: &'static str,
    /// Path of the resource.
    pub resource_uri: String,
    /// Additional information as printed: JSON in a string, or nothing.
    pub additional: String,
    /// Tags as printed.
    pub tags: &'static str,
    /// Size of a machine, lower case; empty for all else.
    pub sku: String,
    /// First day it stands.
    pub from: NaiveDate,
    /// First day it is gone.
    pub until: NaiveDate,
    /// Hours between use and report: 1, or 7 for what reports late.
    pub lag_hours: i64,
    /// What an hour measures.
    pub measure: Measure,
}

/// The quantity of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The same each hour.
    Fixed(i128),
    /// A share of the month the hour lies in.
    MonthShare,
    /// Between a half and all of the quantity, by the hour.
    Varying(i128),
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Estate {
    /// What it was made from.
    pub config: EstateConfig,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Measured things, in the order they are reported.
    pub sources: Vec<Source>,
}

impl EstateConfig {
    /// An estate of `months` whole months.
    pub fn months(seed: u64, region: &str, first_day: NaiveDate, months: u32) -> Self {
        let last_day = first_day
            .checked_add_months(chrono::Months::new(months))
            .and_then(|day| day.pred_opt())
            .unwrap_or(first_day);
        Self {
            seed,
            region: region.to_owned(),
            tenants: 3,
            subscriptions: 6,
            resources: 8,
            first_day,
            last_day,
        }
    }
}

impl Estate {
    /// Builds the estate of a configuration.
    pub fn build(config: EstateConfig) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(config.seed);
        let directories: Vec<Uuid> = (0..config.tenants.max(1)).map(|_| id(&mut random)).collect();
        let mut subscriptions = Vec::new();
        let mut sources = Vec::new();
        for number in 0..config.subscriptions {
            let tenant = number.checked_rem(config.tenants.max(1)).unwrap_or_default();
            let directory = usize::try_from(tenant).ok().and_then(|at| directories.get(at)).copied();
            let subscription = Subscription {
                id: id(&mut random),
                name: format!("{}-{:03}", config.region, number.saturating_add(1)),
                tenant,
                directory: directory.unwrap_or_default(),
                owner: format!(
                    "owner{}@customer{}.example",
                    number.saturating_add(1),
                    tenant.saturating_add(1)
                ),
            };
            let index = subscriptions.len();
            let factor = random.random_range(50..=150_u32);
            let count = config
                .resources
                .saturating_mul(factor)
                .checked_div(100)
                .unwrap_or_default()
                .max(1);
            for resource in 0..count {
                add_resource(&mut sources, &mut random, &config, &subscription, index, resource);
            }
            subscriptions.push(subscription);
        }
        Self {
            config,
            subscriptions,
            sources,
        }
    }
}

fn id(random: &mut ChaCha8Rng) -> Uuid {
    uuid::Builder::from_random_bytes(random.random()).into_uuid()
}

#[expect(clippy::too_many_lines, reason = "one kind of resource after the other")]
fn add_resource(
    sources: &mut Vec<Source>,
    random: &mut ChaCha8Rng,
    config: &EstateConfig,
    owner: &Subscription,
    subscription: usize,
    number: u32,
) {
    let (from, until) = lifetime(random, config);
    let lag_hours = if random.random_ratio(1, 7) { 7 } else { 1 };
    let group = if number.checked_rem(2) == Some(0) {
        "prod"
    } else {
        "test"
    };
    let tags = if number.checked_rem(3) == Some(0) {
        r#"{"costcentre":"4711"}"#
    } else {
        ""
    };
    let name = format!("{}{number}", owner.name.replace('-', ""));
    let uri = |groups: &str, kind: &str, name: &str| {
        format!("/subscriptions/{}/{groups}/{group}/providers/{kind}/{name}", owner.id)
    };
    let mut add = |meter, resource_uri: String, additional: String, sku: String, measure| {
        sources.push(Source {
            subscription,
            meter,
            resource_uri,
            additional,
            tags,
            sku,
            from,
            until,
            lag_hours,
            measure,
        });
    };
    let plain = String::new;
    match random.random_range(0..10_u32) {
        0..=3 => {
            let at = random.random_range(0..SIZES.len());
            let (size, cores) = SIZES.get(at).copied().unwrap_or(("Standard_D2s_v3", 2));
            let windows = random.random_ratio(2, 3);
            let vm = uri("resourceGroups", "Microsoft.Compute/virtualMachines", &name);
            let offer = if windows { "WindowsServer" } else { "UbuntuServer" };
            let info = format!(
                r#"{{"ServiceType":"{size}","ImageType":null,"Publisher":"Publisher","Offer":"{offer}","Sku":"2022"}}"#
            );
            let cores_meter = if windows { meters::WINDOWS } else { meters::BASE };
            add(
                meters::VM,
                vm.clone(),
                info.clone(),
                size.to_lowercase(),
                Measure::Fixed(ONE),
            );
            add(
                cores_meter,
                vm,
                info,
                size.to_lowercase(),
                Measure::Fixed(cores.saturating_mul(ONE)),
            );
            let disk = uri("resourceGroups", "Microsoft.Compute/disks", &format!("{name}_OsDisk"));
            add(
                meters::S10,
                disk.to_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions"),
                plain(),
                plain(),
                Measure::MonthShare,
            );
        }
        4 => {
            let disk = uri("resourceGroups", "Microsoft.Compute/disks", &format!("{name}_data"));
            add(meters::P20, disk, plain(), plain(), Measure::MonthShare);
        }
        5 | 6 => {
            let account = uri("resourcegroups", "Microsoft.Storage/storageaccounts", &name);
            let size = share(random.random_range(40..40_000), 4);
            add(
                meters::BLOB_CAPACITY,
                account.clone(),
                plain(),
                plain(),
                Measure::Varying(size),
            );
            let packs = share(random.random_range(1..90_000), 65_536);
            add(
                meters::BLOB_TRANSACTIONS,
                account.clone(),
                plain(),
                plain(),
                Measure::Varying(packs),
            );
            add(
                meters::BLOB_OUT,
                account,
                plain(),
                plain(),
                Measure::Varying(share(random.random_range(1..5_000), 1_000)),
            );
        }
        7 => {
            let address = uri("resourceGroups", "Microsoft.Network/publicIPAddresses", &name);
            add(meters::STATIC_IP, address, plain(), plain(), Measure::Fixed(ONE));
        }
        8 => {
            let meter = if random.random_ratio(1, 2) {
                meters::SQL
            } else {
                meters::MYSQL
            };
            let database = uri("resourceGroups", "Microsoft.SQLAdapter.Admin/databases", &name);
            add(
                meter,
                database,
                plain(),
                plain(),
                Measure::Fixed(1024_i128.saturating_mul(ONE)),
            );
        }
        _ => {
            let farm = uri("resourceGroups", "Microsoft.Web/serverfarms", &name);
            add(
                meters::APP_SMALL,
                farm,
                plain(),
                plain(),
                Measure::Varying(share(59, 60)),
            );
        }
    }
}

/// Most stand all the time; some come later, some go earlier.
fn lifetime(random: &mut ChaCha8Rng, config: &EstateConfig) -> (NaiveDate, NaiveDate) {
    let end = config.last_day.succ_opt().unwrap_or(config.last_day);
    let length = u64::try_from((end - config.first_day).num_days())
        .unwrap_or_default()
        .max(1);
    let later = if random.random_ratio(1, 4) {
        random.random_range(0..length)
    } else {
        0
    };
    let from = config
        .first_day
        .checked_add_days(Days::new(later))
        .unwrap_or(config.first_day);
    let earlier = if random.random_ratio(1, 6) {
        random.random_range(0..length)
    } else {
        0
    };
    let until = end.checked_sub_days(Days::new(earlier)).unwrap_or(end);
    (from, until.max(from))
}

impl Source {
    /// What one hour of a day measures.
    pub fn hour(&self, day: NaiveDate, hour: u32) -> i128 {
        match self.measure {
            Measure::Fixed(quantity) => quantity,
            Measure::MonthShare => share(1, hours_of_month(day)),
            Measure::Varying(most) => {
                let days = u32::try_from(day.num_days_from_ce()).unwrap_or_default();
                let step = days
                    .wrapping_mul(31)
                    .wrapping_add(hour.wrapping_mul(7))
                    .checked_rem(17)
                    .unwrap_or_default();
                let half = most.checked_div(2).unwrap_or_default();
                let part = half
                    .checked_div(16)
                    .unwrap_or_default()
                    .saturating_mul(i128::from(step));
                half.saturating_add(part)
            }
        }
    }

    /// Whether it stands on a day.
    pub fn stands(&self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }
}

/// Hours of the month a day lies in.
pub fn hours_of_month(day: NaiveDate) -> i128 {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    i128::from((next - first).num_days()).saturating_mul(24)
}
