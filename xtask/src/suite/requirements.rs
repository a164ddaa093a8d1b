//! What the checks need besides Rust, installed on Debian when allowed, and otherwise named.

use std::path::Path;

use super::postgres;
use crate::command;
use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;

/// What is needed and where it comes from.
#[derive(Debug)]
pub struct Requirements {
    missing: Vec<&'static str>,
}

impl Requirements {
    /// Brings about everything that the full run needs.
    ///
    /// # Errors
    /// When something is missing and cannot be installed; the message says what to run.
    pub fn everything(workspace: &Workspace) -> Outcome {
        let missing = Self::look();
        if !missing.missing.is_empty() {
            missing.install()?;
        }
        wasm_target()?;
        node_packages(workspace)
    }

    /// Brings about what the Rust tests need: the counterparts that Node runs. Installed ones are left as they are.
    ///
    /// # Errors
    /// When Node is missing, or the packages cannot be installed.
    pub fn counterparts(workspace: &Workspace) -> Outcome {
        let folder = workspace.path("e2e");
        let installed = |package: &str| folder.join("node_modules").join(package).is_dir();
        if ["oidc-provider", "smtp-server", "azurite"].into_iter().all(installed) {
            return Ok(());
        }
        if !runs("node") || !runs("npm") {
            return Err(Failure::new(
                "missing: nodejs npm. Run: sudo apt-get install nodejs npm",
            ));
        }
        node_packages(workspace)
    }

    fn look() -> Self {
        let mut missing = Vec::new();
        if postgres::programs().is_none() {
            missing.push("postgresql");
        }
        if !Path::new("/usr/bin/chromium").is_file() {
            missing.push("chromium");
        }
        if !runs("node") {
            missing.push("nodejs");
        }
        if !runs("npm") {
            missing.push("npm");
        }
        if !runs("python3") {
            missing.push("python3");
        }
        Self { missing }
    }

    fn install(&self) -> Outcome {
        let packages = self.missing.join(" ");
        let explain = || Failure::new(format!("missing: {packages}. Run: sudo apt-get install {packages}"));
        let root = postgres::is_root();
        if !runs("apt-get") || !(root || command::succeeds(command::program("sudo").args(["-n", "true"]))) {
            return Err(explain());
        }
        let apt = |arguments: &[&str]| {
            let mut apt = command::program(if root { "env" } else { "sudo" });
            apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"])
                .args(arguments);
            command::run(&mut apt)
        };
        apt(&["update"]).map_err(|_| explain())?;
        let mut install = vec!["install", "--yes", "--no-install-recommends"];
        install.extend(&self.missing);
        apt(&install).map_err(|_| explain())
    }
}

/// The standard library for WebAssembly.
fn wasm_target() -> Outcome {
    let libraries = ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"];
    let installed = command::text_of(command::program("rustc").args(libraries));
    if installed.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    command::run(command::program("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
}

/// Playwright, axe and the counterparts of the tests (identity provider, mail server, storage account), at the versions of
/// the lock file; the browser is Debian's.
fn node_packages(workspace: &Workspace) -> Outcome {
    let mut npm = command::program("npm");
    npm.args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command::run(npm.current_dir(workspace.path("e2e")))
}

fn runs(program: &str) -> bool {
    command::succeeds(command::program(program).arg("--version"))
}
