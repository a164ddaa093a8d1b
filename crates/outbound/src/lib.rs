//! cms-outbound
