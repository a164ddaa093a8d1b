//! The pure heart of CMS: identities, money, rates, quantities, periods, the organisation tree and the policy.
//!
//! Nothing here does I/O, reads a clock or knows a database; everything compiles for the browser too. Rules are cited
//! by their numbers (`spec/`): `G-` glossary, `P-` pricing, `U-` usage, `B-` billing, `C-` commissions, `I-` identity,
//! `PM-` permissions, `S-` security, `R-` reliability.

#![deny(clippy::arithmetic_side_effects, missing_docs)]

pub mod allocate;
pub mod audit_chain;
pub mod csv_cell;
pub mod currency;
pub mod decimal;
mod decimal_text;
pub mod due_dates;
pub mod exact;
pub mod ids;
pub mod money;
pub mod natural_key;
pub mod period;
pub mod policy;
pub mod role;
pub mod scope;
pub mod setting;
pub mod text;
pub mod tier_mode;
