//! Proves what ARCHITECTURE.md says of the dependency direction, the features of S-51 and the rules on sources.

use crate::failure::{Failure, Outcome};
use crate::metadata::Graph;
use crate::workspace::Workspace;

mod direction;
mod sources;

/// Prints every violation, and how much was looked at.
///
/// # Errors
/// When there is a violation or the workspace cannot be read.
pub fn run(workspace: &Workspace) -> Outcome {
    let graph = Graph::read(workspace)?;
    let mut violations = direction::violations(&graph);
    let (files, found) = sources::violations(&graph)?;
    violations.extend(found);
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!(
            "boundaries hold: {} packages, {files} source files",
            graph.members().count()
        );
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{} violations of the boundaries",
            violations.len()
        )))
    }
}
