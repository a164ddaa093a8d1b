//! Rendering and serving documents: issued ones are rendered once and stored, previews are rendered on demand (B-84,
//! B-86).

use documents::{InvoiceDocument, content_hash, evict_cache, render_csv, render_json, render_pdf};
use domain::ids::InvoiceId;
use domain::scope::Scope;
use persistence::invoice::{DocumentRow, InvoiceRow, InvoiceStatus, Visible};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use super::document::build;
use super::read::find;
use crate::jobs::{Done, JobError, Running};
use crate::{Actor, App, Error};

/// Documents that are rendered at the same time; the typesetter takes a core and tens of megabytes each.
static RENDERING: Semaphore = Semaphore::const_new(2);

/// A form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentFormat {
    /// For people.
    Pdf,
    /// One row a line (B-91).
    Csv,
    /// Every field with explanations (B-89).
    Json,
}

impl DocumentFormat {
    /// Every format that is stored at issue.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Csv, Self::Json];

    /// The identifier, and the ending of file names.
    pub const fn identifier(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of an identifier.
    pub fn from_identifier(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.identifier() == text)
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A document as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// Made of number, period and ids only (B-82).
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Bytes.
    pub content: Vec<u8>,
    /// SHA-256 of the bytes, hexadecimal.
    pub content_hash: String,
}

/// A document in scope as a file.
///
/// # Errors
/// [`Error::NotFound`] outside the scope, [`Error::SwitchedOff`].
pub async fn download(app: &App, actor: &Actor, id: InvoiceId, format: DocumentFormat) -> Result<DocumentFile, Error> {
    let tx = app.store().read().await?;
    let row = find(&tx, actor, "invoice.download", id).await?;
    let document = if row.status == InvoiceStatus::Preview {
        let document = build(&tx, &row).await?;
        drop(tx);
        render(document, vec![format]).await?.pop()
    } else {
        drop(tx);
        stored(app, &row, format).await?
    };
    let document = document.ok_or_else(|| Error::internal("a document was rendered to nothing"))?;
    Ok(DocumentFile {
        name: format!("{}.{}", file_stem(&row), format.identifier()),
        media_type: format.media_type(),
        content: document.content,
        content_hash: document.content_hash,
    })
}

/// Renders and stores the documents of an issued invoice: the job `document_rendering`.
///
/// # Errors
/// An error of the database or of the typesetter.
pub(crate) async fn run(app: &App, running: &Running) -> Result<Done, JobError> {
    #[derive(Deserialize)]
    struct Payload {
        invoice_id: InvoiceId,
    }
    let payload: Payload = serde_json::from_value(running.payload().clone()).map_err(Error::internal)?;
    let tx = app.store().read().await?;
    let all = Scope::system("documents are rendered for every tenant");
    let row = tx.invoices().find(all, Visible::IssuedOnly, payload.invoice_id).await?;
    drop(tx);
    let row = row.ok_or_else(|| Error::internal("the invoice to render was not issued"))?;
    let pdf = stored(app, &row, DocumentFormat::Pdf).await?;
    let content_hash = pdf.map(|pdf| pdf.content_hash);
    Ok(Done {
        result: json!({ "invoice_id": row.id, "content_hash": content_hash }),
        ..Done::default()
    })
}

/// The stored bytes of an issued document; renders and stores all formats first when nobody did yet. Of two that do so at
/// once the first wins, and both serve its bytes.
async fn stored(app: &App, row: &InvoiceRow, format: DocumentFormat) -> Result<Option<DocumentRow>, Error> {
    let tx = app.store().read().await?;
    let found = tx.invoices().document(row.id, format.identifier()).await?;
    if found.is_some() {
        return Ok(found);
    }
    let document = build(&tx, row).await?;
    drop(tx);
    let rendered = render(document, DocumentFormat::ALL.to_vec()).await?;
    let tx = app.store().begin().await?;
    tx.invoices()
        .store_documents(row.id, rendered, app.clock().now())
        .await?;
    let kept = tx.invoices().document(row.id, format.identifier()).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Renders on a thread of its own: the typesetter is long work without a pause.
async fn render(document: InvoiceDocument, formats: Vec<DocumentFormat>) -> Result<Vec<DocumentRow>, Error> {
    let _permit = RENDERING.acquire().await.map_err(Error::internal)?;
    let rendered = tokio::task::spawn_blocking(move || {
        let rendered = formats
            .iter()
            .map(|format| one(&document, *format))
            .collect::<Result<Vec<_>, Error>>();
        evict_cache();
        rendered
    });
    rendered.await.map_err(Error::internal)?
}

fn one(document: &InvoiceDocument, format: DocumentFormat) -> Result<DocumentRow, Error> {
    let content = match format {
        DocumentFormat::Pdf => render_pdf(document).map_err(Error::internal)?,
        DocumentFormat::Csv => render_csv(document),
        DocumentFormat::Json => render_json(document).map_err(Error::internal)?,
    };
    Ok(DocumentRow {
        format: format.identifier().to_owned(),
        content_hash: content_hash(&content),
        content,
    })
}

fn file_stem(row: &InvoiceRow) -> String {
    match &row.number {
        Some(number) => number.replace('/', "-"),
        None => format!("preview-{}-{}", row.period, row.tenant_id),
    }
}
