//! PDF through Typst, in-process (B-84, S-66).

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::content_hash;
use crate::error::DocumentError;
use crate::limits;
use crate::model::InvoiceDocument;
use crate::paper;

const TEMPLATE: &str = include_str!("../assets/invoice.typ");
const FONTS: [&[u8]; 4] = [
    include_bytes!("../assets/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../assets/fonts/NotoSans-Bold.ttf"),
    include_bytes!("../assets/fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../assets/fonts/NotoSansHebrew-Regular.ttf"),
];
const PNG_SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// Template, standard library and fonts, parsed once and shared by every document and thread.
pub struct Renderer {
    library: LazyHash<Library>,
    fonts: FontStore,
    template: Source,
    data: FileId,
    logo: FileId,
}

static SHARED: LazyLock<Result<Renderer, DocumentError>> = LazyLock::new(Renderer::new);

impl Renderer {
    /// Parses the embedded fonts and the template; takes tens of milliseconds.
    ///
    /// # Errors
    /// [`DocumentError::Layout`] when an embedded asset is broken.
    pub fn new() -> Result<Self, DocumentError> {
        let mut fonts = FontStore::new();
        for data in FONTS {
            fonts.extend(Font::iter(Bytes::new(data)).map(|font| {
                let info = font.info().clone();
                (font, info)
            }));
        }
        // Typst's own fonts hold symbols and letters that the text font lacks.
        fonts.extend(typst_kit::fonts::embedded());
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts,
            template: Source::new(file_id("invoice.typ")?, TEMPLATE.to_owned()),
            data: file_id("invoice.json")?,
            logo: file_id("logo.png")?,
        })
    }

    /// The renderer of this process.
    ///
    /// # Errors
    /// As [`Renderer::new`].
    pub fn shared() -> Result<&'static Self, DocumentError> {
        SHARED.as_ref().map_err(Clone::clone)
    }

    /// Renders a document. The same document gives the same bytes on every thread and at every time (B-84).
    ///
    /// # Errors
    /// [`DocumentError`] for figures, periods or colours in a wrong form, a logo that is not PNG, and documents beyond the limits.
    pub fn render_pdf(&self, document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
        let data = paper_bytes(document)?;
        let options = PdfOptions {
            // The identifier of the file: equal figures, equal identifier.
            ident: Smart::Custom(content_hash(&data)),
            creator: Smart::Custom(Some(String::from("CMS"))),
            timestamp: issue_moment(document).map(Timestamp::new_utc),
            ..PdfOptions::default()
        };
        let pages = self.lay_out(document, data)?;
        typst_pdf::pdf(&pages, &options).map_err(|errors| layout_error(&errors))
    }

    pub(crate) fn lay_out(&self, document: &InvoiceDocument, data: Vec<u8>) -> Result<PagedDocument, DocumentError> {
        let world = self.world(document, data)?;
        typst::compile::<PagedDocument>(&world)
            .output
            .map_err(|errors| layout_error(&errors))
    }

    pub(crate) fn world(&self, document: &InvoiceDocument, data: Vec<u8>) -> Result<DocumentWorld<'_>, DocumentError> {
        Ok(DocumentWorld {
            shared: self,
            data: Bytes::new(data),
            logo: document.appearance.logo.as_deref().map(checked_logo).transpose()?,
            date: issue_moment(document),
        })
    }
}

/// Forgets what the typesetter remembers of the documents made so far. Call it after a batch, or memory grows with every document.
pub fn evict_cache() {
    comemo::evict(0);
}

/// Checks the limits and writes the data file of the template.
pub(crate) fn paper_bytes(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    limits::check(document)?;
    serde_json::to_vec(&paper::paper(document)?).map_err(|_| DocumentError::Json)
}

/// What one document's layout can see: the template, its data, its logo, the fonts. No other file, no package, no network; the
/// date is the date of issue, not today's (S-66).
pub(crate) struct DocumentWorld<'a> {
    shared: &'a Renderer,
    data: Bytes,
    logo: Option<Bytes>,
    date: Option<Datetime>,
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.shared.fonts.book()
    }

    fn main(&self) -> FileId {
        self.shared.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.shared.template.id() {
            Ok(self.shared.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.data {
            Ok(self.data.clone())
        } else if id == self.shared.logo {
            self.logo.clone().ok_or(FileError::AccessDenied)
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.date
    }
}

fn file_id(name: &str) -> Result<FileId, DocumentError> {
    let path = VirtualPath::new(name).map_err(|_| DocumentError::Layout(String::from("path")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn checked_logo(bytes: &[u8]) -> Result<Bytes, DocumentError> {
    if bytes.starts_with(&PNG_SIGNATURE) {
        Ok(Bytes::new(bytes.to_vec()))
    } else {
        Err(DocumentError::Logo)
    }
}

/// Midnight of the date of issue; previews have none.
fn issue_moment(document: &InvoiceDocument) -> Option<Datetime> {
    use chrono::Datelike;
    let date = document.issued_on.filter(|_| !document.is_preview())?;
    let month = u8::try_from(date.month()).ok()?;
    let day = u8::try_from(date.day()).ok()?;
    Datetime::from_ymd_hms(date.year(), month, day, 0, 0, 0)
}

fn layout_error(errors: &[SourceDiagnostic]) -> DocumentError {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    DocumentError::Layout(messages.join("; "))
}
