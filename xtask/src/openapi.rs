//! The committed OpenAPI document, which clients are generated from.

use std::fs;
use std::path::Path;

use crate::command;
use crate::failure::{About, Failure, Outcome};
use crate::workspace::Workspace;

const DOCUMENT: &str = "openapi/openapi.json";

/// Builds the server and writes its document, or compares it with the committed one.
///
/// # Errors
/// When the server cannot be built or, comparing, the documents differ.
pub fn run(workspace: &Workspace, check: bool) -> Outcome {
    let mut cargo = command::cargo();
    cargo
        .args(["build", "--package", "cms-server", "--bin", "cms"])
        .current_dir(&workspace.root);
    command::run(&mut cargo)?;
    let server = workspace.program(crate::workspace::Profile::Dev, "cms")?;
    if check {
        compare(workspace, &server)
    } else {
        write(workspace, &server)
    }
}

fn write(workspace: &Workspace, server: &Path) -> Outcome {
    let path = workspace.path(DOCUMENT);
    fs::create_dir_all(workspace.path("openapi"))?;
    fs::write(&path, document(server)?).about(path.display())?;
    println!("{DOCUMENT} written");
    Ok(())
}

/// Compares the document of a built server with the committed one.
///
/// # Errors
/// When they differ.
pub fn compare(workspace: &Workspace, server: &Path) -> Outcome {
    let current = document(server)?;
    let path = workspace.path(DOCUMENT);
    let committed = fs::read_to_string(&path).about(path.display())?;
    if current == committed {
        println!("{DOCUMENT} is up to date");
        return Ok(());
    }
    let differing = (1..)
        .zip(current.lines().zip(committed.lines()))
        .find(|(_, (new, old))| new != old);
    let line = differing.map_or(1, |(line, _)| line);
    Err(Failure::new(format!(
        "{DOCUMENT} is stale from line {line} on: run `cargo xtask openapi`"
    )))
}

fn document(server: &Path) -> Outcome<String> {
    let text = command::text_of(command::program(server).arg("openapi"))?;
    // One form whatever the server's own printing is: two spaces, one newline at the end.
    let document: serde_json::Value = serde_json::from_str(&text).about("the server's OpenAPI document")?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&document)?))
}
