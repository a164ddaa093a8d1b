//! `/invoices`.

mod views;

pub(crate) use views::amount;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use api_types::Page;
use api_types::invoice::{Explanation, GenerateInvoices, InvoiceSummary, InvoiceView, IssueInvoice, JobStarted};
use app::invoices::{self as use_cases, DocumentFormat, NewGeneration};
use domain::ids::InvoiceId;
use domain::period::Period;
use persistence::invoice::{InvoiceFilter, InvoiceStatus};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::etag::{IfMatch, etag};
use crate::list::{ListQuery, id_parameter, path_id, wire};
use crate::{ApiError, Caller, State};

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list)
        .service(generate)
        .service(read)
        .service(explain)
        .service(download)
        .service(issue)
        .service(remove);
}

/// Filters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only this month.
    #[param(example = "2026-10")]
    period: Option<String>,
    /// `preview`, `issued`, `paid` or `void`.
    #[param(example = "preview")]
    status: Option<String>,
    /// Only those of this tenant.
    tenant_id: Option<String>,
    /// Only those of tenants of this partner.
    partner_id: Option<String>,
    /// Only those of tenants of this distributor.
    distributor_id: Option<String>,
}

impl Filter {
    fn read(&self) -> Result<InvoiceFilter, ApiError> {
        let status = self.status.as_deref().filter(|status| !status.is_empty());
        let status = status.map(|text| {
            let unknown = || ApiError::malformed("status_invalid", "status is preview, issued, paid or void.");
            InvoiceStatus::from_identifier(text).ok_or_else(unknown)
        });
        let period = self.period.as_deref().filter(|period| !period.is_empty());
        let wrong = |_| ApiError::malformed("period_invalid", "period is a month such as 2026-10.");
        Ok(InvoiceFilter {
            period: period.map(Period::parse).transpose().map_err(wrong)?,
            status: status.transpose()?,
            tenant_id: id_parameter(self.tenant_id.as_deref(), "tenant_id")?,
            partner_id: id_parameter(self.partner_id.as_deref(), "partner_id")?,
            distributor_id: id_parameter(self.distributor_id.as_deref(), "distributor_id")?,
        })
    }
}

/// List invoices
///
/// Previews and issued documents in your scope, sorted by `period` (or `tenant`, `number`, `total_amount`,
/// `generated_at`); the search finds tenants and numbers. Tenant roles see no previews.
#[utoipa::path(
    operation_id = "invoice_list", tag = "Invoices", params(ListQuery, Filter), security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Page<InvoiceSummary>), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/invoices")]
async fn list(
    state: Data<State>,
    caller: Caller,
    list: Query<ListQuery>,
    query: Query<Filter>,
) -> Result<HttpResponse, ApiError> {
    let page = list.page(
        &state.app,
        &["period", "tenant", "number", "total_amount", "generated_at"],
    )?;
    let rows = use_cases::list(&state.app, &caller.0, query.read()?, &page).await?;
    Ok(HttpResponse::Ok().json(wire(&state.app, rows, views::summary)))
}

/// Generate previews of a month
///
/// Makes or rebuilds the preview of every tenant with usage, or of those named; issued documents are left alone. Follow
/// the job for progress.
#[utoipa::path(
    operation_id = "invoice_generate", tag = "Invoices", request_body = GenerateInvoices, security(("session" = []), ("access_token" = [])),
    responses((status = 202, body = JobStarted), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/invoices/generate")]
async fn generate(state: Data<State>, caller: Caller, body: Json<GenerateInvoices>) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let period = Period::parse(&body.period);
    let input = NewGeneration {
        period: period.map_err(|error| app::Invalid::one("/period", error.code(), error))?,
        tenant_ids: body.tenant_ids.map(|ids| ids.into_iter().map(Into::into).collect()),
    };
    let queued = use_cases::generate(&state.app, &caller.0, &input).await?;
    let location = format!("/api/v1/jobs/{}", queued.job_id);
    let started = JobStarted {
        job_id: queued.job_id.uuid(),
        joined: queued.joined,
    };
    Ok(HttpResponse::Accepted()
        .insert_header(("Location", location))
        .json(started))
}

/// Read an invoice
///
/// With its lines by subscription and service category.
#[utoipa::path(
    operation_id = "invoice_read", tag = "Invoices", params(("invoice_id" = uuid::Uuid, Path, description = "The invoice.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = InvoiceView), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/invoices/{invoice_id}")]
async fn read(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let found = use_cases::read(&state.app, &caller.0, path_id(&request, "invoice_id")?).await?;
    let tag = etag(found.figures.row.version);
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", tag))
        .json(views::invoice(found)?))
}

/// Explain a line
///
/// Every figure from the usage to the rounded amount, with the rule behind each step, the days and the resources.
#[utoipa::path(
    operation_id = "invoice_explain", tag = "Invoices",
    params(("invoice_id" = uuid::Uuid, Path, description = "The invoice."), ("line_id" = uuid::Uuid, Path, description = "The line.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = Explanation), (status = "4XX", body = api_types::common::Problem))
)]
#[get("/invoices/{invoice_id}/lines/{line_id}/explanation")]
async fn explain(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (id, line) = (path_id(&request, "invoice_id")?, path_id(&request, "line_id")?);
    let explained = use_cases::explain(&state.app, &caller.0, id, line).await?;
    Ok(HttpResponse::Ok().json(views::explanation(explained)))
}

/// The form of a downloaded document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Form {
    /// `pdf`, `csv` or `json`; PDF when left out.
    #[param(example = "pdf")]
    format: Option<String>,
}

/// Download an invoice
///
/// Issued documents are rendered once: the same bytes every time. Previews are rendered on demand and say so on every
/// page.
#[utoipa::path(
    operation_id = "invoice_download", tag = "Invoices",
    params(("invoice_id" = uuid::Uuid, Path, description = "The invoice."), Form),
    security(("session" = []), ("access_token" = [])),
    responses(
        (status = 200, description = "The document.", body = Vec<u8>, content_type = "application/pdf"),
        (status = "4XX", body = api_types::common::Problem)
    )
)]
#[get("/invoices/{invoice_id}/document")]
async fn download(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    query: Query<Form>,
) -> Result<HttpResponse, ApiError> {
    let format = DocumentFormat::from_identifier(query.format.as_deref().unwrap_or("pdf"))
        .ok_or_else(|| ApiError::malformed("format_invalid", "format is pdf, csv or json."))?;
    let file = use_cases::download(&state.app, &caller.0, path_id(&request, "invoice_id")?, format).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header(("Content-Type", file.media_type))
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{}\"", file.name)))
        .insert_header(("ETag", format!("\"{}\"", file.content_hash)));
    Ok(answer.body(file.content))
}

/// Issue a preview
///
/// Takes the number, dates and names; from then on the document never changes. 409 `blocked` names what stands in the
/// way; a platform administrator may override four of the blockers with a reason. 409 `already_issued` when someone was
/// faster.
#[utoipa::path(
    operation_id = "invoice_issue", tag = "Invoices", request_body = IssueInvoice,
    params(("invoice_id" = uuid::Uuid, Path, description = "The invoice."), ("If-Match" = Option<String>, Header, description = "`etag` of the preview that was read.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 200, body = InvoiceView), (status = "4XX", body = api_types::common::Problem))
)]
#[post("/invoices/{invoice_id}/issue")]
async fn issue(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    version: Option<IfMatch>,
    body: Bytes,
) -> Result<HttpResponse, ApiError> {
    let id: InvoiceId = path_id(&request, "invoice_id")?;
    let expected = version.map(|version| version.0);
    let reason = issue_body(&body)?.override_reason;
    let issued = use_cases::issue(&state.app, &caller.0, id, expected, reason.as_deref()).await?;
    let tag = etag(issued.figures.row.version);
    Ok(HttpResponse::Ok()
        .insert_header(("ETag", tag))
        .json(views::invoice(issued)?))
}

/// The body may be left out: most issues need no reason.
fn issue_body(body: &[u8]) -> Result<IssueInvoice, ApiError> {
    if body.is_empty() {
        return Ok(IssueInvoice { override_reason: None });
    }
    let wrong = |error| {
        ApiError::http(
            StatusCode::BAD_REQUEST,
            "malformed",
            format!("The body cannot be read: {error}."),
        )
    };
    serde_json::from_slice(body).map_err(wrong)
}

/// Delete a preview
///
/// Its usage can be invoiced again. 409 `not_a_preview` for every other document.
#[utoipa::path(
    operation_id = "invoice_delete", tag = "Invoices", params(("invoice_id" = uuid::Uuid, Path, description = "The invoice.")),
    security(("session" = []), ("access_token" = [])),
    responses((status = 204), (status = "4XX", body = api_types::common::Problem))
)]
#[delete("/invoices/{invoice_id}")]
async fn remove(state: Data<State>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    use_cases::delete(&state.app, &caller.0, path_id(&request, "invoice_id")?).await?;
    Ok(HttpResponse::NoContent().finish())
}
