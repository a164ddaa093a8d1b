//! How tiers act, for prices and commissions alike (P-25, P-26, C-7).

use serde::{Deserialize, Serialize};

/// How tiers act on a quantity or a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// Each part at the tier it lies in (P-25).
    #[default]
    Graduated,
    /// The whole at the tier that contains it; a boundary belongs to the tier that starts there (P-26).
    Volume,
}
