//! Reading one tenant through the product, with session, scope and policy, beside a bare handler that runs the one query.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row as _, SqlitePool};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::http::{Connection, Server, get};
use crate::{runtime, stored};

/// Connections that ask at the same time.
const CONNECTIONS: usize = 16;
/// Length of one round; each server has as many.
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: u32 = 3;

/// Asks both servers in turns.
pub fn measure(server: &Server, cookie: &str, database: &str, tenant: Uuid) -> Value {
    let mut bare = Bare::start(database);
    let ours = get(server, &format!("/api/v1/tenants/{tenant}"), Some(cookie));
    let theirs = get(&bare.server, &format!("/tenants/{tenant}"), None);
    let (mut answered, mut answered_bare) = (0_u64, 0_u64);
    for _ in 0..ROUNDS {
        answered += runtime().block_on(round(server, &ours));
        answered_bare += runtime().block_on(round(&bare.server, &theirs));
    }
    bare.program.kill().unwrap();
    bare.program.wait().unwrap();
    let seconds = (ROUND * ROUNDS).as_secs();
    let ratio = answered as f64 / answered_bare.max(1) as f64;
    json!({
        "entity_get_per_s": answered / seconds,
        "bare_get_per_s": answered_bare / seconds,
        "entity_get_vs_bare": (ratio * 100.0).round() / 100.0,
    })
}

/// Answers within one round.
async fn round(server: &Server, request: &[u8]) -> u64 {
    let mut connections = JoinSet::new();
    let end = Instant::now() + ROUND;
    for _ in 0..CONNECTIONS {
        let (server, request) = (server.clone(), request.to_vec());
        connections.spawn(async move {
            let mut connection = Connection::open(&server, None).await;
            let mut answers = 0_u64;
            while Instant::now() < end {
                assert_eq!(connection.send(&request).await, 200);
                answers += 1;
            }
            answers
        });
    }
    connections.join_all().await.into_iter().sum()
}

/// The bare server, a process of its own as the product is.
struct Bare {
    program: Child,
    server: Server,
}

impl Bare {
    fn start(database: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut program = command
            .args(["bare-server", database])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let server = line.trim().parse().unwrap();
        Self { program, server }
    }
}

/// Serves one handler on as many workers as the product; prints its address and runs until it is killed.
pub fn serve(database: &str) -> ! {
    let file = stored::sqlite_file(database).expect("one entity is measured on SQLite");
    actix_web::rt::System::new().block_on(async {
        let pool = web::Data::new(open(&file).await);
        let routes = move || {
            App::new()
                .app_data(pool.clone())
                .route("/tenants/{id}", web::get().to(tenant))
        };
        let server = HttpServer::new(routes).workers(2).bind(("127.0.0.1", 0)).unwrap();
        println!("{}", server.addrs()[0]);
        server.run().await.unwrap();
    });
    std::process::exit(0)
}

async fn open(file: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .unwrap()
}

async fn tenant(pool: web::Data<SqlitePool>, id: web::Path<Uuid>) -> HttpResponse {
    let query = "SELECT name, currency, profile, tax_treatment, version, \
                 (SELECT COUNT(*) FROM subscription WHERE tenant_id = tenant.id) AS subscriptions FROM tenant WHERE id = $1";
    let row = sqlx::query(query).bind(*id).fetch_one(pool.get_ref()).await.unwrap();
    HttpResponse::Ok().json(json!({
        "id": *id,
        "name": row.get::<&str, _>(0),
        "currency": row.get::<&str, _>(1),
        "profile": row.get::<&str, _>(2),
        "tax_treatment": row.get::<&str, _>(3),
        "version": row.get::<i64, _>(4),
        "subscription_count": row.get::<i64, _>(5),
    }))
}
