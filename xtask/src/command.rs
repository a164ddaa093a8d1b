//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::failure::{About, Failure, Outcome};

/// A program without the variables that cargo sets for this one: build scripts that watch them would run again each time.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    for (variable, _) in env::vars_os() {
        let text = variable.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
            .iter()
            .any(|start| text.starts_with(start))
        {
            command.env_remove(&variable);
        }
    }
    command
}

/// Cargo itself, the one that runs this program.
pub fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a program to its end with its output on the terminal.
///
/// # Errors
/// When it cannot start or fails.
pub fn run(command: &mut Command) -> Outcome {
    let status = command.status().about(describe(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{}: {status}", describe(command))))
    }
}

/// Runs a program and gives back what it wrote to its standard output.
///
/// # Errors
/// When it cannot start, fails or writes other than UTF-8.
pub fn text_of(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output().about(describe(command))?;
    if !output.status.success() {
        return Err(Failure::new(format!("{}: {}", describe(command), output.status)));
    }
    String::from_utf8(output.stdout).about(describe(command))
}

/// Runs a program, shows its standard output and lets `read` see each line of it. True means that it succeeded.
///
/// # Errors
/// When it cannot start or be read.
pub fn watch(command: &mut Command, mut read: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn().about(describe(command))?;
    let output = child.stdout.take().ok_or_else(|| Failure::new("no standard output"))?;
    let mut shown = std::io::stdout().lock();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        read(&line);
        writeln!(shown, "{line}")?;
    }
    Ok(child.wait()?.success())
}

/// True if a program runs at all and says that it succeeded; its output is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    words.join(" ")
}

/// Waits before asking another process again.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no runtime here whose thread this could block"
)]
pub fn pause(time: std::time::Duration) {
    std::thread::sleep(time);
}
