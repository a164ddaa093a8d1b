//! A new master key: every secret is sealed anew under it (S-56, ST-31).

use domain::role::Anchor;
use persistence::alert::Raise;
use persistence::secret::SealedRow;
use serde_json::json;

use super::Sealed;
use crate::audit::{self, Act};
use crate::{Actor, App, Error, ids};

/// Secrets of one transaction.
const AT_ONCE: u32 = 50;

/// Whether secrets are left under an older key than the present one: a rotation that was cut short goes on then.
///
/// # Errors
/// [`Error::Internal`] of storage or without a key.
pub async fn is_rotating(app: &App) -> Result<bool, Error> {
    let present = app.vault().keys.present_id().map_err(Error::internal)?;
    let left = app.store().look().secrets().under_other_keys(&present, 1).await?;
    Ok(!left.is_empty())
}

/// Seals every secret under the first key of the file; answers how many it were. It can be cut short at any instant and
/// begun again, while servers run: they find the new key in the file.
///
/// # Errors
/// [`Error::Internal`] of storage, or for a secret that does not open; the others before it are sealed anew then.
pub async fn rotate(app: &App) -> Result<u64, Error> {
    app.vault().keys.follow_file();
    let present = app.vault().keys.present_id().map_err(Error::internal)?;
    let mut moved = 0_u64;
    loop {
        let tx = app.store().begin().await?;
        let secrets = tx.secrets().under_other_keys(&present, AT_ONCE).await?;
        if secrets.is_empty() {
            let act = Act {
                operation: "host.rotate_key".to_owned(),
                target_kind: "master_key",
                target_id: present,
                after: Some(json!({ "secrets": moved })),
                ..Act::default()
            };
            audit::record(app, &tx, &Actor::console(), act).await?;
            let raise = Raise {
                id: ids::new_id(app),
                kind: "security_event",
                severity: "information",
                subject_key: "master_key",
                message: "The master key was replaced at the host's console.",
                owner: Anchor::Platform,
            };
            tx.alerts().raise(raise, app.clock().now()).await?;
            tx.commit().await?;
            return Ok(moved);
        }
        for secret in secrets {
            let (place, stored) = (secret.place(), secret.sealed.clone());
            let opened = app.vault().open(&place, &sealed(&stored)).map_err(Error::internal)?;
            let new = app.vault().seal(&place, &opened).map_err(Error::internal)?;
            let new = SealedRow {
                key_id: new.key_id,
                wrapped_key: new.wrapped_key,
                ciphertext: new.ciphertext,
                ..stored
            };
            tx.secrets().seal_anew(&secret, &new).await?;
            moved = moved.saturating_add(1);
        }
        tx.commit().await?;
    }
}

fn sealed(stored: &SealedRow) -> Sealed {
    Sealed {
        key_id: stored.key_id.clone(),
        wrapped_key: stored.wrapped_key.clone(),
        ciphertext: stored.ciphertext.clone(),
    }
}
