//! Every address of the web app, built and read in one place.

use uuid::Uuid;

/// The three kinds of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Below the platform.
    Distributor,
    /// Below a distributor.
    Partner,
    /// Below a partner; receives invoices.
    Tenant,
}

impl Kind {
    /// The word inside addresses of the app and of the API.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Distributor => "distributors",
            Self::Partner => "partners",
            Self::Tenant => "tenants",
        }
    }

    /// The word on screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Distributor => "Distributor",
            Self::Partner => "Partner",
            Self::Tenant => "Tenant",
        }
    }

    /// The first half of the names of its operations.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Distributor => "distributor",
            Self::Partner => "partner",
            Self::Tenant => "tenant",
        }
    }
}

/// A place of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Dashboard,
    SignIn,
    Setup,
    Activation,
    ResetPassword,
    ConfirmEmail,
    Profile,
    ServiceAccounts,
    Entities(Kind),
    EntityCreate(Kind),
    Entity(Kind, Uuid),
    Regions,
    RegionCreate,
    Region(Uuid),
    Subscriptions,
    SubscriptionCreate,
    Subscription(Uuid),
    PriceLists,
    PriceList(Uuid),
    Invoices,
    Invoice(Uuid),
    UsageRecords,
    Quarantine,
    Alerts,
    Jobs,
    Job(Uuid),
    Settings,
    Audit,
    Users,
    UserCreate,
    User(Uuid),
    Permissions,
    NotFound,
}

impl Place {
    /// Reads a path.
    pub fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Dashboard,
            [one] => Self::list(one),
            [list, "create"] => match Self::list(list) {
                Self::Entities(kind) => Self::EntityCreate(kind),
                Self::Regions => Self::RegionCreate,
                Self::Subscriptions => Self::SubscriptionCreate,
                Self::Users => Self::UserCreate,
                _ => Self::NotFound,
            },
            [list, id] => Uuid::parse_str(id).map_or(Self::NotFound, |id| Self::list(list).one(id)),
            _ => Self::NotFound,
        }
    }

    fn list(word: &str) -> Self {
        match word {
            "sign-in" => Self::SignIn,
            "setup" => Self::Setup,
            "activation" => Self::Activation,
            "reset-password" => Self::ResetPassword,
            "confirm-email" => Self::ConfirmEmail,
            "profile" => Self::Profile,
            "service-accounts" => Self::ServiceAccounts,
            "distributors" => Self::Entities(Kind::Distributor),
            "partners" => Self::Entities(Kind::Partner),
            "tenants" => Self::Entities(Kind::Tenant),
            "regions" => Self::Regions,
            "subscriptions" => Self::Subscriptions,
            "price-lists" => Self::PriceLists,
            "invoices" => Self::Invoices,
            "usage-records" => Self::UsageRecords,
            "usage-quarantine" => Self::Quarantine,
            "alerts" => Self::Alerts,
            "jobs" => Self::Jobs,
            "settings" => Self::Settings,
            "audit" => Self::Audit,
            "users" => Self::Users,
            "permissions" => Self::Permissions,
            _ => Self::NotFound,
        }
    }

    /// The page of one record of this list.
    pub fn one(self, id: Uuid) -> Self {
        match self {
            Self::Entities(kind) => Self::Entity(kind, id),
            Self::Regions => Self::Region(id),
            Self::Subscriptions => Self::Subscription(id),
            Self::PriceLists => Self::PriceList(id),
            Self::Invoices => Self::Invoice(id),
            Self::Jobs => Self::Job(id),
            Self::Users => Self::User(id),
            _ => Self::NotFound,
        }
    }

    /// The address; the inverse of [`Place::parse`].
    pub fn path(self) -> String {
        match self {
            Self::Dashboard => "/".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Setup => "/setup".to_owned(),
            Self::Activation => "/activation".to_owned(),
            Self::ResetPassword => "/reset-password".to_owned(),
            Self::ConfirmEmail => "/confirm-email".to_owned(),
            Self::Profile => "/profile".to_owned(),
            Self::ServiceAccounts => "/service-accounts".to_owned(),
            Self::Entities(kind) => format!("/{}", kind.plural()),
            Self::EntityCreate(kind) => format!("/{}/create", kind.plural()),
            Self::Entity(kind, id) => format!("/{}/{id}", kind.plural()),
            Self::Regions => "/regions".to_owned(),
            Self::RegionCreate => "/regions/create".to_owned(),
            Self::Region(id) => format!("/regions/{id}"),
            Self::Subscriptions => "/subscriptions".to_owned(),
            Self::SubscriptionCreate => "/subscriptions/create".to_owned(),
            Self::Subscription(id) => format!("/subscriptions/{id}"),
            Self::PriceLists => "/price-lists".to_owned(),
            Self::PriceList(id) => format!("/price-lists/{id}"),
            Self::Invoices => "/invoices".to_owned(),
            Self::Invoice(id) => format!("/invoices/{id}"),
            Self::UsageRecords => "/usage-records".to_owned(),
            Self::Quarantine => "/usage-quarantine".to_owned(),
            Self::Alerts => "/alerts".to_owned(),
            Self::Jobs => "/jobs".to_owned(),
            Self::Job(id) => format!("/jobs/{id}"),
            Self::Settings => "/settings".to_owned(),
            Self::Audit => "/audit".to_owned(),
            Self::Users => "/users".to_owned(),
            Self::UserCreate => "/users/create".to_owned(),
            Self::User(id) => format!("/users/{id}"),
            Self::Permissions => "/permissions".to_owned(),
            Self::NotFound => "/not-found".to_owned(),
        }
    }

    /// The operation that must be allowed to open the page; empty when none is needed. Mirrors `spec/permissions.csv`.
    pub fn operation(self) -> &'static str {
        match self {
            Self::SignIn
            | Self::Setup
            | Self::Activation
            | Self::ResetPassword
            | Self::ConfirmEmail
            | Self::NotFound => "",
            Self::Profile => "profile.read",
            Self::ServiceAccounts => "service_account.list",
            Self::Dashboard => "report.dashboard",
            Self::Entities(Kind::Distributor) => "distributor.list",
            Self::Entities(Kind::Partner) => "partner.list",
            Self::Entities(Kind::Tenant) => "tenant.list",
            Self::EntityCreate(Kind::Distributor) => "distributor.create",
            Self::EntityCreate(Kind::Partner) => "partner.create",
            Self::EntityCreate(Kind::Tenant) => "tenant.create",
            Self::Entity(Kind::Distributor, _) => "distributor.read",
            Self::Entity(Kind::Partner, _) => "partner.read",
            Self::Entity(Kind::Tenant, _) => "tenant.read",
            Self::Regions => "region.list",
            Self::RegionCreate => "region.create",
            Self::Region(_) => "region.read",
            Self::Subscriptions => "subscription.list",
            Self::SubscriptionCreate => "subscription.create",
            Self::Subscription(_) => "subscription.read",
            Self::PriceLists => "price_list.list",
            Self::PriceList(_) => "price_list.read",
            Self::Invoices => "invoice.list",
            Self::Invoice(_) => "invoice.read",
            Self::UsageRecords => "usage.list",
            Self::Quarantine => "usage.list_quarantine",
            Self::Alerts => "alert.list",
            Self::Jobs => "job.list",
            Self::Job(_) => "job.read",
            Self::Settings => "setting.read",
            Self::Audit => "audit.list",
            Self::Users => "user.list",
            Self::UserCreate => "user.create",
            Self::User(_) => "user.read",
            Self::Permissions => "permission.list",
        }
    }
}

/// The API's address of a document of an invoice.
pub fn document(invoice: Uuid, format: &str) -> String {
    format!("/api/v1/invoices/{invoice}/document?format={format}")
}

/// The page where a signed-out person signs in and comes back to `place`.
pub fn sign_in_and_return(place: &str) -> String {
    if place == "/" || place.is_empty() {
        Place::SignIn.path()
    } else {
        crate::query::Query::default()
            .with("next", place)
            .on(&Place::SignIn.path())
    }
}

/// Where to go after sign-in: only a path of this app, never another site.
pub fn safe_return(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    if inside { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0192_f0a0_0000_7000_8000_0000_0000_0001);

    fn all() -> Vec<Place> {
        let mut places = vec![
            Place::Dashboard,
            Place::SignIn,
            Place::Setup,
            Place::Activation,
            Place::ResetPassword,
            Place::ConfirmEmail,
            Place::Profile,
            Place::ServiceAccounts,
            Place::Regions,
            Place::RegionCreate,
            Place::Region(ID),
            Place::Subscriptions,
            Place::SubscriptionCreate,
            Place::Subscription(ID),
            Place::PriceLists,
            Place::PriceList(ID),
            Place::Invoices,
            Place::Invoice(ID),
            Place::UsageRecords,
            Place::Quarantine,
            Place::Alerts,
            Place::Jobs,
            Place::Job(ID),
            Place::Settings,
            Place::Audit,
            Place::Users,
            Place::UserCreate,
            Place::User(ID),
            Place::Permissions,
        ];
        for kind in [Kind::Distributor, Kind::Partner, Kind::Tenant] {
            places.extend([
                Place::Entities(kind),
                Place::EntityCreate(kind),
                Place::Entity(kind, ID),
            ]);
        }
        places
    }

    #[test]
    fn every_place_is_found_again_by_its_address() {
        for place in all() {
            assert_eq!(Place::parse(&place.path()), place, "{}", place.path());
        }
    }

    #[test]
    fn no_two_places_share_an_address() {
        let mut paths: Vec<String> = all().into_iter().map(Place::path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }

    #[test]
    fn unknown_addresses_are_not_found() {
        for path in [
            "/commissions",
            "/regions/abc",
            "/regions/create/x",
            "/jobs/create",
            "/settings/create",
        ] {
            assert_eq!(Place::parse(path), Place::NotFound, "{path}");
        }
        assert_eq!(Place::parse(&format!("/permissions/{ID}")), Place::NotFound);
    }

    #[test]
    fn every_operation_a_page_needs_is_a_row_of_the_policy() {
        let policy = include_str!("../../spec/permissions.csv");
        let known: Vec<&str> = policy.lines().filter_map(|line| line.split(',').next()).collect();
        for place in all() {
            let operation = place.operation();
            assert!(operation.is_empty() || known.contains(&operation), "{operation}");
        }
    }

    #[test]
    fn sign_in_comes_back_only_to_this_app() {
        assert_eq!(sign_in_and_return("/"), "/sign-in");
        assert_eq!(
            sign_in_and_return("/invoices?period=2026-10"),
            "/sign-in?next=%2Finvoices%3Fperiod%3D2026-10"
        );
        assert_eq!(safe_return("/invoices?period=2026-10"), "/invoices?period=2026-10");
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "javascript:1",
        ] {
            assert_eq!(safe_return(foreign), "/", "{foreign}");
        }
    }
}
