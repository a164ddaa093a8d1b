//! cms-migrations
