//! cms-azure-stack
