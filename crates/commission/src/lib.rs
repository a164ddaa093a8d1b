//! cms-commission
