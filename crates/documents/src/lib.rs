//! cms-documents
