//! When a call is repeated, and after how long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use outbound::{HeaderMap, StatusCode, header};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// How often and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries for one page, with the first.
    pub tries: u32,
    /// Upper bound of the first wait.
    pub first: Duration,
    /// Upper bound of any wait that the source did not ask for.
    pub longest: Duration,
    /// Longest wait the source may ask for; a longer or negative one is not honoured.
    pub longest_asked: Duration,
    /// Calls a run may make for each page it read.
    pub calls_per_page: u64,
    /// Calls a run may make beside those.
    pub calls_beside: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
            longest_asked: Duration::from_mins(10),
            calls_per_page: 2,
            calls_beside: 50,
        }
    }
}

impl RetryPolicy {
    /// A single try, for connection tests (U-7).
    pub fn once() -> Self {
        Self {
            tries: 1,
            ..Self::default()
        }
    }

    /// Upper bound of the wait after a number of failed tries: doubling from `first` to `longest`.
    pub(crate) fn bound(&self, failed: u32) -> Duration {
        let factor = 1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// The wait the source asks for, if it is honoured: 0 to `longest_asked`.
    pub(crate) fn asked(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
        let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
        let asked = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now)
                .to_std()
                .ok()?,
        };
        (asked <= self.longest_asked).then_some(asked)
    }
}

/// Whether a status is worth repeating.
pub(crate) const fn is_repeatable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// Full jitter: any wait from zero to the bound, from a seeded generator.
#[derive(Debug)]
pub(crate) struct Jitter(Mutex<SmallRng>);

impl Jitter {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(SmallRng::seed_from_u64(seed)))
    }

    pub(crate) fn within(&self, bound: Duration) -> Duration {
        let bound = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        let mut rng = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Duration::from_millis(rng.random_range(0..=bound))
    }
}

/// The calls of a run, counted against its pages.
#[derive(Debug, Default)]
pub(crate) struct CallBudget {
    calls: AtomicU64,
    pages: AtomicU64,
}

impl CallBudget {
    /// Counts a call; refused when the run has made too many.
    pub(crate) fn spend(&self, policy: &RetryPolicy) -> bool {
        let allowed = self
            .pages
            .load(Ordering::SeqCst)
            .saturating_mul(policy.calls_per_page)
            .saturating_add(policy.calls_beside);
        self.calls
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |made| {
                (made < allowed).then_some(made + 1)
            })
            .is_ok()
    }

    /// Counts a page that was read.
    pub(crate) fn page_read(&self) {
        self.pages.fetch_add(1, Ordering::SeqCst);
    }

    /// Calls made so far.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, Utc};
    use outbound::{HeaderMap, HeaderValue};

    use super::{CallBudget, Jitter, RetryPolicy};

    fn now() -> DateTime<Utc> {
        "2026-11-05T08:00:00Z".parse().unwrap()
    }

    fn asked(value: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_str(value).unwrap());
        RetryPolicy::default().asked(&headers, now()).map(|wait| wait.as_secs())
    }

    #[test]
    fn waits_double_from_one_second_to_sixty_r_40() {
        let policy = RetryPolicy::default();
        let bounds: Vec<_> = (1..=8).map(|failed| policy.bound(failed).as_secs()).collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(policy.bound(u32::MAX).as_secs(), 60);
    }

    #[test]
    fn retry_after_is_honoured_from_zero_to_ten_minutes_f_01() {
        assert_eq!(asked("0"), Some(0));
        assert_eq!(asked(" 7 "), Some(7));
        assert_eq!(asked("600"), Some(600));
        assert_eq!(asked("Thu, 05 Nov 2026 08:00:30 GMT"), Some(30));
        for not_honoured in [
            "601",
            "-5",
            "99999999999999999999",
            "soon",
            "",
            "Thu, 05 Nov 2026 07:59:00 GMT",
            "Thu, 05 Nov 2026 09:00:00 GMT",
            "1.5",
        ] {
            assert_eq!(asked(not_honoured), None, "{not_honoured}");
        }
        assert_eq!(RetryPolicy::default().asked(&HeaderMap::new(), now()), None);
    }

    #[test]
    fn jitter_stays_within_its_bound_and_uses_all_of_it() {
        let jitter = Jitter::seeded(7);
        let waits: Vec<_> = (0..200).map(|_| jitter.within(Duration::from_secs(8))).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(8)));
        assert!(waits.iter().any(|wait| *wait < Duration::from_secs(1)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_secs(7)));
    }

    #[test]
    fn a_run_makes_at_most_two_calls_a_page_and_fifty_beside_r_40() {
        let (policy, budget) = (RetryPolicy::default(), CallBudget::default());
        assert_eq!((0..60).filter(|_| budget.spend(&policy)).count(), 50);
        budget.page_read();
        assert_eq!((0..60).filter(|_| budget.spend(&policy)).count(), 2);
        assert_eq!(budget.calls(), 52);
    }
}
