//! Widgets. They know no page and, except the job card and the list, no API.

pub mod basic;
pub mod columns;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod filters;
pub mod form;
pub mod job;
pub mod list;
pub mod nav;
pub mod picker;
pub mod table;

pub use basic::*;
pub use copy::copy;
pub use dialog::{confirm, dialog, panel};
pub use field::{Field, Input, field, lookup, options, remote_options};
pub use filters::{Filter, FilterInput};
pub use form::{Form, form};
pub use list::{List, list};
pub use table::{Column, table};
