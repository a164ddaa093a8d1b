//! cms-pricing
