//! The other side as a program of other people: a mail server, a storage account. Node runs them from `e2e/`, where their
//! packages are; `cargo xtask test` installs those.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running counterpart; it ends with this value.
pub struct Counterpart {
    child: Child,
    /// What it says of itself: addresses, accounts, secrets.
    pub says: Value,
}

/// A file of `e2e/support`.
pub fn support(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../e2e/support")
        .join(name)
}

impl Counterpart {
    /// Starts a program of `e2e/support` and waits until it says where it answers.
    pub fn start(program: &str, arguments: &[PathBuf]) -> Self {
        assert!(
            support("../node_modules/.package-lock.json").is_file(),
            "the counterparts of this test are not installed: run `npm ci` in e2e/, or `cargo xtask test`"
        );
        let mut child = Command::new("node")
            .arg(support(program))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the counterparts of this test are run by Node: install nodejs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let says = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{program} did not start, see above"));
        Self { child, says }
    }

    /// One of the texts it says.
    pub fn text(&self, name: &str) -> &str {
        self.says[name].as_str().unwrap_or_else(|| panic!("{name}"))
    }

    /// Asks it something; answers JSON.
    pub async fn ask(&self, name: &str, query: &str) -> Value {
        let answer = reqwest::get(format!("{}{query}", self.text(name))).await.unwrap();
        answer.json().await.unwrap()
    }
}

impl Drop for Counterpart {
    fn drop(&mut self) {
        // The end of its input ends it, and with it what it started itself.
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
