//! Refusals of the API in the audit record (I-70, S-87).

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use app::{Error, audit};

use crate::{ApiError, Caller, State};

/// The middleware: answers pass through as they are; one that refuses checks 3 to 6 of PM-6 to somebody known is
/// recorded with its operation.
///
/// # Errors
/// Those of the handler.
pub async fn recorded<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let answered = next.call(request).await?;
    if let Some(code) = refusal(&answered)
        && let Err(error) = record(&answered, code).await
    {
        // The refusal holds whether it could be written down or not.
        tracing::error!(%error, "a refusal could not be recorded");
    }
    Ok(answered)
}

fn refusal<B>(answered: &ServiceResponse<B>) -> Option<&'static str> {
    match answered.response().error()?.as_error::<ApiError>()? {
        ApiError::App(Error::NotPermitted) => Some("not_permitted"),
        ApiError::App(Error::NotFound) => Some("not_found"),
        ApiError::App(Error::SwitchedOff(_)) => Some("switched_off"),
        ApiError::App(Error::StepUpRequired) => Some("step_up_required"),
        _ => None,
    }
}

async fn record<B>(answered: &ServiceResponse<B>, code: &'static str) -> Result<(), Error> {
    let request = answered.request();
    let caller = request.extensions().get::<Caller>().cloned();
    let (Some(Caller(actor)), Some(state)) = (caller, request.app_data::<Data<State>>()) else {
        return Ok(());
    };
    let Some(pattern) = request.match_pattern() else {
        return Ok(());
    };
    let Some(operation) = state.operations.get(request.method(), &pattern) else {
        return Ok(());
    };
    let target = request.match_info().iter().last().map_or("", |(_, value)| value);
    audit::record_refusal(&state.app, &actor, operation, target, code).await
}
