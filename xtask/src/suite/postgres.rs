//! A PostgreSQL server for one run: made in a temporary folder, gone afterwards.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::command;
use crate::failure::{About, Failure, Outcome};

const PATIENCE: Duration = Duration::from_mins(1);

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Everything: the server never waits for the disk.
    None,
    /// Nothing, as in production.
    Full,
}

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes a cluster and starts its server on a free port of the loopback address.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start(durability: Durability) -> Outcome<Self> {
        let programs = programs().ok_or_else(|| Failure::new("PostgreSQL is not installed"))?;
        let folder = tempfile::Builder::new().prefix("cms-postgres-").tempdir()?;
        if is_root() {
            command::run(command::program("chown").arg("postgres:").arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        let mut init = unprivileged(&programs.join("initdb"));
        init.arg("--pgdata")
            .arg(&data)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
        command::run(
            init.args(["--locale=C.UTF-8", "--no-sync"])
                .current_dir("/")
                .stdout(Stdio::null()),
        )?;

        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = fs::File::create(folder.path().join("server.log"))?;
        let mut server = unprivileged(&programs.join("postgres"));
        server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        server.args(["-c", "max_connections=400"]);
        if durability == Durability::None {
            for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
                server.args(["-c", setting]);
            }
        }
        let server = server
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut cluster = Self {
            folder,
            programs,
            port,
            server,
        };
        cluster.wait()?;
        Ok(cluster)
    }

    /// The address of its database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let mut ready = command::program(self.programs.join("pg_isready"));
            if command::succeeds(ready.args(["--host", "127.0.0.1", "--port", &self.port.to_string()])) {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            command::pause(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        Err(Failure::new(format!("PostgreSQL did not start:\n{log}")))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = unprivileged(&self.programs.join("pg_ctl"));
        stop.args(["stop", "--mode=immediate", "--wait", "--pgdata"])
            .arg(self.folder.path().join("data"));
        if !command::succeeds(stop.current_dir("/")) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// Where Debian puts the newest server's programs.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let newest = versions.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").is_file().then_some((version, programs))
    });
    newest.max().map(|(_, programs)| programs)
}

/// True if this process runs as root, as which PostgreSQL refuses to run.
pub fn is_root() -> bool {
    let user = command::text_of(command::program("id").arg("-u")).about("id");
    user.is_ok_and(|user| user.trim() == "0")
}

fn unprivileged(program: &Path) -> Command {
    if is_root() {
        let mut command = command::program("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        command::program(program)
    }
}
