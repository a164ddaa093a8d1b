//! Why a document could not be made.

/// Why a document could not be made. The texts name the field, never its content: content is personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A figure is not a decimal in the written form of G-4.
    #[error("{field} is not a decimal")]
    Decimal {
        /// The field.
        field: &'static str,
    },
    /// A period is not `YYYY-MM`.
    #[error("the period is not a month")]
    Period,
    /// A colour is not `#RRGGBB`.
    #[error("{field} is not a colour #RRGGBB")]
    Colour {
        /// The field.
        field: &'static str,
    },
    /// The logo is not a PNG image.
    #[error("the logo is not a PNG image")]
    Logo,
    /// More lines or longer text than a document may have (S-66).
    #[error("the document is too large: {what}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
    },
    /// The layout failed; the message is the typesetter's own and names places in the embedded template.
    #[error("the document could not be laid out: {0}")]
    Layout(String),
    /// The figures could not be written as JSON.
    #[error("the document could not be written as JSON")]
    Json,
}
