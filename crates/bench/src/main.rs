//! What `cargo xtask bench` measures outside the running product: the engine beside a plain loop and beside DuckDB,
//! documents a second, and the least a database needs for what the product stores. Each command prints one JSON object.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a tool for measuring: it reads the clock, and a figure that cannot be had ends it"
)]

use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};

mod billing_floor;
mod bulk_insert;
mod duckdb;
mod entity_get;
mod http;
mod pdf;
mod plain;
mod rating;
mod sample;
mod sign_ins;
mod stored;

/// Measures one thing.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Rating of a million generated rows on one core, beside a plain loop and, with Python and its duckdb, one SQL.
    Rating {
        /// A Python that can import duckdb.
        #[arg(long)]
        python: Option<std::path::PathBuf>,
    },
    /// Documents a second on one thread.
    Pdf,
    /// Stores the usage rows of a database again, bare: COPY on PostgreSQL, a prepared upsert on SQLite.
    BulkInsert {
        /// The product's database.
        database: String,
    },
    /// What a billing run cannot do without: reading the rows, writing its lines, the commits.
    BillingFloor {
        /// The product's database, with stored previews.
        database: String,
        /// The billed period.
        period: String,
    },
    /// Sign-ins of 64 people at once, beside bare password hashes.
    SignIns {
        /// The product.
        server: http::Server,
        /// The product's database.
        database: String,
        /// Who signs in.
        email_address: String,
        /// With which password.
        password: String,
        /// Threads the server hashes on.
        threads: u32,
    },
    /// Reading one tenant, beside a bare handler with the same query.
    EntityGet {
        /// The product.
        server: http::Server,
        /// The product's database.
        database: String,
        /// Cookie of a session.
        cookie: String,
        /// A tenant that the session may see.
        tenant: uuid::Uuid,
    },
    /// The bare handler.
    BareServer {
        /// The product's database.
        database: String,
    },
}

fn main() {
    let measured = match Arguments::parse().what {
        What::Rating { python } => rating::measure(python.as_deref()),
        What::Pdf => pdf::measure(),
        What::BulkInsert { database } => bulk_insert::measure(&database),
        What::BillingFloor { database, period } => billing_floor::measure(&database, &period),
        What::SignIns {
            server,
            database,
            email_address,
            password,
            threads,
        } => sign_ins::measure(&server, &email_address, &password, &database, threads),
        What::EntityGet {
            server,
            database,
            cookie,
            tenant,
        } => entity_get::measure(&server, &cookie, &database, tenant),
        What::BareServer { database } => entity_get::serve(&database),
    };
    println!("{measured}");
}

/// The shortest of several runs, and what the last one gave back.
fn best<T>(rounds: u32, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut once = || {
        let start = Instant::now();
        let result = std::hint::black_box(run());
        (start.elapsed(), result)
    };
    let first = once();
    (1..rounds).fold(first, |(shortest, _), _| {
        let (time, result) = once();
        (shortest.min(time), result)
    })
}

/// Two digits behind the point are all that a measurement is worth.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A runtime of one thread for a driver.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
