//! Whether a provider answers and names itself as entered, before people are sent there (S-33, S-74).

use persistence::identity_provider::ProviderFields;

use crate::sign_in::federation::{Refused, discover};
use crate::{App, Error, Invalid};

/// Refuses an issuer that does not answer as one. A provider that is off is not asked, so that it can be prepared or
/// mended while it is down; one that stays on where it was is not asked either.
///
/// # Errors
/// 422 `/issuer` `issuer_unreachable` or `issuer_mismatch`.
pub(super) async fn check(app: &App, before: Option<&ProviderFields>, fields: &ProviderFields) -> Result<(), Error> {
    let known = before.is_some_and(|before| before.enabled && before.issuer == fields.issuer);
    if !fields.enabled || known {
        return Ok(());
    }
    let Err(refused) = discover(app.outbound(), fields).await else {
        return Ok(());
    };
    let (code, detail) = match refused {
        Refused::Discovery("issuer") => (
            "issuer_mismatch",
            "The provider at this address names another issuer. Enter it exactly as the provider names it.".to_owned(),
        ),
        Refused::Discovery(_) => (
            "issuer_mismatch",
            "The provider at this address sends people to another host. Enter the issuer of that host.".to_owned(),
        ),
        Refused::Status(status) => (
            "issuer_unreachable",
            format!("No identity provider describes itself at this address: it answers {status}."),
        ),
        Refused::Call(error) => (
            "issuer_unreachable",
            format!("The identity provider cannot be asked: {error}."),
        ),
        Refused::Token(_) => (
            "issuer_unreachable",
            "The identity provider does not answer as it should.".to_owned(),
        ),
    };
    Err(Invalid::one("/issuer", code, detail))
}
