//! Invoices (billing.md).

use crate::common::Money;
use crate::common::Reference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row of the list of invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceSummary {
    /// Identity.
    pub id: Uuid,
    /// `invoice` or `credit_note`.
    #[cfg_attr(feature = "openapi", schema(example = "invoice"))]
    pub kind: String,
    /// Taken at issue.
    #[cfg_attr(feature = "openapi", schema(example = "INV-2026-000042"))]
    pub number: Option<String>,
    /// Recipient.
    pub tenant: Reference,
    /// Partner of the tenant.
    pub partner: Reference,
    /// Distributor of the partner.
    pub distributor: Reference,
    /// Billing period.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10"))]
    pub period: String,
    /// `preview`, `issued`, `paid` or `void`.
    #[cfg_attr(feature = "openapi", schema(example = "preview"))]
    pub status: String,
    /// Sum of the lines.
    pub net_amount: Money,
    /// Tax.
    pub tax_amount: Money,
    /// Net plus tax.
    pub total_amount: Money,
    /// Date of issue.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-05"))]
    pub issued_on: Option<String>,
    /// Due date.
    #[cfg_attr(feature = "openapi", schema(example = "2026-12-05"))]
    pub due_on: Option<String>,
    /// Inputs changed since it was generated.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub stale: bool,
    /// The period has not ended.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub incomplete: bool,
    /// Reasons why it cannot be issued (B-41).
    #[cfg_attr(feature = "openapi", schema(example = json!([])))]
    pub blockers: Vec<String>,
}

/// An invoice with its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceView {
    /// Head.
    pub summary: InvoiceSummary,
    /// Counts rebuilds.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub revision: i64,
    /// Terms used or to be used.
    #[cfg_attr(feature = "openapi", schema(example = 30))]
    pub payment_terms_days: i64,
    /// Label of the tax line.
    #[cfg_attr(feature = "openapi", schema(example = "VAT"))]
    pub tax_label: Option<String>,
    /// Rate in percent.
    #[cfg_attr(feature = "openapi", schema(example = "20"))]
    pub tax_rate: String,
    /// When the figures were made.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-05T09:00:00Z"))]
    pub generated_at: String,
    /// When it was issued.
    pub issued_at: Option<String>,
    /// Zone of its dates.
    #[cfg_attr(feature = "openapi", schema(example = "UTC"))]
    pub billing_time_zone: String,
    /// Lines by subscription and category (B-21).
    pub groups: Vec<InvoiceGroup>,
    /// Credits of the tenant.
    pub other_lines: Vec<InvoiceLineView>,
    /// SHA-256 of the stored PDF.
    pub content_hash: Option<String>,
    /// Version for `If-Match`.
    pub etag: String,
}

/// The lines of one subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceGroup {
    /// Subscription.
    pub subscription_id: Uuid,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "erp-prod"))]
    pub subscription_name: String,
    /// Sum of its lines.
    pub subtotal: Money,
    /// Its service categories.
    pub categories: Vec<InvoiceCategory>,
}

/// The lines of one service category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceCategory {
    /// Category of the meters.
    #[cfg_attr(feature = "openapi", schema(example = "Compute"))]
    pub category: String,
    /// Sum of its lines.
    pub subtotal: Money,
    /// Lines.
    pub lines: Vec<InvoiceLineView>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceLineView {
    /// Identity.
    pub id: Uuid,
    /// `usage`, `credit`, `late_usage` or `late_credit`.
    #[cfg_attr(feature = "openapi", schema(example = "usage"))]
    pub line_kind: String,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schema(example = "VM size hours, standard_d4s_v3"))]
    pub description: String,
    /// Meter.
    pub meter_id: Option<String>,
    /// Name of the meter.
    #[cfg_attr(feature = "openapi", schema(example = "VM size hours"))]
    pub meter_name: String,
    /// SKU; may be empty.
    #[cfg_attr(feature = "openapi", schema(example = "standard_d4s_v3"))]
    pub sku: String,
    /// Unit of the quantity.
    #[cfg_attr(feature = "openapi", schema(example = "VM*hours"))]
    pub unit: String,
    /// All digits.
    #[cfg_attr(feature = "openapi", schema(example = "744"))]
    pub quantity: Option<String>,
    /// Rate, or `tiered`.
    #[cfg_attr(feature = "openapi", schema(example = "0.12"))]
    pub rate: Option<String>,
    /// False: no item prices this usage (P-16).
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub priced: bool,
    /// Amount.
    pub amount: Money,
}

/// All figures behind one line (P-95).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The line.
    pub line: InvoiceLineView,
    /// Period of the usage.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10"))]
    pub period: String,
    /// Subscription.
    pub subscription: Option<Reference>,
    /// Its name; platform roles only.
    pub price_list: Option<String>,
    /// First month of the version used.
    #[cfg_attr(feature = "openapi", schema(example = "2026-08"))]
    pub effective_from: Option<String>,
    /// Step of the choice of item (P-15).
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub scope_step: Option<u8>,
    /// From the quantity to the amount, in order.
    pub steps: Vec<ExplanationStep>,
    /// Quantity for each usage day.
    pub days: Vec<ExplainedDay>,
    /// Quantity and share for each resource, largest first, at most 200.
    pub resources: Vec<ExplainedResource>,
    /// Number of usage records behind the line.
    #[cfg_attr(feature = "openapi", schema(example = 744))]
    pub records_total: u64,
}

/// One step of the calculation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplanationStep {
    /// Rule that says so.
    #[cfg_attr(feature = "openapi", schema(example = "P-25"))]
    pub rule: String,
    /// What is done.
    #[cfg_attr(feature = "openapi", schema(example = "Tier 0 to 1000"))]
    pub label: String,
    /// Values used.
    pub inputs: Vec<ExplanationInput>,
    /// Exact result; a fraction as `a/b` when it has no end.
    #[cfg_attr(feature = "openapi", schema(example = "100"))]
    pub exact: String,
    /// Ten digits.
    #[cfg_attr(feature = "openapi", schema(example = "100.0000000000"))]
    pub displayed: String,
}

/// A named value of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplanationInput {
    /// Name.
    #[cfg_attr(feature = "openapi", schema(example = "rate"))]
    pub name: String,
    /// Value.
    #[cfg_attr(feature = "openapi", schema(example = "0.10"))]
    pub value: String,
}

/// Quantity of one usage day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedDay {
    /// UTC day.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-03"))]
    pub date: String,
    /// Quantity.
    #[cfg_attr(feature = "openapi", schema(example = "24"))]
    pub quantity: String,
}

/// Share of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedResource {
    /// Resource.
    pub resource_uri: String,
    /// Quantity.
    #[cfg_attr(feature = "openapi", schema(example = "744"))]
    pub quantity: String,
    /// Its share of the line (P-43).
    pub amount: Money,
}

/// One stored usage row (U-30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageRecordView {
    /// Row.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub id: i64,
    /// Region.
    #[cfg_attr(feature = "openapi", schema(example = "zrh1"))]
    pub region: String,
    /// Reported day.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-04"))]
    pub reported_on: String,
    /// Start of use.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-03T08:00:00Z"))]
    pub usage_start: String,
    /// End of use.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10-03T09:00:00Z"))]
    pub usage_end: String,
    /// Platform subscription.
    pub platform_subscription_id: Uuid,
    /// Meter.
    pub meter_id: String,
    /// Name of the meter.
    #[cfg_attr(feature = "openapi", schema(example = "VM size hours"))]
    pub meter_name: String,
    /// SKU.
    #[cfg_attr(feature = "openapi", schema(example = "standard_d4s_v3"))]
    pub sku: String,
    /// Resource.
    pub resource_uri: String,
    /// Exact quantity.
    #[cfg_attr(feature = "openapi", schema(example = "1"))]
    pub quantity: String,
}

/// Which previews to make (B-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GenerateInvoices {
    /// Month.
    #[cfg_attr(feature = "openapi", schema(example = "2026-10"))]
    pub period: String,
    /// Absent: every tenant in scope.
    #[serde(default)]
    pub tenant_ids: Option<Vec<Uuid>>,
}

/// A job that was started or joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobStarted {
    /// Job to follow.
    pub job_id: Uuid,
    /// Whether an identical open job was joined.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub joined: bool,
}

/// Issues a preview (B-40).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IssueInvoice {
    /// Reason to issue despite blockers that may be overridden; platform administrators only (B-42).
    #[serde(default)]
    pub override_reason: Option<String>,
}
