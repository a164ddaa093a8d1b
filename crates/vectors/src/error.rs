//! Why worked examples could not be run.

use std::path::PathBuf;

/// Why a folder could not be run.
#[derive(Debug, thiserror::Error)]
pub enum VectorsError {
    /// A file or folder cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not JSON.
    #[error("{path}: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A file has no list of cases, or a case has no name, input or answer.
    #[error("{path}: the file does not have the form of a vector file")]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// No engine answers a file of this name.
    #[error("{path}: no engine answers this file")]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// The folder has no vector files.
    #[error("{path}: no vector files")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}
