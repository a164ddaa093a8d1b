//! Waiting between two tries, replaceable so that no test waits.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A pause under way.
pub type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Waits for a given time.
pub trait Sleeper: Send + Sync + Debug {
    /// Ends after `duration`.
    fn pause(&self, duration: Duration) -> Pause<'_>;
}

/// Waits on the runtime's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSleeper;

impl Sleeper for TokioSleeper {
    fn pause(&self, duration: Duration) -> Pause<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}
