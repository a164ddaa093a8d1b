//! cms-persistence
