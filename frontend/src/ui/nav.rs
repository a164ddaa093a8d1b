//! Going to another address, and the address as a signal.

use crate::query::Query;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use std::cell::RefCell;

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

thread_local! {
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Takes the router's way to navigate; called once inside the router.
pub fn install() {
    let navigate = use_navigate();
    NAVIGATE.with(|cell| {
        *cell.borrow_mut() = Some(Box::new(move |path, options| navigate(path, options)));
    });
}

fn navigate(path: &str, replace: bool, scroll: bool) {
    NAVIGATE.with(|cell| {
        if let Some(navigate) = cell.borrow().as_ref() {
            navigate(
                path,
                NavigateOptions {
                    replace,
                    scroll,
                    ..NavigateOptions::default()
                },
            );
        }
    });
}

/// Opens an address as a new entry of the history.
pub fn go(path: &str) {
    navigate(path, false, true);
}

/// Opens an address in place of the present one.
pub fn replace(path: &str) {
    navigate(path, true, true);
}

/// Changes the query and stays where the page is scrolled.
pub fn go_query(path: &str) {
    navigate(path, false, false);
}

/// Changes the query in place of the present address.
pub fn replace_query(path: &str) {
    navigate(path, true, false);
}

/// The query of the address, as a signal.
pub fn query() -> Memo<Query> {
    let search = use_location().search;
    Memo::new(move |_| Query::parse(&search.get()))
}

/// The path of the address, as a signal.
pub fn path() -> Memo<String> {
    use_location().pathname
}
