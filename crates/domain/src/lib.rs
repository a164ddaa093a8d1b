//! cms-domain
