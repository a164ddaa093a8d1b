//! What is known of a key while a day is read: its quantities, stored and read (U-32, U-33).

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::decimal::Quantity;

/// Ordinals of further quantities of a key until the window is complete (U-32).
const PROVISIONAL: i64 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Stored, not read so far.
    Stored,
    /// Read as stored.
    Equal,
    /// Read with other content.
    Changed,
    /// Read and not stored before.
    New,
}

/// A key with one quantity, as nearly all have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) quantity: Quantity,
    pub(super) content: u64,
    pub(super) state: State,
}

/// A key with several quantities, stored or read.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    pub(super) stored: Vec<(Quantity, u64)>,
    /// Quantities read, each with the ordinal it was staged under; none when it is stored as it is.
    pub(super) read: Vec<(Quantity, Option<i64>)>,
}

/// What a quantity of a key with several is.
pub(super) enum Taken {
    /// It was read before.
    Again,
    /// It is stored as it is.
    AsStored,
    /// It is written, under this ordinal until the window is complete.
    Staged(i64),
}

impl Repeated {
    pub(super) fn from_slot(slot: Slot) -> Self {
        let one = (slot.quantity, slot.content);
        match slot.state {
            State::Stored => Self {
                stored: vec![one],
                read: Vec::new(),
            },
            State::Equal => Self {
                stored: vec![one],
                read: vec![(slot.quantity, None)],
            },
            State::Changed | State::New => Self {
                stored: Vec::new(),
                read: vec![(slot.quantity, Some(1))],
            },
        }
    }

    pub(super) fn take(&mut self, quantity: Quantity, content: u64) -> Taken {
        if self.read.iter().any(|(read, _)| *read == quantity) {
            return Taken::Again;
        }
        if self.stored.contains(&(quantity, content)) {
            self.read.push((quantity, None));
            return Taken::AsStored;
        }
        let number = i64::try_from(self.read.len()).unwrap_or(i64::MAX);
        let ordinal = PROVISIONAL.saturating_add(number);
        self.read.push((quantity, Some(ordinal)));
        Taken::Staged(ordinal)
    }
}

/// Stand-in for the content of a row within one run.
pub(super) fn content(instance_data: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    instance_data.hash(&mut hasher);
    hasher.finish()
}
