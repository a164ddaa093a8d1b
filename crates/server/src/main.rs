//! The binary `cms`: server, worker and tools of the host.

use std::process::ExitCode;

use clap::Parser;
use cms_server::command::{Command, run};

fn main() -> ExitCode {
    let command = Command::parse();
    actix_web::rt::System::new().block_on(Box::pin(run(command)))
}
