//! Sign-ins of many people at once, beside the bare password hashes on as many threads.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::http::{Connection, Server, get, post};
use crate::{runtime, stored};

/// People who sign in at the same time, each from an address of their own.
const PEOPLE: u8 = 64;
/// How often each signs in.
const TIMES: u32 = 4;
/// How often all that is done, in turn with the bare hashes; the shortest of each counts.
const ROUNDS: u8 = 3;

/// Signs in and hashes; `threads` is how many the server hashes on.
pub fn measure(server: &Server, email_address: &str, password: &str, database: &str, threads: u32) -> Value {
    let body = json!({ "email_address": email_address, "password": password });
    let request = post(server, "/api/v1/session", &body);
    let total = u32::from(PEOPLE) * TIMES;
    let stored = stored_hash(database, email_address);
    let (mut time, mut slowest, mut bare) = (Duration::MAX, Duration::ZERO, Duration::MAX);
    for round in 1..=ROUNDS {
        let (took, slow) = runtime().block_on(sign_in(server, &request, round));
        (time, slowest) = (time.min(took), slowest.max(slow));
        bare = bare.min(hash(&stored, password, total / threads, threads));
    }
    let per_second = f64::from(total) / time.as_secs_f64();
    let bare_per_second = f64::from(total / threads * threads) / bare.as_secs_f64();
    json!({
        "sign_ins_per_s": (per_second * 10.0).round() / 10.0,
        "argon2_per_s": (bare_per_second * 10.0).round() / 10.0,
        "sign_in_vs_argon2": (per_second / bare_per_second * 100.0).round() / 100.0,
        "slowest_other_request_ms": slowest.as_millis() as u64,
    })
}

/// How long all took, and the slowest answer that somebody else got meanwhile.
async fn sign_in(server: &Server, request: &[u8], round: u8) -> (Duration, Duration) {
    let other = get(server, "/healthz", None);
    let mut people = JoinSet::new();
    let start = Instant::now();
    for person in 1..=PEOPLE {
        let (server, request) = (server.clone(), request.to_owned());
        people.spawn(async move {
            // A limit counts the tries of a source; all of 127.0.0.0/8 is this machine.
            let source = SocketAddr::from((Ipv4Addr::new(127, 0, round, person), 0));
            let mut connection = Connection::open(&server, Some(source)).await;
            for _ in 0..TIMES {
                assert_eq!(connection.send(&request).await, 200, "a sign-in was refused");
            }
        });
    }
    let mut slowest = Duration::ZERO;
    let mut connection = Connection::open(server, None).await;
    while !people.is_empty() {
        let asked = Instant::now();
        assert_eq!(connection.send(&other).await, 200);
        slowest = slowest.max(asked.elapsed());
        let next = tokio::time::timeout(Duration::from_millis(20), people.join_next());
        if let Ok(Some(ended)) = next.await {
            ended.unwrap();
        }
    }
    (start.elapsed(), slowest)
}

fn stored_hash(database: &str, email_address: &str) -> String {
    let file = stored::sqlite_file(database).expect("the sign-ins are measured on SQLite");
    let query = format!("SELECT password_hash FROM app_user WHERE email_address = '{email_address}'");
    match stored::rows(&file, &query).pop().as_deref() {
        Some([rusqlite::types::Value::Text(hash)]) => hash.clone(),
        _ => panic!("the account has no password"),
    }
}

/// Checks the password `times` times on each thread, each with memory that it uses again.
fn hash(phc: &str, password: &str, times: u32, threads: u32) -> Duration {
    let parsed = PasswordHash::new(phc).unwrap();
    let (params, expected) = (Params::try_from(&parsed).unwrap(), parsed.hash.unwrap());
    let mut salt = [0_u8; 64];
    let salt = parsed.salt.unwrap().decode_b64(&mut salt).unwrap().to_vec();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut memory = vec![argon2::Block::default(); params.block_count()];
                let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
                let mut made = vec![0_u8; expected.len()];
                for _ in 0..times {
                    argon
                        .hash_password_into_with_memory(password.as_bytes(), &salt, &mut made, &mut memory)
                        .unwrap();
                    assert_eq!(made, expected.as_bytes());
                }
            });
        }
    });
    start.elapsed()
}
