//! A region that answers over real HTTP like an Azure Stack Hub stamp: metadata, tokens of both identity systems,
//! subscriptions and the provider usage API with pages and continuation tokens.
//!
//! One seed is one estate, whatever the machine. The usage is generated a reported day at a time, so a region of any
//! size starts at once; [`Truth`] adds up what it reports by a walk of its own. Nothing here shares code with the
//! product, so the one checks the other.

pub mod estate;
pub mod faults;
mod http;
mod meters;
pub mod quantity;
mod rows;
mod server;
mod tls;
mod tokens;
pub mod truth;

pub use estate::EstateConfig;
pub use faults::{Fault, FaultKind, Faults};
pub use server::{Identity, RunningSimulator, SimulatorConfig, start};
pub use truth::Truth;
