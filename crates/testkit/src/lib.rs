//! cms-testkit
