//! Faults on demand (`reliability.md` F-01 to F-28).

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What goes wrong with an answer of the usage service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// This status, with `Retry-After` as given (F-01, F-02).
    Status {
        /// Status.
        status: u16,
        /// Value of `Retry-After`.
        retry_after: Option<String>,
    },
    /// 200 with an HTML sign-in page (F-11).
    Html,
    /// JSON that ends early (F-09).
    Truncated,
    /// The connection breaks inside the body (F-07).
    Reset,
    /// The next link leads to another host (F-21).
    ForeignNextLink,
    /// The next link leads to the same page for ever (F-14).
    Loop,
    /// An empty page with a next link (F-17).
    EmptyPage,
    /// Redirect to another host (F-21).
    Redirect,
    /// 401: the token has expired (F-19).
    TokenExpired,
    /// 403: the role is gone (F-20).
    RoleGone,
    /// 202: processing is not complete (U-26).
    NotYet,
    /// Another row in front of the page, as given (F-23 to F-26).
    ExtraRow {
        /// JSON text of the row.
        row: String,
    },
    /// The first rows of the page are left out (F-15).
    FewerRows {
        /// Number of rows.
        count: usize,
    },
    /// Every row stands twice (F-12).
    RepeatedRows,
}

/// A fault that happens to the usage requests `after` … `after + times`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Requests that are answered well before.
    #[serde(default)]
    pub after: u32,
    /// How often it happens.
    pub times: u32,
}

/// The faults of a running simulator; shared with whoever switches them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    /// Adds a fault.
    pub fn add(&self, kind: FaultKind, after: u32, times: u32) {
        self.lock().push(Fault { kind, after, times });
    }

    /// Replaces all faults.
    pub fn set(&self, faults: Vec<Fault>) {
        *self.lock() = faults;
    }

    /// The fault of this request, if one is due.
    pub(crate) fn next(&self) -> Option<FaultKind> {
        let mut faults = self.lock();
        let mut due = None;
        for fault in faults.iter_mut() {
            if fault.after > 0 {
                fault.after = fault.after.saturating_sub(1);
            } else if due.is_none() && fault.times > 0 {
                fault.times = fault.times.saturating_sub(1);
                due = Some(fault.kind.clone());
            }
        }
        faults.retain(|fault| fault.times > 0);
        due
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
