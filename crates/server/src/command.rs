//! The command line of `cms`.

use std::path::PathBuf;
use std::process::ExitCode;

use app::{Actor, App};
use clap::{Parser, Subcommand};

use crate::build::{self, chain};
use crate::config::Config;

/// The process cannot start with this configuration.
const CANNOT_START: u8 = 78;

/// Runs the business of an Azure Stack Hub cloud.
#[derive(Debug, Parser)]
#[command(name = "cms", version)]
pub struct Command {
    /// Configuration file (TOML); `CMS_…` variables win over it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Serves the API and the web app and works on jobs.
    Serve,
    /// Prints the OpenAPI document.
    Openapi,
    /// Usage from files.
    Usage {
        #[command(subcommand)]
        what: UsageCommand,
    },
    /// Recomputes the chain of the audit record and names the first entry that does not match (I-73).
    Verify,
    /// Makes a new master key and seals every secret anew under it; servers may run meanwhile. Cut short, it goes on when
    /// it is called again (S-56).
    RotateKey,
    /// Makes a new key that signs access tokens; those signed with the older one work until they end (S-37).
    RotateSigningKey,
    /// Accounts, from the console of the host.
    Admin {
        #[command(subcommand)]
        what: AdminCommand,
    },
}

#[derive(Debug, Subcommand)]
enum UsageCommand {
    /// Imports files with usage as the provider usage API returns it (U-93).
    Import {
        /// Name of the region.
        #[arg(long)]
        region: String,
        /// Files: one page, several pages, or a bare array of rows.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Prints a new one-time token for the first administrator, while none exists (I-69).
    Bootstrap,
    /// Prints a link that opens the one sealed platform account for its next use: valid for one hour, once. Every platform
    /// administrator is told when it is used; it is sealed again when its session ends (S-35).
    BreakGlass,
    /// Prints a new invitation link of a user, while no mail server is set.
    InvitationLink {
        /// Address of the user.
        address: String,
    },
}

/// Runs the command.
pub async fn run(command: Command) -> ExitCode {
    let done = match &command.what {
        What::Openapi => crate::openapi::document_text().map(|text| print(text.trim_end())),
        What::Serve => Box::pin(serve(&command)).await,
        What::Usage {
            what: UsageCommand::Import { region, files },
        } => Box::pin(import(&command, region, files)).await,
        What::Verify => Box::pin(verify(&command)).await,
        What::RotateKey => Box::pin(rotate_key(&command)).await,
        What::RotateSigningKey => Box::pin(rotate_signing_key(&command)).await,
        What::Admin { what } => admin(&command, what).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            match command.what {
                What::Serve | What::Openapi => ExitCode::from(CANNOT_START),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn serve(command: &Command) -> Result<(), String> {
    let config = Config::read(command.config.as_ref())?;
    log_to_stderr(&config.log)?;
    crate::openapi::document()?;
    let app = build::application(&config).await?;
    announce_first_start(&config, &app).await?;
    let state = build::state(&config, app.clone())?;
    let listener = std::net::TcpListener::bind(&config.listen).map_err(|error| format!("listen: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("listen: {error}"))?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let jobs = tokio::spawn(app::jobs::run_forever(app, stopped));
    print(&format!(
        "CMS {} serves {} on {address}",
        env!("CARGO_PKG_VERSION"),
        config.public_url
    ));
    let served = build::server(state, listener)
        .map_err(|error| format!("listen: {error}"))?
        .await;
    stop.send_replace(true);
    jobs.await.map_err(|error| format!("jobs: {error}"))?;
    served.map_err(|error| error.to_string())
}

/// I-68: while no platform administrator exists, a one-time token goes to the console and into a private file.
async fn announce_first_start(config: &Config, app: &App) -> Result<(), String> {
    let file = config.data_dir.join("bootstrap-token");
    match app::sign_in::setup::new_token(app)
        .await
        .map_err(|error| chain(&error))?
    {
        Some(token) => {
            build::write_private(&file, &token, 0o600)?;
            print(&format!(
                "First start: open {}/setup with this one-time token (24 hours): {}",
                config.public_url,
                token.as_str()
            ));
        }
        None if file.exists() => std::fs::remove_file(&file).map_err(|error| error.to_string())?,
        None => {}
    }
    Ok(())
}

async fn import(command: &Command, region: &str, files: &[PathBuf]) -> Result<(), String> {
    let config = Config::read(command.config.as_ref())?;
    let app = build::application(&config).await?;
    let mut read = Vec::with_capacity(files.len());
    for file in files {
        let name = file.display().to_string();
        let content = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
        read.push(app::usage::ImportFile { name, content });
    }
    let summary = match app::usage::import(&app, &Actor::console(), region, read).await {
        Err(app::Error::NotFound) => return Err(format!("there is no region named {region}")),
        other => other.map_err(|error| describe(&error))?,
    };
    for row in &summary.bad_rows {
        complain(&format!("{}, row {}: {}", row.file, row.row, row.reason));
    }
    print(&format!(
        "{} rows on {} days: {} added, {} changed, {} unchanged, {} repeated, {} put aside, {} without a day",
        summary.rows,
        summary.days,
        summary.added,
        summary.changed,
        summary.unchanged,
        summary.duplicate_rows,
        summary.quarantined,
        summary.refused
    ));
    let bad = summary.quarantined.saturating_add(summary.refused);
    if bad == 0 {
        Ok(())
    } else {
        Err(format!("{bad} rows were not taken; see above"))
    }
}

async fn verify(command: &Command) -> Result<(), String> {
    let config = Config::read(command.config.as_ref())?;
    let app = build::application(&config).await?;
    let found = app::audit::verify_chain(&app).await.map_err(|error| describe(&error))?;
    print(&format!(
        "{} audit entries checked, {} not sealed yet, head {}",
        found.checked, found.unsealed, found.head
    ));
    found.first_break.map_or(Ok(()), |sequence| {
        Err(format!("the audit record does not match its seal at entry {sequence}"))
    })
}

async fn rotate_key(command: &Command) -> Result<(), String> {
    let config = Config::read(command.config.as_ref())?;
    let (app, file) = (build::application(&config).await?, config.key_file());
    let begun = app::vault::is_rotating(&app).await.map_err(|error| describe(&error))?;
    if !begun {
        build::add_master_key(&file)?;
    }
    let moved = app::vault::rotate(&app).await.map_err(|error| describe(&error))?;
    print(&format!(
        "{moved} secrets are sealed under the first key of {}. Keep the older ones as long as backups from before.",
        file.display()
    ));
    Ok(())
}

async fn rotate_signing_key(command: &Command) -> Result<(), String> {
    let app = build::application(&Config::read(command.config.as_ref())?).await?;
    let kid = app::service_accounts::rotate_signing_key(&app).await;
    print(&format!(
        "{} signs access tokens from now on.",
        kid.map_err(|error| describe(&error))?
    ));
    Ok(())
}

async fn admin(command: &Command, what: &AdminCommand) -> Result<(), String> {
    let config = Config::read(command.config.as_ref())?;
    let app = build::application(&config).await?;
    match what {
        AdminCommand::Bootstrap => {
            let token = app::sign_in::setup::new_token(&app)
                .await
                .map_err(|error| describe(&error))?;
            let token = token.ok_or("a platform administrator exists already")?;
            print(&token);
        }
        AdminCommand::BreakGlass => {
            let link = app::sign_in::break_glass::open(&app).await;
            print(&link.map_err(|error| describe(&error))?);
        }
        AdminCommand::InvitationLink { address } => {
            let link = app::sign_in::activation::link_for(&app, address)
                .await
                .map_err(|error| describe(&error))?;
            print(&link);
        }
    }
    Ok(())
}

/// The error with what is wrong with each field.
fn describe(error: &app::Error) -> String {
    match error {
        app::Error::Invalid(fields) => {
            let lines: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.pointer, field.detail))
                .collect();
            lines.join("\n")
        }
        other => chain(other),
    }
}

fn log_to_stderr(filter: &str) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).map_err(|error| format!("log: {error}"))?;
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command line speaks to a person")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn complain(text: &str) {
    eprintln!("cms: {text}");
}
