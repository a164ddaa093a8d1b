//! Where the workspace and its build output are.

use std::env;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command;
use crate::failure::{About, Failure, Outcome};

/// The folders every task needs.
#[derive(Debug)]
pub struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
}

/// How cargo built a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For development.
    Dev,
    /// Optimised.
    Release,
}

impl Profile {
    const fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

#[derive(Deserialize)]
struct Located {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo cannot read the workspace.
    pub fn find() -> Outcome<Self> {
        let manifest = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => PathBuf::from(folder).join("Cargo.toml"),
            None => env::current_dir()?.join("Cargo.toml"),
        };
        let mut cargo = command::cargo();
        cargo
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(manifest);
        let located: Located = serde_json::from_str(&command::text_of(&mut cargo)?).about("cargo metadata")?;
        Ok(Self {
            root: located.workspace_root,
            target: located.target_directory,
        })
    }

    /// A path below the root.
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.root.join(below)
    }

    /// A program that cargo built.
    ///
    /// # Errors
    /// When it is not there.
    pub fn program(&self, profile: Profile, name: &str) -> Outcome<PathBuf> {
        let path = self.target.join(profile.folder()).join(name);
        if path.is_file() {
            Ok(path)
        } else {
            Err(Failure::new(format!("{} was not built", path.display())))
        }
    }
}
