//! One try of a call and what follows from its outcome.

use std::time::Duration;

use chrono::{DateTime, Utc};
use outbound::{OutboundError, Response, StatusCode};
use serde::Deserialize;

use crate::client::Tools;
use crate::error::{SourceCode, StampError, StampErrorKind, Step};
use crate::retry::{RetryPolicy, is_repeatable};

/// Why a try failed.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// Another try may help; the source may have asked for a wait.
    Again(StampError, Option<Duration>),
    /// Another try does not help.
    Fail(StampError),
}

impl Attempt {
    /// A failed call.
    pub(crate) fn outbound(error: OutboundError, step: Step) -> Self {
        let again = error.is_transient();
        let error = StampError::outbound(error, step);
        if again {
            Self::Again(error, None)
        } else {
            Self::Fail(error)
        }
    }

    /// Numbers the page.
    pub(crate) fn on_page(self, page: u32) -> Self {
        match self {
            Self::Again(error, wait) => Self::Again(error.on_page(page), wait),
            Self::Fail(error) => Self::Fail(error.on_page(page)),
        }
    }
}

/// The tries of one page.
pub(crate) struct Tries<'a> {
    tools: &'a Tools,
    failed: u32,
}

impl<'a> Tries<'a> {
    pub(crate) const fn new(tools: &'a Tools) -> Self {
        Self { tools, failed: 0 }
    }

    /// Waits before the next try, or gives the error back when there is none.
    pub(crate) async fn pause_after(&mut self, attempt: Attempt) -> Result<(), StampError> {
        let (error, asked) = match attempt {
            Attempt::Fail(error) => return Err(error),
            Attempt::Again(error, asked) => (error, asked),
        };
        self.failed += 1;
        let policy = &self.tools.retry;
        if self.failed >= policy.tries {
            return Err(error);
        }
        let wait = asked.unwrap_or_else(|| self.tools.jitter.within(policy.bound(self.failed)));
        self.tools.sleeper.pause(wait).await;
        Ok(())
    }
}

/// The error inside an answer of the resource manager.
pub(crate) struct ArmError {
    pub(crate) code: Option<SourceCode>,
    /// Whether code or text say that usage is still being processed (U-26).
    pub(crate) not_yet: bool,
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Option<Inner>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl ArmError {
    /// Reads `{"error":{"code","message"}}` or the bare form; the text is judged, not kept (S-75).
    pub(crate) fn read(body: &[u8]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let (code, message) = match body.error {
            Some(inner) => (inner.code, inner.message),
            None => (body.code, body.message),
        };
        let says = |text: &Option<String>| {
            text.as_deref().is_some_and(|text| {
                let plain: String = text
                    .chars()
                    .filter(char::is_ascii_alphabetic)
                    .map(|letter| letter.to_ascii_lowercase())
                    .collect();
                plain.contains("processingisnotcomplete")
                    || plain.contains("processingnotcomplete")
                    || plain.contains("notyetprocessed")
            })
        };
        Self {
            not_yet: says(&code) || says(&message),
            code: code.as_deref().and_then(SourceCode::new),
        }
    }

    fn is(&self, code: &str) -> bool {
        self.code
            .as_ref()
            .is_some_and(|found| found.as_str().eq_ignore_ascii_case(code))
    }
}

/// Turns an answer of the resource manager into success or the error of a step. 401 is dealt with before.
pub(crate) fn judge(
    response: Response,
    step: Step,
    policy: &RetryPolicy,
    now: DateTime<Utc>,
) -> Result<Response, Attempt> {
    let status = response.status;
    if status == StatusCode::OK {
        return Ok(response);
    }
    let arm = ArmError::read(&response.body);
    let html = response.is_html();
    let kind = kind_of(status, step, &arm, html);
    let step = if kind == StampErrorKind::RoleMissing {
        Step::Role
    } else {
        step
    };
    let again = is_repeatable(status) && !matches!(kind, StampErrorKind::NotYet);
    let error = StampError::new(kind, step).with_answer(status.as_u16(), arm.code);
    if again {
        Err(Attempt::Again(error, policy.asked(&response.headers, now)))
    } else {
        Err(Attempt::Fail(error))
    }
}

fn kind_of(status: StatusCode, step: Step, arm: &ArmError, html: bool) -> StampErrorKind {
    let usage = step == Step::Usage;
    if usage && (status == StatusCode::ACCEPTED || arm.not_yet) {
        return StampErrorKind::NotYet;
    }
    match status {
        StatusCode::GATEWAY_TIMEOUT if usage => StampErrorKind::UsageTimedOut,
        status if is_repeatable(status) => StampErrorKind::Unavailable,
        StatusCode::UNAUTHORIZED => StampErrorKind::TokenRefused,
        StatusCode::FORBIDDEN if !html => StampErrorKind::RoleMissing,
        _ if arm.is("SubscriberIdIsNotDirectTenant") => StampErrorKind::SubscriberNotDirect,
        _ if arm.is("SubscriptionNotFound") || arm.is("SubscriptionIdMissingInRequest") => {
            StampErrorKind::SubscriptionUnknown
        }
        _ if arm.is("RequestEndTimeIsInFuture")
            || arm.is("InvalidProperty")
            || arm.is("InvalidAggregationGranularity") =>
        {
            StampErrorKind::WindowInvalid
        }
        StatusCode::NOT_FOUND if usage => StampErrorKind::NotUsageService,
        _ if usage && html => StampErrorKind::NotUsageService,
        _ if html => StampErrorKind::NotManagementEndpoint,
        _ => StampErrorKind::Refused,
    }
}
