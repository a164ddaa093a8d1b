//! `cargo xtask demo`: a believable world on this machine, made through the REST API alone.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::web;
use crate::workspace::{Profile, Workspace};

mod accounts;
mod billing;
mod calculator;
pub mod client;
mod figures;
pub mod months;
pub mod names;
mod prices;
pub mod programs;
pub mod seed;

use figures::Figures;
use months::Months;
use programs::Programs;
pub use programs::{DEMO, Plan, Start};

/// How the demo runs.
#[derive(Debug, Args)]
pub struct Options {
    /// Without a browser: rates the usage a second time and prints one line of JSON; fails unless both totals agree.
    #[arg(long)]
    check: bool,
    /// Resources in the regions: 1 is some 300,000 rows of usage.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    scale: u32,
    /// Port of the web app; absent: 8080, or another when that is taken.
    #[arg(long)]
    port: Option<u16>,
    /// An empty folder to keep the data in; absent: a temporary one.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// A world that runs until it is dropped.
#[derive(Debug)]
pub struct World {
    programs: Programs,
    seeded: seed::Seeded,
    months: Months,
    billed: billing::Billed,
}

impl World {
    /// Starts the programs and fills them.
    ///
    /// # Errors
    /// When a program does not start or the API refuses something.
    pub fn start(start: &Start<'_>) -> Outcome<Self> {
        let say = |text: &str| {
            if !start.quiet {
                println!("{text}");
            }
        };
        let months = Months::before_now()?;
        let programs = Programs::start(start, &months)?;
        say(&format!(
            "{} answers; data in {}",
            programs.address(),
            programs.data_dir().display()
        ));
        let mut seeded = seed::seed(&programs, &months)?;
        say(&format!(
            "{} distributors, {} partners, {} tenants, {} subscriptions, {} users",
            seeded.distributors,
            seeded.partners,
            seeded.tenants.len(),
            seeded.subscriptions,
            seeded.users.len()
        ));
        let billed = billing::run(&mut seeded, &months, &say)?;
        Ok(Self {
            programs,
            seeded,
            months,
            billed,
        })
    }

    /// Address of the web app.
    pub fn address(&self) -> &str {
        self.programs.address()
    }

    /// What a browser test needs to know of the world, as JSON.
    pub fn description(&self) -> serde_json::Value {
        let user = |user: &accounts::User| {
            let of = serde_json::json!({ "email_address": user.email_address, "password": user.password });
            (user.role.to_owned(), of)
        };
        let users: serde_json::Map<_, _> = self.seeded.users.iter().map(user).collect();
        serde_json::json!({
            "address": self.address(),
            "users": users,
            "periods": self.months.names(),
            "program": self.programs.program(),
            "data_dir": self.programs.data_dir(),
            "web_dir": self.programs.web_dir(),
        })
    }
}

/// Runs the demo.
///
/// # Errors
/// When something cannot be built or started, or with `--check` when the totals differ.
pub fn run(workspace: &Workspace, options: &Options) -> Outcome {
    programs::build(workspace, Profile::Dev, &[], options.check)?;
    let web_dir = if options.check {
        None
    } else {
        Some(web::run(workspace)?)
    };
    let plans = DEMO.map(|plan| Plan {
        resources: plan.resources.saturating_mul(options.scale),
        ..plan
    });
    let start = Start {
        workspace,
        quiet: options.check,
        port: options.port,
        data_dir: options.data_dir.as_deref(),
        web_dir: web_dir.as_deref(),
        profile: Profile::Dev,
        database_url: None,
        plans: &plans,
    };
    let mut world = World::start(&start)?;
    if options.check {
        let figures = Figures::of(&world)?;
        println!("{}", serde_json::to_string(&figures)?);
        return if figures.agree() {
            Ok(())
        } else {
            Err(Failure::new("the totals of product and calculator differ"))
        };
    }
    println!("\nOpen {} and sign in as one of:", world.address());
    for user in &world.seeded.users {
        println!("  {:<26} {:<38} {}", user.role, user.email_address, user.password);
    }
    println!(
        "  {:<26} exchanges this key at POST /api/v1/token: {}",
        "A program", world.seeded.api_key
    );
    println!(
        "The API explorer is at {}/api/explorer/. Ctrl-C ends the demo.",
        world.address()
    );
    world.programs.wait()
}
