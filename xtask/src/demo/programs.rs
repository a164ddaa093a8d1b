//! The server and the simulated regions as processes of their own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tempfile::TempDir;

use super::client;
use super::months::Months;
use crate::command;
use crate::failure::{About, Failure, Outcome};
use crate::workspace::{Profile, Workspace};

const PATIENCE: Duration = Duration::from_mins(1);

/// How to start.
#[derive(Debug)]
pub struct Start<'a> {
    /// Where the programs are.
    pub workspace: &'a Workspace,
    /// Whether to stay silent.
    pub quiet: bool,
    /// Port of the server.
    pub port: Option<u16>,
    /// Folder of the data.
    pub data_dir: Option<&'a Path>,
    /// Folder of the built web app.
    pub web_dir: Option<&'a Path>,
    /// How the programs were built.
    pub profile: Profile,
    /// Database of the server; absent: a file in the folder of the data.
    pub database_url: Option<&'a str>,
    /// The simulated regions.
    pub plans: &'a [Plan],
}

/// One simulated region.
#[derive(Debug)]
pub struct Region {
    /// Name and location.
    pub name: &'static str,
    /// What it is called for people.
    pub details: &'static str,
    /// IANA zone.
    pub time_zone: &'static str,
    /// `hourly` or `daily`.
    pub granularity: &'static str,
    /// Where and as whom to connect.
    pub connection: Connection,
}

/// What a simulator prints when it answers.
#[derive(Debug, Deserialize)]
pub struct Connection {
    /// Management address of the operator.
    pub admin_endpoint: String,
    /// Management address of users.
    pub tenant_endpoint: String,
    /// Where its identity system signs in.
    pub login_endpoint: String,
    /// Home directory, for Entra ID.
    pub directory: Option<String>,
    /// Service principal.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl Connection {
    /// The simulator itself, beside the addresses of a stamp.
    pub fn simulator(&self) -> &str {
        self.admin_endpoint.trim_end_matches("/admin")
    }
}

/// Running processes; they end with this value.
#[derive(Debug)]
pub struct Programs {
    address: String,
    server: Ended,
    simulators: Vec<Ended>,
    regions: Vec<Region>,
    program: PathBuf,
    data_dir: PathBuf,
    web_dir: Option<PathBuf>,
    _temporary: Option<TempDir>,
}

/// A process that is ended when it is dropped.
#[derive(Debug)]
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a simulated region is like.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Name and location.
    pub name: &'static str,
    /// What it is called for people.
    pub details: &'static str,
    /// IANA zone.
    pub time_zone: &'static str,
    /// `hourly` or `daily`.
    pub granularity: &'static str,
    /// `entra` or `adfs`.
    pub identity: &'static str,
    /// One seed, one estate.
    pub seed: u32,
    /// Customers.
    pub customers: u32,
    /// Subscriptions.
    pub subscriptions: u32,
    /// Resources of an average subscription.
    pub resources: u32,
}

/// The regions of the demo.
pub const DEMO: [Plan; 2] = [
    Plan {
        name: "zrh1",
        details: "Zürich, connected",
        time_zone: "Europe/Zurich",
        granularity: "hourly",
        identity: "entra",
        seed: 4711,
        customers: 15,
        subscriptions: 50,
        resources: 1,
    },
    Plan {
        name: "osl1",
        details: "Oslo, disconnected",
        time_zone: "Europe/Oslo",
        granularity: "daily",
        identity: "adfs",
        seed: 1814,
        customers: 15,
        subscriptions: 50,
        resources: 6,
    },
];

/// Builds the server, the simulator and `also`.
///
/// # Errors
/// When they do not compile.
pub fn build(workspace: &Workspace, profile: Profile, also: &[&str], quiet: bool) -> Outcome {
    let mut cargo = command::cargo();
    cargo.args(["build", "--locked", "--bins"]);
    for package in ["cms-server", "region-simulator"].iter().chain(also) {
        cargo.args(["--package", package]);
    }
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    if quiet {
        cargo.arg("--quiet");
    }
    command::run(cargo.current_dir(&workspace.root))
}

impl Programs {
    /// Starts the regions and the server, and waits until all answer.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start(start: &Start<'_>, months: &Months) -> Outcome<Self> {
        let temporary = match start.data_dir {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("cms-demo-").tempdir()?),
        };
        let data_dir = match (start.data_dir, &temporary) {
            (Some(folder), _) => std::path::absolute(folder)?,
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => return Err(Failure::new("no folder for the data")),
        };
        fs::create_dir_all(&data_dir).about(data_dir.display())?;
        if data_dir.join("cms.sqlite").exists() {
            return Err(Failure::new(format!("{} has a database already", data_dir.display())));
        }
        let mut simulators = Vec::new();
        let mut regions = Vec::new();
        for plan in start.plans {
            let (process, region) = simulator(start, plan, months)?;
            simulators.push(process);
            regions.push(region);
        }
        let port = free_port(start.port)?;
        let address = format!("http://localhost:{port}");
        let program = start.workspace.program(start.profile, "cms")?;
        let mut server = cms(&program, &data_dir);
        if let Some(url) = start.database_url {
            server.env("CMS_DATABASE_URL", url);
        }
        server
            .arg("serve")
            .env("CMS_LISTEN", format!("127.0.0.1:{port}"))
            .env("CMS_PUBLIC_URL", &address)
            // The estate is set up, and the product measured, by one busy program.
            .env("CMS_API_REQUESTS_A_MINUTE", "0");
        if let Some(folder) = start.web_dir {
            server.env("CMS_WEB_DIR", folder);
        }
        let log = File::create(data_dir.join("server.log"))?;
        let server = Ended(
            server
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()
                .about("cms")?,
        );
        let mut programs = Self {
            address,
            server,
            simulators,
            regions,
            program,
            data_dir,
            web_dir: start.web_dir.map(Path::to_owned),
            _temporary: temporary,
        };
        programs.ready()?;
        Ok(programs)
    }

    /// Address of the server.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The server's program, for what an operator does at the console.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The folder of the data.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The folder of the built web app, where one is served.
    pub fn web_dir(&self) -> Option<&Path> {
        self.web_dir.as_deref()
    }

    /// The regions, in the order of their names in prices.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The token for the first administrator.
    ///
    /// # Errors
    /// When the server left none.
    pub fn bootstrap_token(&self) -> Outcome<String> {
        let file = self.data_dir.join("bootstrap-token");
        Ok(fs::read_to_string(&file).about(file.display())?.trim().to_owned())
    }

    /// The token of an invited user's link, as an operator without a mail server gets it.
    ///
    /// # Errors
    /// When the command refuses.
    pub fn invitation_token(&self, email_address: &str) -> Outcome<String> {
        let mut admin = cms(&self.program, &self.data_dir);
        admin
            .env("CMS_PUBLIC_URL", &self.address)
            .args(["admin", "invitation-link", email_address]);
        let link = command::text_of(&mut admin)?;
        let token = link.trim().rsplit(['=', '#', '/', '?']).next().unwrap_or_default();
        Ok(token.to_owned())
    }

    /// Address of the server's database when it is a file.
    pub fn database_file(&self) -> String {
        format!("sqlite://{}", self.data_dir.join("cms.sqlite").display())
    }

    /// The most memory the server has held, in MiB.
    pub fn peak_rss_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or_default().div_ceil(1024)
    }

    /// Waits until the server ends.
    ///
    /// # Errors
    /// When it ends by itself with an error.
    pub fn wait(&mut self) -> Outcome {
        let status = self.server.0.wait()?;
        self.simulators.clear();
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("the server ended: {status}")))
        }
    }

    fn ready(&mut self) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < PATIENCE && self.server.0.try_wait()?.is_none() {
            if client::answers(&format!("{}/healthz", self.address)) {
                return Ok(());
            }
            command::pause(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.data_dir.join("server.log")).unwrap_or_default();
        Err(Failure::new(format!("the server does not answer:\n{log}")))
    }
}

/// The server's program with its configuration, and nothing of this process's own.
fn cms(program: &Path, data_dir: &Path) -> Command {
    let mut command = child(program);
    for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CMS_")) {
        command.env_remove(variable);
    }
    command
        .env("CMS_DATA_DIR", data_dir)
        .env("CMS_EGRESS_ALLOW_CIDRS", "[\"127.0.0.0/8\"]")
        // The browser tests come from many addresses, as people do.
        .env("CMS_TRUSTED_PROXIES", "[\"127.0.0.0/8\"]");
    command.env("CMS_LOG", "warn").current_dir(data_dir);
    command
}

fn simulator(start: &Start<'_>, plan: &Plan, months: &Months) -> Outcome<(Ended, Region)> {
    let mut command = child(&start.workspace.program(start.profile, "region-simulator")?);
    command.args(["serve", "--region", plan.name, "--identity", plan.identity]);
    let numbers = [
        ("--seed", plan.seed),
        ("--tenants", plan.customers),
        ("--subscriptions", plan.subscriptions),
        ("--resources", plan.resources),
        ("--months", months.count()),
    ];
    for (name, number) in numbers {
        command.args([name, &number.to_string()]);
    }
    command.args(["--first-day", &months.first_day().to_string()]);
    let mut process = Ended(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .about("region-simulator")?,
    );
    let output = process
        .0
        .stdout
        .take()
        .ok_or_else(|| Failure::new("no standard output"))?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let connection = serde_json::from_str(&line).about("region-simulator")?;
    Ok((
        process,
        Region {
            name: plan.name,
            details: plan.details,
            time_zone: plan.time_zone,
            granularity: plan.granularity,
            connection,
        },
    ))
}

/// A program that also ends when this one is killed, where util-linux can arrange it.
fn child(program: &Path) -> Command {
    if command::succeeds(command::program("setpriv").args(["--pdeathsig", "TERM", "true"])) {
        let mut command = command::program("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
    } else {
        command::program(program)
    }
}

fn free_port(wanted: Option<u16>) -> Outcome<u16> {
    if let Some(port) = wanted {
        return Ok(port);
    }
    let listener = TcpListener::bind(("127.0.0.1", 8080)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}
