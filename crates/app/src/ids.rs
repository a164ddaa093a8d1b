//! New identities (G-2).

use uuid::{NoContext, Timestamp, Uuid};

use crate::App;

/// A new UUID version 7 of the application's clock.
pub fn new_id<T: From<Uuid>>(app: &App) -> T {
    let now = app.clock().now();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    T::from(Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    )))
}
