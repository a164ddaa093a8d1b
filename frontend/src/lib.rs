//! cms-frontend
