//! Pages of lists, as storage makes them.

pub use persistence::{PageOf, PageRequest};
