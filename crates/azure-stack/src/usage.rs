//! Usage of one reported window, page by page.

use std::collections::HashSet;

use chrono::{DateTime, DurationRound, NaiveTime, TimeDelta, Utc};
use outbound::Url;
use uuid::Uuid;

use crate::call::{Attempt, Tries};
use crate::error::{StampError, StampErrorKind, Step};
use crate::page::{PageFault, parse_page};
use crate::row::UsageRow;
use crate::session::Session;

/// Largest page of usage, in bytes after unpacking (S-73).
const PAGE_LIMIT: usize = 16 * 1024 * 1024;
/// Most pages of one window; the stamp sends 1,000 rows a page (S-53).
const MAX_PAGES: u32 = 100_000;
/// The only version of the usage service.
const API_VERSION: &str = "2015-06-01-preview";

/// How usage is added up at the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// By hour.
    Hourly,
    /// By day.
    Daily,
}

impl Granularity {
    /// The word of the usage service.
    const fn word(self) -> &'static str {
        match self {
            Self::Hourly => "Hourly",
            Self::Daily => "Daily",
        }
    }
}

/// A reported window, or a part of one (U-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    /// Start of reported time, inclusive: a full hour, for daily usage UTC midnight.
    pub start: DateTime<Utc>,
    /// End of reported time, exclusive, likewise; not after the present UTC day's start (F-28).
    pub end: DateTime<Utc>,
    /// How usage is added up.
    pub granularity: Granularity,
    /// Only this direct subscriber.
    pub subscriber: Option<Uuid>,
}

impl UsageQuery {
    /// Whether the window is one that may be asked for at `now` (F-28).
    fn is_complete(&self, now: DateTime<Utc>) -> bool {
        let unit = match self.granularity {
            Granularity::Hourly => TimeDelta::hours(1),
            Granularity::Daily => TimeDelta::days(1),
        };
        let even = |time: DateTime<Utc>| time.duration_trunc(unit) == Ok(time);
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        self.start < self.end && self.end <= today && even(self.start) && even(self.end)
    }

    /// The window in two halves of full hours or days, to be asked for one after the other when the usage service does
    /// not answer in time; nothing when it is a single hour or day (F-02).
    pub fn halves(&self) -> Option<(Self, Self)> {
        let unit = match self.granularity {
            Granularity::Hourly => TimeDelta::hours(1),
            Granularity::Daily => TimeDelta::days(1),
        };
        let middle = (self.start + (self.end - self.start) / 2).duration_trunc(unit).ok()?;
        let middle = if middle > self.start { middle } else { self.start + unit };
        (middle < self.end).then_some((Self { end: middle, ..*self }, Self { start: middle, ..*self }))
    }
}

/// One page of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsagePage {
    /// Its number within this reading, from 1.
    pub number: u32,
    /// Its rows, possibly none (F-17).
    pub rows: Vec<UsageRow>,
    /// Where reading goes on, to be stored with the page (R-40, U-25); nothing on the last page of the window.
    pub next_link: Option<String>,
}

/// The pages of a window. One page is in memory at a time (F-27).
#[derive(Debug)]
pub struct UsagePages<'s> {
    session: &'s Session,
    next: Option<Url>,
    seen: HashSet<String>,
    number: u32,
}

impl Session {
    /// Reads a window of the usage of a provider's direct subscribers. `resume` is the stored link of a reading that was
    /// interrupted (U-25).
    ///
    /// # Errors
    /// The window is not complete (F-28), or the link leads elsewhere (S-74).
    pub fn usage_pages(
        &self,
        provider_subscription: Uuid,
        query: &UsageQuery,
        resume: Option<&str>,
    ) -> Result<UsagePages<'_>, StampError> {
        if !query.is_complete((self.stamp.tools.clock)()) {
            return Err(StampError::new(StampErrorKind::WindowInvalid, Step::Usage));
        }
        let first = match resume {
            Some(link) => self.stamp.link(link, Step::Usage)?,
            None => self.usage_url(provider_subscription, query),
        };
        let seen = HashSet::from([place(&first)]);
        Ok(UsagePages {
            session: self,
            next: Some(first),
            seen,
            number: 0,
        })
    }

    fn usage_url(&self, provider_subscription: Uuid, query: &UsageQuery) -> Url {
        let provider = provider_subscription.to_string();
        let time = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%S.00Z").to_string();
        let (start, end) = (time(query.start), time(query.end));
        let subscriber = query.subscriber.map(|id| id.to_string());
        let mut parameters = vec![
            ("api-version", API_VERSION),
            ("reportedStartTime", &start),
            ("reportedEndTime", &end),
            ("aggregationGranularity", query.granularity.word()),
        ];
        parameters.extend(subscriber.as_deref().map(|id| ("subscriberId", id)));
        self.stamp.url(
            &[
                "subscriptions",
                &provider,
                "providers",
                "Microsoft.Commerce.Admin",
                "subscriberUsageAggregates",
            ],
            &parameters,
        )
    }
}

impl UsagePages<'_> {
    /// Reads the next page; nothing after the last one. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// Why the page cannot be read; [`StampErrorKind::NotYet`] when the window is not ready (U-26).
    pub async fn next_page(&mut self) -> Result<Option<UsagePage>, StampError> {
        let Some(url) = self.next.clone() else { return Ok(None) };
        let number = self.number + 1;
        let mut tries = Tries::new(&self.session.stamp.tools);
        let mut page = loop {
            match self.try_page(url.clone(), number).await {
                Ok(page) => break page,
                Err(attempt) => tries.pause_after(attempt.on_page(number)).await?,
            }
        };
        let next = self
            .follow(page.next_link.as_deref())
            .map_err(|error| error.on_page(number))?;
        page.next_link = next.as_ref().map(Url::to_string);
        self.session.budget.page_read();
        self.number = number;
        self.next = next;
        Ok(Some(page))
    }

    async fn try_page(&self, url: Url, number: u32) -> Result<UsagePage, Attempt> {
        let response = self.session.try_get(url, Step::Usage, PAGE_LIMIT).await?;
        let status = response.status.as_u16();
        let error = |kind, code| StampError::new(kind, Step::Usage).with_answer(status, code);
        if response.is_html() {
            return Err(Attempt::Fail(error(StampErrorKind::NotUsageService, None)));
        }
        match parse_page(&response.body) {
            Ok(page) => Ok(UsagePage {
                number,
                rows: page.rows,
                next_link: page.next_link,
            }),
            Err(PageFault::Broken) => Err(Attempt::Again(error(StampErrorKind::PageBroken, None), None)),
            Err(PageFault::NotUsage) => {
                let arm = crate::call::ArmError::read(&response.body);
                let kind = if arm.not_yet {
                    StampErrorKind::NotYet
                } else {
                    StampErrorKind::NotUsageService
                };
                Err(Attempt::Fail(error(kind, arm.code)))
            }
        }
    }

    /// Checks a next link: same origin (S-74), not seen before (F-14), not too many.
    fn follow(&mut self, link: Option<&str>) -> Result<Option<Url>, StampError> {
        let Some(link) = link else { return Ok(None) };
        let url = self.session.stamp.link(link, Step::Usage)?;
        if self.number >= MAX_PAGES {
            return Err(StampError::new(StampErrorKind::TooManyPages, Step::Usage));
        }
        if !self.seen.insert(place(&url)) {
            return Err(StampError::new(StampErrorKind::ContinuationLoop, Step::Usage));
        }
        Ok(Some(url))
    }
}

/// What tells the pages of a window apart: the continuation token, or the whole link when it has none.
fn place(url: &Url) -> String {
    url.query_pairs()
        .find(|(name, value)| name.eq_ignore_ascii_case("continuationToken") && !value.is_empty())
        .map_or_else(|| url.to_string(), |(_, token)| token.into_owned())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{Granularity, UsageQuery};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn query(start: &str, end: &str, granularity: Granularity) -> UsageQuery {
        UsageQuery {
            start: at(start),
            end: at(end),
            granularity,
            subscriber: None,
        }
    }

    #[test]
    fn only_complete_hours_and_days_of_the_past_are_asked_for_f_28() {
        let now = at("2026-11-05T08:30:00Z");
        let complete = |start, end, granularity| query(start, end, granularity).is_complete(now);
        assert!(complete(
            "2026-11-04T00:00:00Z",
            "2026-11-05T00:00:00Z",
            Granularity::Daily
        ));
        assert!(complete(
            "2026-11-04T22:00:00Z",
            "2026-11-04T23:00:00Z",
            Granularity::Hourly
        ));
        for (start, end, granularity) in [
            ("2026-11-04T00:00:00Z", "2026-11-05T01:00:00Z", Granularity::Hourly),
            ("2026-11-04T00:00:00Z", "2026-11-06T00:00:00Z", Granularity::Daily),
            ("2026-11-04T00:30:00Z", "2026-11-04T02:00:00Z", Granularity::Hourly),
            ("2026-11-04T00:00:00Z", "2026-11-04T02:00:00Z", Granularity::Daily),
            ("2026-11-04T00:00:00Z", "2026-11-04T00:00:00Z", Granularity::Hourly),
            ("2026-11-04T00:00:00Z", "2026-11-03T00:00:00Z", Granularity::Daily),
        ] {
            assert!(!complete(start, end, granularity), "{start} {end}");
        }
    }

    #[test]
    fn a_window_is_halved_down_to_its_single_hours_f_02() {
        let mut parts = vec![query(
            "2026-11-04T00:00:00Z",
            "2026-11-05T00:00:00Z",
            Granularity::Hourly,
        )];
        let mut hours = Vec::new();
        while let Some(part) = parts.pop() {
            match part.halves() {
                Some((first, second)) => {
                    assert_eq!(
                        (first.start, first.end, second.end),
                        (part.start, second.start, part.end)
                    );
                    parts.extend([second, first]);
                }
                None => hours.push(part),
            }
        }
        assert_eq!(hours.len(), 24);
        assert!(hours.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(
            query("2026-11-04T00:00:00Z", "2026-11-05T00:00:00Z", Granularity::Daily).halves(),
            None
        );
    }
}
