//! cms-app
