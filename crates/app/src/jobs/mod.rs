//! Jobs: long work with progress, cancel and recovery (usage.md section 7, reliability.md section 5).
//!
//! A use case queues a job in its own transaction with [`enqueue`]. A [`Runner`] claims one job a step and hands it to
//! the work of its kind ([`dispatch`]). The work writes only through [`Running::begin`], whose first statement proves
//! that the job is still its own, and calls [`Running::checkpoint`] between parts.

mod dispatch;
mod enqueue;
mod read;
mod run_forever;
mod runner;
mod running;
mod schedule;

pub use enqueue::{Enqueued, NewJob, enqueue};
pub use read::{JobDetails, cancel, list, read};
pub use run_forever::{remove_expired, run_forever};
pub use runner::{Runner, StepOutcome, run_inline};
pub use running::{Done, JobError, Running};
pub use schedule::queue_due;
