//! cms-api-types
