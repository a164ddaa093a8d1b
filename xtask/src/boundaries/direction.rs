//! Which crate may depend on which, and what may never be reached.

use std::collections::BTreeSet;

use crate::metadata::{Graph, Kind, Package};

/// Our crates and those of our crates that each may use in product code.
const ALLOWED: &[(&str, &[&str])] = &[
    ("cms-domain", &[]),
    ("cms-pricing", &["cms-domain"]),
    ("cms-commission", &["cms-domain"]),
    ("cms-api-types", &["cms-domain"]),
    ("cms-outbound", &[]),
    ("cms-azure-stack", &["cms-domain", "cms-outbound"]),
    ("cms-documents", &["cms-domain"]),
    ("cms-migrations", &[]),
    ("cms-persistence", &["cms-domain", "cms-migrations"]),
    (
        "cms-app",
        &[
            "cms-azure-stack",
            "cms-commission",
            "cms-documents",
            "cms-domain",
            "cms-outbound",
            "cms-persistence",
            "cms-pricing",
        ],
    ),
    // The server puts the application together, and names the filters and rows of storage between wire and use case.
    (
        "cms-server",
        &[
            "cms-api-types",
            "cms-app",
            "cms-domain",
            "cms-outbound",
            "cms-persistence",
        ],
    ),
    (
        "cms-frontend",
        &["cms-api-types", "cms-commission", "cms-domain", "cms-pricing"],
    ),
    ("region-simulator", &[]),
    ("cms-testkit", &["cms-domain", "cms-migrations", "cms-persistence"]),
    ("cms-bench", &["cms-documents", "cms-domain", "cms-pricing"]),
    ("cms-vectors", &["cms-commission", "cms-domain", "cms-pricing"]),
    ("xtask", &["cms-api-types", "cms-vectors"]),
];

/// Crates that only tests and tools use.
const TOOLS: &[&str] = &["cms-bench", "region-simulator", "cms-testkit", "cms-vectors", "xtask"];

/// What product code of a crate never reaches, not even through others.
const UNREACHED: &[(&str, &[&str])] = &[
    ("cms-domain", PURE),
    ("cms-pricing", PURE),
    ("cms-commission", PURE),
    ("cms-api-types", PURE),
    (
        "cms-documents",
        &["actix-web", "hyper", "reqwest", "sea-orm", "sqlx-core", "tokio"],
    ),
    ("cms-outbound", &["actix-web", "sea-orm", "sqlx-core"]),
    ("cms-azure-stack", &["actix-web", "sea-orm", "sqlx-core"]),
    ("cms-persistence", &["actix-web", "reqwest"]),
    ("cms-app", &["actix-web"]),
    ("xtask", &["actix-web", "reqwest", "rustls", "sea-orm", "tokio"]),
];

const PURE: &[&str] = &[
    "actix-web",
    "actix-http",
    "hyper",
    "reqwest",
    "sea-orm",
    "sqlx-core",
    "tokio",
];

/// Crates that only the named ones of ours may name in their manifests.
const RESERVED: &[(&str, &[&str])] = &[
    ("reqwest", &["cms-outbound"]),
    ("lettre", &["cms-outbound"]),
    ("hyper", &[]),
    ("sea-orm", &["cms-migrations", "cms-persistence", "cms-testkit"]),
    (
        "sea-orm-migration",
        &["cms-migrations", "cms-persistence", "cms-testkit"],
    ),
    ("sqlx", &["cms-bench", "cms-persistence"]),
    ("actix-web", &["cms-bench", "cms-server", "region-simulator"]),
    ("typst", &["cms-documents"]),
    ("leptos", &["cms-frontend"]),
];

/// All violations of the direction.
pub fn violations(graph: &Graph) -> Vec<String> {
    let ours: BTreeSet<&str> = graph.members().map(|package| package.name.as_str()).collect();
    let mut found = Vec::new();
    for package in graph.members() {
        found.extend(edges(graph, package, &ours));
        found.extend(reach(graph, package));
        found.extend(reserved(graph, package));
    }
    found.extend(calls(graph));
    found.extend(features(graph));
    found
}

fn edges(graph: &Graph, package: &Package, ours: &BTreeSet<&str>) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "{name} is not in the table of xtask/src/boundaries/direction.rs: say what it may use"
        )];
    };
    let used = graph.direct(package, Kind::Product);
    let product = used
        .iter()
        .filter(|&used| ours.contains(used) && !allowed.contains(used));
    let tests = graph.direct(package, Kind::Tests);
    let tests = tests
        .iter()
        .filter(|&used| ours.contains(used) && !allowed.contains(used) && !TOOLS.contains(used));
    product
        .map(|used| format!("{name} may not depend on {used}"))
        .chain(tests.map(|used| format!("the tests of {name} may not depend on {used}")))
        .collect()
}

fn reach(graph: &Graph, package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, banned)) = UNREACHED.iter().find(|(known, _)| *known == name) else {
        return Vec::new();
    };
    let reached = graph.reached(package);
    banned
        .iter()
        .filter(|banned| reached.contains(*banned))
        .map(|banned| format!("{name} reaches {banned}"))
        .collect()
}

fn reserved(graph: &Graph, package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let used = graph.direct(package, Kind::Product);
    let taken = RESERVED
        .iter()
        .filter(|(reserved, by)| used.contains(reserved) && !by.contains(&name));
    taken
        .map(|(reserved, _)| format!("{name} may not use {reserved}"))
        .collect()
}

/// S-70: in the server, nothing but `outbound` holds an HTTP client.
fn calls(graph: &Graph) -> Vec<String> {
    let servers = graph.members().filter(|package| package.name == "cms-server");
    let users = servers.flat_map(|server| graph.users_of("reqwest", server));
    users
        .filter(|user| *user != "cms-outbound")
        .map(|user| format!("{user} brings reqwest into the server"))
        .collect()
}

/// S-51: no decompression of requests and no HTTP/2 in the server.
fn features(graph: &Graph) -> Vec<String> {
    let banned = |feature: &&str| feature.contains("compress") || *feature == "http2";
    let crates = ["actix-http", "actix-web"].into_iter();
    let found = crates.flat_map(|name| graph.features(name).into_iter().map(move |feature| (name, feature)));
    found
        .filter(|(_, feature)| banned(feature))
        .map(|(name, feature)| format!("{name} has feature {feature}"))
        .collect()
}
