//! The usage of a stamp: what is asked for, and its pages, with the faults that were switched on.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Timelike, Utc};
use serde_json::Value;

use super::fault_answers::{broken, instead};
use super::sign_in::unauthorised;
use super::{Parameters, refusal};
use crate::faults::FaultKind;
use crate::rows::{Granularity, Row};
use crate::server::Stamp;

pub(super) async fn usage(
    stamp: Data<Stamp>,
    request: HttpRequest,
    provider: Path<String>,
    query: Query<Parameters>,
) -> HttpResponse {
    stamp.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    if let Some(refused) = unauthorised(&stamp, &request, "admin") {
        return refused;
    }
    if provider.as_str() != stamp.provider.to_string() {
        return refusal(
            StatusCode::NOT_FOUND,
            "SubscriptionNotFound",
            "The subscription could not be found.",
        );
    }
    match asked(&stamp, &query) {
        Ok(asked) => page(&stamp, &asked),
        Err(refused) => *refused,
    }
}

/// A usage request that was understood.
struct Asked {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    granularity: Granularity,
    subscriber: Option<usize>,
    offset: usize,
    parameters: String,
}

fn asked(stamp: &Stamp, query: &Parameters) -> Result<Asked, Box<HttpResponse>> {
    let bad = |code: &str, message: &str| Box::new(refusal(StatusCode::BAD_REQUEST, code, message));
    if query.get("api-version").map(String::as_str) != Some("2015-06-01-preview") {
        return Err(bad(
            "NoApiVersion",
            "The api-version query parameter is missing or unknown.",
        ));
    }
    let instant = |name: &str| {
        let text = query.get(name).map(String::as_str).unwrap_or_default();
        let read = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
        read.filter(|at| at.minute() == 0 && at.second() == 0)
            .ok_or_else(|| bad("InvalidProperty", &format!("{name} is missing or not on a full hour.")))
    };
    let (start, end) = (instant("reportedStartTime")?, instant("reportedEndTime")?);
    let word = query
        .get("aggregationGranularity")
        .map_or("daily".to_owned(), |word| word.to_lowercase());
    let granularity = match word.as_str() {
        "daily" => Granularity::Daily,
        "hourly" => Granularity::Hourly,
        _ => {
            return Err(bad(
                "InvalidAggregationGranularity",
                "The granularity is daily or hourly.",
            ));
        }
    };
    if granularity == Granularity::Daily && (start.hour() != 0 || end.hour() != 0) {
        return Err(bad("InvalidProperty", "Daily windows start and end at midnight."));
    }
    if end > stamp.now() {
        return Err(bad("RequestEndTimeIsInFuture", "reportedEndTime lies in the future."));
    }
    let subscriber = match query.get("subscriberId") {
        None => None,
        Some(id) => {
            let found = stamp
                .estate
                .subscriptions
                .iter()
                .position(|known| known.id.to_string() == id.to_lowercase());
            Some(found.ok_or_else(|| {
                bad(
                    "SubscriberIdIsNotDirectTenant",
                    "The subscriber is not a direct tenant.",
                )
            })?)
        }
    };
    let offset = query
        .get("continuationToken")
        .and_then(|token| token.strip_prefix("p"))
        .map_or(Ok(0), str::parse);
    let offset = offset.map_err(|_| bad("InvalidProperty", "continuationToken is unknown."))?;
    let mut parameters: Vec<String> = [
        "api-version",
        "reportedStartTime",
        "reportedEndTime",
        "aggregationGranularity",
        "subscriberId",
    ]
    .iter()
    .filter_map(|name| {
        Some(format!(
            "{name}={}",
            query.get(*name)?.replace(':', "%3A").replace('+', "%2B")
        ))
    })
    .collect();
    parameters.sort();
    Ok(Asked {
        start,
        end,
        granularity,
        subscriber,
        offset,
        parameters: parameters.join("&"),
    })
}

fn page(stamp: &Stamp, asked: &Asked) -> HttpResponse {
    let fault = stamp.faults.next();
    if let Some(answer) = fault.as_ref().and_then(|fault| instead(stamp, fault)) {
        return answer;
    }
    let window = stamp.rows.window(asked.start, asked.end, asked.granularity);
    let size = stamp.config.page_size;
    let shown = |row: &&Row| asked.subscriber.is_none_or(|of| row.subscription == of);
    let mut rows: Vec<&str> = window
        .iter()
        .filter(shown)
        .skip(asked.offset)
        .take(size.saturating_add(1))
        .map(|row| row.text.as_str())
        .collect();
    let more = rows.len() > size;
    rows.truncate(size);
    let mut next = more.then(|| link(stamp, asked, asked.offset.saturating_add(size)));
    let extra;
    match &fault {
        Some(FaultKind::EmptyPage) => {
            next = Some(link(stamp, asked, asked.offset));
            rows.clear();
        }
        Some(FaultKind::Loop) => next = Some(link(stamp, asked, asked.offset)),
        Some(FaultKind::ForeignNextLink) => {
            next = Some("https://elsewhere.example/usage?continuationToken=p1000".to_owned());
        }
        Some(FaultKind::RepeatedRows) => rows = rows.iter().flat_map(|row| [*row, *row]).collect(),
        Some(FaultKind::FewerRows { count }) => rows = rows.into_iter().skip(*count).collect(),
        Some(FaultKind::ExtraRow { row }) => {
            extra = row.clone();
            rows.insert(0, &extra);
        }
        _ => {}
    }
    let link = next
        .map(|link| format!(",\"nextLink\":{}", Value::String(link)))
        .unwrap_or_default();
    let mut body = format!("{{\"value\":[{}]{link}}}", rows.join(","));
    match fault {
        Some(FaultKind::Truncated) => body.truncate(body.len().checked_div(2).unwrap_or_default()),
        Some(FaultKind::Reset) => return broken(&body),
        _ => {}
    }
    HttpResponse::Ok()
        .content_type("application/json; charset=utf-8")
        .body(body)
}

fn link(stamp: &Stamp, asked: &Asked, offset: usize) -> String {
    format!(
        "{}/admin/subscriptions/{}/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates?{}&continuationToken=p{offset}",
        stamp.origin, stamp.provider, asked.parameters
    )
}
