//! One reading of a reported window: rows arrive page by page and are compared with what is stored (U-32, U-33).
//!
//! A window that was never complete is written straight to the records, which count only once it is in force. A window
//! in force is compared in memory, one day at a time: equal rows cause no write, others are staged until the last page.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use azure_stack::{SoundRow, UsageRow};
use chrono::{DateTime, NaiveDate, Utc};
use domain::decimal::Quantity;
use domain::ids::RegionId;
use domain::natural_key::{NaturalKey, QuarantineReason, normalise};
use persistence::Tx;
use persistence::usage::{NewQuarantined, NewUsageRow, Target, WindowState};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::batch::{Batch, Keeper, Ready};
use super::compare::{Repeated, Slot, State, Taken, content};
use super::counters::Counters;
use crate::{App, Error, ids};

/// What a complete reading does to rows it does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The window is replaced as a whole (U-33).
    Replace,
    /// Rows with the same key are replaced, all others stay (U-93).
    Merge,
}

/// Platform subscriptions and meters of a region that were noted already.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    subscriptions: HashSet<Uuid>,
    meters: HashSet<String>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It counts, or repeats one that does.
    Sound,
    /// It is kept aside (U-44).
    Aside(QuarantineReason),
}

/// A reading in progress.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(super) region: RegionId,
    region_text: String,
    pub(super) day: NaiveDate,
    pub(super) window: WindowState,
    pub(super) mode: Mode,
    pub(super) at: DateTime<Utc>,
    pub(super) counters: Counters,
    pub(super) slots: HashMap<[u8; 16], Slot>,
    pub(super) repeated: HashMap<[u8; 16], Repeated>,
    /// Rows kept aside before this reading; those it holds again are taken out.
    pub(super) aside_before: HashSet<Vec<u8>>,
    aside_now: HashSet<Vec<u8>>,
    fresh: bool,
}

impl Noted {
    /// What was noted of a region before.
    pub(crate) async fn load(tx: &Tx, region: RegionId) -> Result<Self, Error> {
        let subscriptions = tx.usage().noted_subscriptions(region).await?.into_iter().collect();
        Ok(Self {
            subscriptions,
            meters: HashSet::new(),
        })
    }
}

impl Reading {
    /// Begins or resumes the reading of a day. Call it in a writing transaction.
    pub(crate) async fn open(
        app: &App,
        tx: &Tx,
        region: RegionId,
        day: NaiveDate,
        granularity: &str,
        mode: Mode,
    ) -> Result<Self, Error> {
        let mut window = tx.usage().open_window(region, day, granularity).await?;
        if mode == Mode::Merge {
            window.resume_link = None;
        }
        if !window.in_force && window.resume_link.is_none() {
            tx.usage().clear_unfinished(window.id).await?;
        } else if window.in_force && tx.usage().has_staged(window.id).await? {
            tx.usage().clear_staged(window.id).await?;
        }
        let resumed = !window.in_force && window.resume_link.is_some();
        let counters = if resumed {
            Counters::read(&window.counters)?
        } else {
            Counters::default()
        };
        let aside = tx.usage().quarantined_hashes(window.id).await?.into_iter().collect();
        let (aside_before, aside_now) = if resumed {
            (HashSet::new(), aside)
        } else {
            (aside, HashSet::new())
        };
        let mut reading = Self {
            region,
            region_text: region.to_string(),
            day,
            window,
            mode,
            at: app.clock().now(),
            counters,
            slots: HashMap::new(),
            repeated: HashMap::new(),
            aside_before,
            aside_now,
            fresh: true,
        };
        reading.load(tx).await?;
        Ok(reading)
    }

    /// Where the rows of this reading are written.
    pub(super) const fn target(&self) -> Target {
        if self.window.in_force {
            Target::Staged
        } else {
            Target::Record
        }
    }

    /// Address of the next page of an interrupted reading; empty when all pages are stored.
    pub(crate) fn resume_link(&self) -> Option<&str> {
        self.window.resume_link.as_deref()
    }

    /// Granularity the window is read with (U-6).
    pub(crate) fn granularity(&self) -> &str {
        &self.window.granularity
    }

    /// The reported day.
    pub(crate) const fn day(&self) -> NaiveDate {
        self.day
    }

    /// Whether no page arrived since the reading was opened.
    pub(crate) const fn counters_are_fresh(&self) -> bool {
        self.fresh
    }

    /// Throws what an interrupted first reading stored away, so that the window starts again.
    pub(crate) async fn forget(&self, tx: &Tx) -> Result<(), Error> {
        Ok(tx.usage().clear_unfinished(self.window.id).await?)
    }

    /// Counts a page.
    pub(crate) fn page_read(&mut self) {
        self.fresh = false;
        self.counters.pages = self.counters.pages.saturating_add(1);
    }

    /// Takes a row into a batch.
    pub(crate) fn take(
        &mut self,
        app: &App,
        noted: &mut Noted,
        row: &UsageRow,
        batch: &mut Batch,
    ) -> Result<Kept, Error> {
        self.counters.rows_read = self.counters.rows_read.saturating_add(1);
        let sound = match row {
            UsageRow::Sound(sound) => sound,
            UsageRow::Malformed(malformed) => {
                self.put_aside(app, &malformed.raw, None, malformed.reason, batch);
                return Ok(Kept::Aside(malformed.reason));
            }
        };
        let (key, quantity, id) = match self.normalised(sound) {
            Ok(normalised) => normalised,
            Err(reason) => {
                self.put_aside(app, &as_text(sound), Some(sound), reason, batch);
                return Ok(Kept::Aside(reason));
            }
        };
        if noted.subscriptions.insert(id) {
            batch.subscriptions.push(id);
        }
        if !noted.meters.contains(&key.meter_id) {
            noted.meters.insert(key.meter_id.clone());
            batch.meters.push(key.meter_id.clone());
        }
        let key_hash = key.key_hash();
        let Some(ordinal) = self.compare(key_hash, quantity, content(&sound.instance_data), &key.meter_id)? else {
            return Ok(Kept::Sound);
        };
        batch.rows.push(NewUsageRow {
            platform_subscription_id: id,
            meter_id: key.meter_id,
            usage_start_s: key.usage_start.timestamp(),
            usage_end_s: key.usage_end.timestamp(),
            resource_uri: key.resource_uri,
            sku: key.sku,
            quantity: quantity.to_string(),
            quantity_text: sound.quantity.clone(),
            instance_data: sound.instance_data.clone(),
            key_hash,
            ordinal,
        });
        Ok(Kept::Sound)
    }

    fn normalised(&self, row: &SoundRow) -> Result<(NaturalKey, Quantity, Uuid), QuarantineReason> {
        let (key, quantity) = normalise(&self.region_text, self.day, &row.received())?;
        let id = Uuid::parse_str(&key.platform_subscription_id).map_err(|_| QuarantineReason::SubscriptionInvalid)?;
        // A NUL character cannot be stored as text, and no SKU has a line break.
        let storable = ![&key.resource_uri, &row.instance_data]
            .iter()
            .any(|text| text.contains('\0'));
        if storable && !key.sku.chars().any(char::is_control) {
            Ok((key, quantity, id))
        } else {
            Err(QuarantineReason::InstanceDataInvalid)
        }
    }

    /// Where the rows of this reading are kept.
    pub(crate) const fn keeper(&self) -> Keeper {
        Keeper {
            region: self.region,
            window: self.window.id,
            target: self.target(),
            mode: self.mode,
            at: self.at,
        }
    }

    /// A batch with where a first reading goes on behind it: `next` is the resume point, empty when all pages are read,
    /// none when an interrupted reading has to start again. None where nothing has to be stored: a page of a window in
    /// force that holds nothing new. A first reading keeps its resume point even then.
    pub(crate) fn ready(&self, batch: Batch, next: Option<String>) -> Result<Option<Ready>, Error> {
        if self.target() == Target::Staged && batch.is_empty() {
            return Ok(None);
        }
        let counters = self.counters.write()?;
        Ok(Some(Ready { batch, next, counters }))
    }

    /// The ordinal to write a row under; none when nothing has to be written.
    fn compare(
        &mut self,
        key: [u8; 16],
        quantity: Quantity,
        content: u64,
        meter_id: &str,
    ) -> Result<Option<i64>, Error> {
        if let Some(repeated) = self.repeated.get_mut(&key) {
            return match repeated.take(quantity, content) {
                Taken::Again => {
                    self.counters.duplicate_rows = self.counters.duplicate_rows.saturating_add(1);
                    Ok(None)
                }
                Taken::AsStored => self.counters.accept(meter_id, quantity).map(|()| None),
                Taken::Staged(ordinal) => self.counters.accept(meter_id, quantity).map(|()| Some(ordinal)),
            };
        }
        match self.slots.entry(key) {
            Entry::Vacant(slot) => {
                slot.insert(Slot {
                    quantity,
                    content,
                    state: State::New,
                });
                self.counters.accept(meter_id, quantity)?;
                Ok(Some(1))
            }
            Entry::Occupied(mut slot) => {
                let stored = *slot.get();
                if stored.state == State::Stored {
                    let equal = stored.quantity == quantity && stored.content == content;
                    let state = if equal { State::Equal } else { State::Changed };
                    slot.insert(Slot {
                        quantity,
                        content,
                        state,
                    });
                    self.counters.accept(meter_id, quantity)?;
                    Ok((!equal).then_some(1))
                } else if stored.quantity == quantity {
                    self.counters.duplicate_rows = self.counters.duplicate_rows.saturating_add(1);
                    Ok(None)
                } else {
                    let stored = slot.remove();
                    self.repeated.insert(key, Repeated::from_slot(stored));
                    self.compare(key, quantity, content, meter_id)
                }
            }
        }
    }

    fn put_aside(
        &mut self,
        app: &App,
        received: &str,
        fields: Option<&SoundRow>,
        reason: QuarantineReason,
        batch: &mut Batch,
    ) {
        let content_hash = Sha256::digest(received.as_bytes()).to_vec();
        if !self.aside_now.insert(content_hash.clone()) {
            self.counters.duplicate_rows = self.counters.duplicate_rows.saturating_add(1);
            return;
        }
        self.counters.quarantined = self.counters.quarantined.saturating_add(1);
        if self.aside_before.remove(&content_hash) {
            return;
        }
        let text = |text: &String| {
            text.chars()
                .filter(|character| *character != '\0')
                .take(200)
                .collect::<String>()
        };
        batch.quarantined.push(NewQuarantined {
            id: ids::new_id(app),
            reason: reason.code(),
            platform_subscription_id: fields.map(|fields| text(&fields.platform_subscription_id)),
            meter_id: fields.map(|fields| text(&fields.meter_id)),
            received: received.replace('\0', ""),
            content_hash,
        });
    }

    /// Fills the comparison with what the window holds: rows to compare with, or the pages of an interrupted first
    /// reading.
    async fn load(&mut self, tx: &Tx) -> Result<(), Error> {
        let in_force = self.window.in_force;
        if !in_force && self.window.resume_link.is_none() {
            return Ok(());
        }
        let mut further = Vec::new();
        let slots = &mut self.slots;
        tx.usage()
            .stored_rows(self.window.id, |row| {
                let slot = Slot {
                    quantity: row.quantity,
                    content: content(row.instance_data),
                    state: if in_force { State::Stored } else { State::New },
                };
                if row.ordinal == 1 {
                    slots.insert(row.key_hash, slot);
                } else {
                    further.push((row.key_hash, row.ordinal, slot));
                }
            })
            .await?;
        for (key, ordinal, slot) in further {
            let first = self.slots.remove(&key);
            let repeated = self.repeated.entry(key).or_default();
            if let Some(first) = first {
                *repeated = Repeated::from_slot(first);
            }
            if in_force {
                repeated.stored.push((slot.quantity, slot.content));
            } else {
                repeated.read.push((slot.quantity, Some(ordinal)));
            }
        }
        Ok(())
    }
}

/// A row whose fields were read, as text again.
fn as_text(row: &SoundRow) -> String {
    serde_json::json!({
        "subscriptionId": row.platform_subscription_id,
        "meterId": row.meter_id,
        "usageStartTime": row.usage_start,
        "usageEndTime": row.usage_end,
        "quantity": row.quantity,
        "instanceData": row.instance_data,
    })
    .to_string()
}
