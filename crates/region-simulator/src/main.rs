//! `region-simulator serve` and `region-simulator truth`.

use std::net::SocketAddr;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use region_simulator::estate::Estate;
use region_simulator::{EstateConfig, Identity, SimulatorConfig, Truth};
use serde_json::json;
use uuid::Uuid;

/// A region that answers over HTTP like an Azure Stack Hub stamp.
#[derive(Debug, Parser)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Answers until it is stopped; prints one JSON line with its addresses and credentials.
    Serve {
        #[command(flatten)]
        estate: EstateArguments,
        /// Identity system.
        #[arg(long, default_value = "entra")]
        identity: IdentityName,
        /// Address and port.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Rows a page.
        #[arg(long, default_value_t = 1000)]
        page_size: usize,
        /// Serves https with an authority of its own.
        #[arg(long)]
        https: bool,
    },
    /// Prints the exact sums of what the region reports in its whole time.
    Truth {
        #[command(flatten)]
        estate: EstateArguments,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum IdentityName {
    /// Entra ID.
    Entra,
    /// AD FS.
    Adfs,
}

#[derive(Debug, Args)]
struct EstateArguments {
    /// Name of the region.
    #[arg(long, default_value = "zrh1")]
    region: String,
    /// One seed, one estate.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Customers.
    #[arg(long, default_value_t = 9)]
    tenants: u32,
    /// Subscriptions.
    #[arg(long, default_value_t = 30)]
    subscriptions: u32,
    /// Resources of a subscription of average size.
    #[arg(long, default_value_t = 8)]
    resources: u32,
    /// First day of usage, a first of a month.
    #[arg(long, default_value = "2026-08-01")]
    first_day: NaiveDate,
    /// Months of usage.
    #[arg(long, default_value_t = 3)]
    months: u32,
}

impl EstateArguments {
    fn config(&self) -> EstateConfig {
        EstateConfig {
            tenants: self.tenants,
            subscriptions: self.subscriptions,
            resources: self.resources,
            ..EstateConfig::months(self.seed, &self.region, self.first_day, self.months)
        }
    }
}

fn main() -> ExitCode {
    let command = Command::parse();
    let done = actix_web::rt::System::new().block_on(async {
        match command.what {
            What::Serve {
                estate,
                identity,
                listen,
                page_size,
                https,
            } => {
                let directory = Uuid::from_u128(0x7d1b_9b42_3c55_4c8e_8f0e_2a6f_0f3f_9a10);
                let identity = match identity {
                    IdentityName::Entra => Identity::Entra { directory },
                    IdentityName::Adfs => Identity::Adfs,
                };
                let local = SimulatorConfig::local(identity, estate.config());
                serve(SimulatorConfig {
                    listen,
                    page_size,
                    https,
                    ..local
                })
                .await
            }
            What::Truth { estate } => {
                print(&truth(&estate));
                Ok(())
            }
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn truth(arguments: &EstateArguments) -> String {
    let estate = Estate::build(arguments.config());
    let start = estate.config.first_day.and_time(chrono::NaiveTime::MIN).and_utc();
    let end = estate.config.last_day + chrono::Days::new(3);
    let truth = Truth::of(&estate, start, end.and_time(chrono::NaiveTime::MIN).and_utc());
    serde_json::to_string(&truth).unwrap_or_default()
}

async fn serve(config: SimulatorConfig) -> Result<(), String> {
    let running = region_simulator::start(config).await?;
    print(
        &json!({
            "admin_endpoint": running.admin_endpoint(), "tenant_endpoint": running.tenant_endpoint(),
            "login_endpoint": running.login_endpoint(),
            "directory": running.directory(), "client_id": running.client_id(), "client_secret": running.client_secret(),
            "authority_pem": running.authority_pem(),
        })
        .to_string(),
    );
    tokio::signal::ctrl_c().await.map_err(|error| error.to_string())?;
    running.stop().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command line speaks to a person")]
fn print(text: &str) {
    use std::io::Write;
    println!("{text}");
    drop(std::io::stdout().flush());
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn complain(text: &str) {
    eprintln!("region-simulator: {text}");
}
