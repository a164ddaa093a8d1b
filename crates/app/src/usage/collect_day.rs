//! One reported day, page by page (U-25, R-40).

use std::time::Duration;

use azure_stack::{Granularity, Session, StampError, UsagePage, UsageQuery};
use chrono::{Days, NaiveDate, NaiveTime};
use persistence::region::RegionRow;
use tokio::sync::mpsc;
use tokio::time::timeout;
use uuid::Uuid;

use super::batch::{Batch, Keeper, Ready};
use super::collect::CollectError;
use super::finish::Finished;
use super::reading::{Mode, Noted, Reading};
use crate::App;
use crate::jobs::Running;

/// Rows to write from which on they are committed. An interrupted reading repeats at most so many.
const ROWS_OF_COMMIT: usize = 4_000;

/// What was taken is stored when the source sends nothing for so long; a commit for each page would make the database wait
/// for its disk.
const PATIENCE: Duration = Duration::from_millis(100);

/// Pages that are read before those in front of them are stored.
const PAGES_AHEAD: usize = 4;

/// Where the rows come from: a signed-in session, and the providers whose direct subscribers are read (U-8).
pub(super) struct Source<'a> {
    pub(super) session: &'a Session,
    pub(super) providers: &'a [Uuid],
}

/// What a day is read with.
struct Work<'a> {
    app: &'a App,
    running: &'a Running,
    noted: &'a mut Noted,
    reading: Reading,
}

/// Reads one day and puts it in force. An interrupted first reading goes on where it stopped; when the source no longer
/// knows that place, the day starts again.
pub(super) async fn collect_day(
    app: &App,
    running: &Running,
    region: &RegionRow,
    day: NaiveDate,
    source: &Source<'_>,
    noted: &mut Noted,
) -> Result<Finished, CollectError> {
    let reading = open(app, running, region, day).await?;
    let resumed = reading.resume_link().is_some();
    let mut work = Work {
        app,
        running,
        noted,
        reading,
    };
    if let Err(error) = work.read(source).await {
        match error {
            CollectError::Stamp(error) if resumed && work.reading.counters_are_fresh() && !error.is_transient() => {
                let tx = running.begin().await?;
                work.reading.forget(&tx).await?;
                tx.commit().await?;
                work.reading = open(app, running, region, day).await?;
                work.read(source).await?;
            }
            other => return Err(other),
        }
    }
    let tx = running.begin().await?;
    let finished = work.reading.finish(app, &tx).await?;
    tx.commit().await?;
    Ok(finished)
}

async fn open(app: &App, running: &Running, region: &RegionRow, day: NaiveDate) -> Result<Reading, CollectError> {
    let tx = running.begin().await?;
    let reading = Reading::open(app, &tx, region.id, day, &region.fields.granularity, Mode::Replace).await?;
    tx.commit().await?;
    Ok(reading)
}

impl Work<'_> {
    async fn read(&mut self, source: &Source<'_>) -> Result<(), CollectError> {
        let (first, link) = match self.reading.resume_link() {
            Some("") => return Ok(()),
            Some(point) => ResumePoint::read(point),
            None => (0, None),
        };
        let query = query(self.reading.day(), self.reading.granularity());
        let last = source.providers.len().saturating_sub(1);
        for (number, provider) in source.providers.iter().enumerate().skip(first) {
            let link = if number == first { link.clone() } else { None };
            let after = if number < last {
                ResumePoint::write(number.saturating_add(1), "")
            } else {
                String::new()
            };
            let place = Place {
                number,
                after: Some(after),
            };
            match self
                .provider(source.session, *provider, &query, link.as_deref(), &place)
                .await
            {
                Err(CollectError::Stamp(error)) if error.asks_for_narrower_window() => {
                    self.narrower(source.session, *provider, query, number).await?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Asks for smaller and smaller parts of the day while the source does not answer in time (F-02). What the parts
    /// repeat is found equal. Such a reading has no resume point: interrupted, it starts again.
    async fn narrower(
        &mut self,
        session: &Session,
        provider: Uuid,
        whole: UsageQuery,
        number: usize,
    ) -> Result<(), CollectError> {
        let mut parts = vec![whole];
        while let Some(part) = parts.pop() {
            let place = Place { number, after: None };
            match self.provider(session, provider, &part, None, &place).await {
                Err(CollectError::Stamp(error)) if error.asks_for_narrower_window() => {
                    let (first, second) = part.halves().ok_or(CollectError::Stamp(error))?;
                    parts.extend([second, first]);
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Reads the pages of one provider. Several pages share a commit; the next ones are read, and their rows taken, while
    /// they are stored.
    async fn provider(
        &mut self,
        session: &Session,
        provider: Uuid,
        query: &UsageQuery,
        link: Option<&str>,
        place: &Place,
    ) -> Result<(), CollectError> {
        let mut pages = session
            .usage_pages(provider, query, link)
            .map_err(CollectError::Stamp)?;
        let (ahead, arrived) = mpsc::channel(PAGES_AHEAD);
        let read = async move {
            while let Some(page) = pages.next_page().await.transpose() {
                let last = page.is_err();
                if ahead.send(page).await.is_err() || last {
                    break;
                }
            }
        };
        let (ready, taken) = mpsc::channel(1);
        let store = store_batches(self.running, self.reading.keeper(), taken);
        let ((), read_to, stored) = tokio::join!(read, self.take_pages(arrived, ready, place), store);
        stored?;
        read_to
    }

    /// Takes pages as they arrive. What arrived before a fault is stored before the fault is told, and a source that is
    /// waited for leaves time to make safe what it sent.
    async fn take_pages(
        &mut self,
        mut arrived: mpsc::Receiver<Result<UsagePage, StampError>>,
        ready: mpsc::Sender<Ready>,
        place: &Place,
    ) -> Result<(), CollectError> {
        let mut batch = Batch::default();
        // Address behind the pages that were taken and are not stored yet.
        let mut behind: Option<Option<String>> = None;
        loop {
            let page = match timeout(PATIENCE, arrived.recv()).await {
                Ok(Some(page)) => Some(page),
                Ok(None) => return Ok(()),
                Err(_) => None,
            };
            self.running.checkpoint()?;
            let waits = page.is_none();
            let fault = match page.transpose() {
                Ok(Some(page)) => {
                    self.take(&page, &mut batch)?;
                    behind = Some(page.next_link);
                    None
                }
                Ok(None) => None,
                Err(fault) => Some(fault),
            };
            let at_end = behind == Some(None);
            if (waits || batch.len() >= ROWS_OF_COMMIT || at_end || fault.is_some())
                && let Some(link) = behind.take()
            {
                let resume = place.resume_point(link.as_deref());
                let all = self.reading.ready(std::mem::take(&mut batch), resume)?;
                // The store says itself why it ended.
                if let Some(all) = all
                    && ready.send(all).await.is_err()
                {
                    return Ok(());
                }
            }
            if let Some(fault) = fault {
                return Err(CollectError::Stamp(fault));
            }
        }
    }

    fn take(&mut self, page: &UsagePage, batch: &mut Batch) -> Result<(), CollectError> {
        self.reading.page_read();
        for row in &page.rows {
            self.reading.take(self.app, self.noted, row, batch)?;
        }
        Ok(())
    }
}

/// Stores batches as they are ready, each in a commit of its own.
async fn store_batches(
    running: &Running,
    keeper: Keeper,
    mut taken: mpsc::Receiver<Ready>,
) -> Result<(), CollectError> {
    while let Some(ready) = taken.recv().await {
        let tx = running.begin().await?;
        keeper.store(&tx, ready).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Which provider is being read, and the resume point behind its last page; none for a reading without resume points.
struct Place {
    number: usize,
    after: Option<String>,
}

impl Place {
    fn resume_point(&self, next_link: Option<&str>) -> Option<String> {
        let after = self.after.clone()?;
        Some(next_link.map_or(after, |link| ResumePoint::write(self.number, link)))
    }
}

/// `<number of the provider>|<address of its next page>`; an empty address is its first page.
struct ResumePoint;

impl ResumePoint {
    fn write(number: usize, link: &str) -> String {
        format!("{number}|{link}")
    }

    fn read(text: &str) -> (usize, Option<String>) {
        let (number, link) = text.split_once('|').unwrap_or((text, ""));
        (
            number.parse().unwrap_or(0),
            Some(link.to_owned()).filter(|link| !link.is_empty()),
        )
    }
}

/// The whole reported day.
fn query(day: NaiveDate, granularity: &str) -> UsageQuery {
    let start = day.and_time(NaiveTime::MIN).and_utc();
    UsageQuery {
        start,
        end: start.checked_add_days(Days::new(1)).unwrap_or(start),
        granularity: if granularity == "daily" {
            Granularity::Daily
        } else {
            Granularity::Hourly
        },
        subscriber: None,
    }
}
