//! Every operation of the OpenAPI document × every role and state × every place of the tree, on both databases, against
//! an oracle that shares no code with the policy (PM-27 to PM-29, T-01, T-03).
//!
//! An operation that is added is walked without being named here: its path parameters say what it is about, its body is
//! made from its schema. `oracle.py` fails for an operation without a row.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    missing_docs,
    reason = "test code"
)]

mod document;
#[allow(dead_code, reason = "shared with the API tests, which use more of it")]
#[path = "../api/harness.rs"]
mod harness;
mod things;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use document::{Operation, operations};
use harness::{Browser, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use world::{Object, World};

/// A request and what the oracle needs to know about it.
struct Decision<'a> {
    operation: &'a Operation,
    tries: usize,
    /// Object of the first path parameter; none where the path names none.
    object: Option<Object>,
}

/// Which requests a pass makes.
#[derive(Clone, Copy, PartialEq)]
enum Pass {
    /// Everything that destroys nothing, proof fresh, switches on.
    Everything,
    /// Operations behind a switch, all switches off.
    SwitchedOff,
    /// Operations that need a fresh proof, none fresh.
    Stale,
    /// What destroys its object.
    Deleting,
}

#[actix_web::test]
async fn every_operation_answers_every_role_at_every_place_as_the_oracle_says() {
    let mut total = 0;
    let mut wrong = Vec::new();
    for database in testkit::databases().await {
        let server = TestServer::start(database).await;
        let (made, mut differing) = walk(&server).await;
        println!("{}: {made} decisions", server.name);
        total += made;
        wrong.append(&mut differing);
        server.stop().await;
    }
    for line in wrong.iter().take(60) {
        println!("{line}");
    }
    println!("decisions {total}, wrong {}", wrong.len());
    assert!(wrong.is_empty());
    assert!(total > 1_000, "the walk is too short to prove anything");
}

#[test]
fn the_golden_table_of_role_operation_and_relation_is_unchanged() {
    let golden = oracle(&["golden"]);
    let file = here("golden.csv");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &golden).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept == golden,
        "permissions.csv changed; look at the difference after UPDATE_GOLDEN=1"
    );
}

async fn walk(server: &TestServer) -> (usize, Vec<String>) {
    let document: Value = serde_json::from_str(&cms_server::openapi::document_text().unwrap()).unwrap();
    let table = std::fs::read_to_string(permissions()).unwrap();
    let rows: Vec<String> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().to_owned())
        .collect();
    let operations = operations(&document, &rows);
    let gated = |name: &str| {
        table
            .lines()
            .any(|line| line.starts_with(&format!("{name},")) && line.contains("own_if:"))
    };
    let proved = |name: &str| {
        table
            .lines()
            .any(|line| line.starts_with(&format!("{name},")) && line.contains(",yes,"))
    };
    let world = World::make(server).await;
    let mut count = 0;
    let mut wrong = anonymous(server, &operations, &document).await;
    for pass in [Pass::Everything, Pass::SwitchedOff, Pass::Stale, Pass::Deleting] {
        let chosen = |operation: &Operation| {
            let deletes = operation.method == Method::DELETE;
            !operation.public
                && match pass {
                    Pass::Everything => !deletes,
                    Pass::SwitchedOff => !deletes && gated(&operation.name),
                    Pass::Deleting => deletes,
                    Pass::Stale => proved(&operation.name),
                }
        };
        if pass == Pass::Stale {
            server.later(11);
        }
        let switches = switch(server, &table, pass != Pass::SwitchedOff).await;
        let chosen: Vec<&Operation> = operations.iter().filter(|operation| chosen(operation)).collect();
        let decisions = decisions(&chosen, &world, pass == Pass::Stale);
        let expected = expectations(&world, &switches, &decisions, pass != Pass::Stale);
        count += decisions.len();
        wrong.extend(ask(&world, &document, &decisions, &expected, pass).await);
        if pass == Pass::Stale {
            server.later(-11);
        }
    }
    (count, wrong)
}

/// Every operation, everybody, every object of the kind its path names and one that does not exist.
///
/// `later` leaves out the programs: their tokens have ended when no proof is fresh any more.
fn decisions<'a>(operations: &[&'a Operation], world: &World, later: bool) -> Vec<Decision<'a>> {
    let mut all = Vec::new();
    for operation in operations {
        let kind = operation.parameters.iter().find(|name| name.ends_with("_id"));
        let in_two = operation.parameters.len() > 1;
        for (tries, who) in world.tries.iter().enumerate() {
            if later && who.state == "access_token" {
                continue;
            }
            let objects = match kind {
                None => vec![None],
                Some(kind) => world.named(kind, in_two, who).into_iter().map(Some).collect(),
            };
            all.extend(objects.into_iter().map(|object| Decision {
                operation,
                tries,
                object,
            }));
        }
    }
    all
}

/// Puts every switch that gates an operation; answers their positions.
async fn switch(server: &TestServer, table: &str, on: bool) -> BTreeMap<String, bool> {
    let mut switches = BTreeMap::new();
    for key in table.split([',', '\n']).filter_map(|cell| cell.strip_prefix("own_if:")) {
        if switches.insert(key.to_owned(), on).is_none() {
            server.set(key, json!(on)).await;
        }
    }
    switches
}

fn expectations(
    world: &World,
    switches: &BTreeMap<String, bool>,
    decisions: &[Decision<'_>],
    fresh: bool,
) -> Vec<String> {
    let asked: Vec<Value> = decisions
        .iter()
        .map(|decision| {
            let tries = &world.tries[decision.tries];
            json!({
                "operation": decision.operation.name, "state": tries.state, "role": tries.role, "anchor": tries.anchor,
                "fresh": fresh, "owner": decision.object.as_ref().map(|object| &object.owner),
                "part": decision.object.as_ref().is_none_or(|object| object.part_exists),
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let told = json!({ "parents": world.parents, "switches": switches, "decisions": asked });
    std::fs::write(&file, told.to_string()).unwrap();
    serde_json::from_str(&oracle(&["decide", file.to_str().unwrap()])).unwrap()
}

/// Makes the requests and answers a line for each wrong answer.
async fn ask(
    world: &World,
    document: &Value,
    decisions: &[Decision<'_>],
    expected: &[String],
    pass: Pass,
) -> Vec<String> {
    assert_eq!(decisions.len(), expected.len());
    let mut wrong = Vec::new();
    let mut unknown: BTreeMap<(usize, String), String> = BTreeMap::new();
    for (decision, expected) in decisions.iter().zip(expected) {
        let object = expendable(world, decision, expected, pass).await;
        let tries = &world.tries[decision.tries];
        let moves = pass != Pass::Stale;
        let (status, text) = request(
            &tries.browser,
            document,
            world,
            (decision.operation, moves),
            object.as_ref(),
        )
        .await;
        let found = word(status, &text);
        let line = |what: &str| {
            let owner = object.as_ref().map_or("-", |object| &object.owner);
            format!(
                "{} {} by {} {} on {owner}: {what}",
                decision.operation.method, decision.operation.name, tries.state, tries.role
            )
        };
        if found != *expected {
            wrong.push(line(&format!("expected {expected}, got {status} {text:.300}")));
        } else if expected == "not_found" {
            // PM-7: what is foreign and what is missing answer the same bytes, the request id aside.
            let key = (
                decision.tries,
                format!("{} {}", decision.operation.method, decision.operation.name),
            );
            let bytes = without_request_id(&text);
            if *unknown.entry(key).or_insert_with(|| bytes.clone()) != bytes {
                wrong.push(line("a foreign and a missing id answer other bytes"));
            }
        }
    }
    wrong
}

/// The object of a request; a new one of the same owner for a request that will destroy it.
async fn expendable(world: &World, decision: &Decision<'_>, expected: &str, pass: Pass) -> Option<Object> {
    let object = decision.object.clone()?;
    let whole = decision.operation.parameters.len() == 1;
    if pass == Pass::Deleting && expected == "passes" && whole {
        let another = world.another(&decision.operation.parameters[0], &object.owner).await;
        return Some(another.unwrap_or(object));
    }
    Some(object)
}

async fn request(
    browser: &Browser,
    document: &Value,
    world: &World,
    (operation, moves): (&Operation, bool),
    object: Option<&Object>,
) -> (u16, String) {
    let ids = match operation.parameters.first().map(String::as_str) {
        Some("section") if operation.name == "setting.update_protected" => vec!["Mail".to_owned()],
        Some("section") => vec!["Jobs".to_owned()],
        _ => object.map_or_else(Vec::new, |object| vec![object.id.clone(), object.part.clone()]),
    };
    // An act on a user must not move it to another place: there is no such anchor.
    let anchor = if moves && operation.parameters.iter().any(|name| name == "user_id") {
        json!(Uuid::now_v7())
    } else {
        world.nodes["T1"].clone()
    };
    let known = json!({
        "distributor_id": world.nodes["D1"], "partner_id": world.nodes["P1"], "tenant_id": world.nodes["T1"],
        "region_id": world.region, "anchor_id": anchor, "role": "tenant_reader",
    });
    let body = operation.body(document, &known);
    let headers = [("If-Match", "\"999999\"")];
    let response = browser
        .raw(
            operation.method.clone(),
            &operation.filled(&ids),
            body.as_ref(),
            &headers,
        )
        .await;
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Operations without a session never fail and never ask a stranger for one by accident of a missing route.
async fn anonymous(server: &TestServer, operations: &[Operation], document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for operation in operations.iter().filter(|operation| operation.public) {
        let body = operation.body(document, &json!({}));
        let browser = server.browser();
        let path = operation.filled(&[]);
        let response = browser.raw(operation.method.clone(), &path, body.as_ref(), &[]).await;
        if response.status().is_server_error() || response.status() == 403 {
            wrong.push(format!(
                "{} {path} by a stranger: {}",
                operation.method,
                response.status()
            ));
        }
    }
    wrong
}

/// The answer as the oracle says it.
fn word(status: u16, text: &str) -> String {
    let body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let code = body["code"].as_str().unwrap_or_default();
    match (status, code) {
        (401 | 403, "not_signed_in" | "not_permitted" | "switched_off" | "step_up_required") | (404, "not_found") => {
            code.to_owned()
        }
        (401 | 500.., _) => format!("{status} {code}"),
        _ => "passes".to_owned(),
    }
}

fn without_request_id(text: &str) -> String {
    let body: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    body["request_id"]
        .as_str()
        .map_or_else(|| text.to_owned(), |id| text.replace(id, ""))
}

fn oracle(arguments: &[&str]) -> String {
    let run = Command::new("python3")
        .arg(here("oracle.py"))
        .arg(permissions())
        .args(arguments)
        .output();
    let run = run.expect("python3 runs the oracle");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix").join(name)
}

fn permissions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/permissions.csv")
}
