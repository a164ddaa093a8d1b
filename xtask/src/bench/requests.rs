//! How many requests the running product answers: sign-ins of many people at once, and reading one thing.

use std::path::Path;

use super::product::{add_tenant, seed_partner};
use super::{Figures, measured};
use crate::demo::months::Months;
use crate::demo::programs::{Programs, Start};
use crate::demo::seed::Seeded;
use crate::failure::{Failure, Outcome};
use crate::workspace::{Profile, Workspace};

/// Threads on which the server hashes passwords, as it is delivered.
const HASH_THREADS: &str = "2";

/// Measures both on a server that does nothing else.
///
/// # Errors
/// When something does not start or is refused.
pub fn measure(workspace: &Workspace, tool: &Path, figures: &mut Figures) -> Outcome {
    let start = Start {
        workspace,
        quiet: true,
        port: None,
        data_dir: None,
        web_dir: None,
        profile: Profile::Release,
        database_url: None,
        plans: &[],
    };
    let programs = Programs::start(&start, &Months::before_now()?.last())?;
    let seeded = Seeded::set_up(&programs)?;
    let tenant = add_tenant(&seeded, seed_partner(&seeded)?, 1)?.to_string();
    let server = programs.address().trim_start_matches("http://");
    let database = programs.database_file();
    let user = seeded.users.first().ok_or_else(|| Failure::new("nobody can sign in"))?;
    // Reading goes first: so many sign-ins of one person end that person's older sessions, the reader's too.
    let mut reached = measured(
        tool,
        &["entity-get", server, &database, seeded.client.cookie(), &tenant],
    )?;
    let people = [
        "sign-ins",
        server,
        &database,
        &user.email_address,
        &user.password,
        HASH_THREADS,
    ];
    reached.extend(measured(tool, &people)?);
    figures.insert("sign_in_peak_rss_mib", programs.peak_rss_mib());
    figures.extend(reached);
    Ok(())
}
