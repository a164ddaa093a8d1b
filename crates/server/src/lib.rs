//! cms-server
