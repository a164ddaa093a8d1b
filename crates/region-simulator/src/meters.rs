//! The meters the estate reports, in the case the stamp prints their ids.

/// VM size hours.
pub const VM: &str = "6dab500f-a4fd-49c4-956d-229bb9c8c793";
/// vCore hours of Windows machines.
pub const WINDOWS: &str = "9cd92d4c-bafd-4492-b278-bedc2de8232a";
/// vCore hours of other machines.
pub const BASE: &str = "fab6eb84-500b-4a09-a8ca-7358f8bbaea5";
/// Standard disk of 128 GiB, a share of a month.
pub const S10: &str = "d5f7731b-f639-404a-89d0-e46186e22c8d";
/// Premium disk of 512 GiB, a share of a month.
pub const P20: &str = "b9cb2d1a-84c2-4275-aa8b-70d2145d59aa";
/// Block blob capacity; storage prints upper case.
pub const BLOB_CAPACITY: &str = "09F8879E-87E9-4305-A572-4B7BE209F857";
/// Blob transactions in packs of 10,000.
pub const BLOB_TRANSACTIONS: &str = "43DAF82B-4618-444A-B994-40C23F7CD438";
/// Blob traffic out.
pub const BLOB_OUT: &str = "3023FEF4-ECA5-4D7B-87B3-CFBC061931E8";
/// Static public address; printed without hyphens.
pub const STATIC_IP: &str = "F271A8A388C44D93956A063E1D2FA80B";
/// SQL database size.
pub const SQL: &str = "cbcfef9a-b91f-4597-a4d3-01fe334bed82";
/// MySQL database size.
pub const MYSQL: &str = "e6d8cfcd-7734-495e-b1cc-5ab0b9c24bd3";
/// App Service plan, small standard.
pub const APP_SMALL: &str = "88039d51-a206-3a89-e9de-c5117e2d10a6";

/// The id as catalogues write it: lower case with hyphens.
pub fn normalised(printed: &str) -> String {
    let digits: String = printed.to_lowercase().chars().filter(|letter| *letter != '-').collect();
    let groups = [
        digits.get(..8),
        digits.get(8..12),
        digits.get(12..16),
        digits.get(16..20),
        digits.get(20..),
    ];
    if digits.len() == 32 {
        groups.into_iter().flatten().collect::<Vec<_>>().join("-")
    } else {
        digits
    }
}
