//! The frame of every page: path, navigation, banners, and who is signed in.

mod account;
mod alerts;
mod palette;
mod scope;

use crate::api::{self, ApiError};
use crate::forms::step_up::step_up;
use crate::pages;
use crate::paths::{Kind, Place, sign_in_and_return};
use crate::state::State;
use crate::ui::{Look, button, nav, skeleton};
use account::{account, theme_switch};
use alerts::alerts;
use api_types::session::{SessionView, SetupState};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;
use palette::palette;
use scope::{keep_branch, scope};
use wasm_bindgen::JsCast;

/// Puts the app into the document.
pub fn mount() {
    let place = document()
        .get_element_by_id("app")
        .and_then(|element| element.dyn_into().ok());
    if let Some(place) = place {
        mount_to(place, App).forget();
    }
}

/// The root: one route for everything, read by [`Place::parse`].
#[component]
fn App() -> impl IntoView {
    provide_context(State::start());
    view! {
        <Router>
            <FlatRoutes fallback=|| ()>
                <Route path=path!("/*any") view=shell />
            </FlatRoutes>
        </Router>
    }
}

/// What the shell shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Waiting,
    Bare,
    Framed,
}

fn is_public(place: Place) -> bool {
    matches!(
        place,
        Place::SignIn | Place::Setup | Place::Activation | Place::ResetPassword | Place::ConfirmEmail
    )
}

fn shell() -> AnyView {
    nav::install();
    let state = expect_context::<State>();
    let path = nav::path();
    let place = Memo::new(move |_| Place::parse(&path.get()));
    ask_who(state);
    go_to_sign_in(state, place);
    reconnect(state);
    keep_branch(state);
    warn_before_unload(state);
    let mode = Memo::new(move |_| {
        if is_public(place.get()) {
            Mode::Bare
        } else if state.session.with(Option::is_some) {
            Mode::Framed
        } else {
            Mode::Waiting
        }
    });
    let content = move || match mode.get() {
        Mode::Waiting => view! { <main id="main" class="bare">{skeleton()}</main> }.into_any(),
        Mode::Bare => view! { <main id="main" class="bare">{move || pages::page(place.get())}</main> }.into_any(),
        Mode::Framed => frame(state, place),
    };
    view! {
        <div class="app" on:click=move |event| keep_unsaved(state, &event)>
            <a class="skip" href="#main" rel="external">"Skip to content"</a>
            {move || (!state.online.get()).then(lost)}
            {content}
            {step_up(state)}
            <div class="hidden-text" role="status" aria-live="polite">{move || state.announcement.get()}</div>
        </div>
    }
    .into_any()
}

/// Asks the server who is signed in; an installation without an administrator goes to set-up.
fn ask_who(state: State) {
    spawn_local(async move {
        loop {
            match api::get::<SessionView>("/session").await {
                Ok(view) => state.take(Some(view)),
                Err(ApiError::Offline) => {
                    TimeoutFuture::new(3000).await;
                    continue;
                }
                Err(_) => {
                    if api::get::<SetupState>("/setup").await.is_ok_and(|setup| setup.open) {
                        nav::replace(&Place::Setup.path());
                    }
                }
            }
            state.asked.set(true);
            return;
        }
    });
}

/// Whoever is signed out signs in and comes back to the same place.
fn go_to_sign_in(state: State, place: Memo<Place>) {
    let search = nav::query();
    let path = nav::path();
    Effect::new(move |_| {
        let out = state.asked.get() && state.session.with(Option::is_none);
        if out && !is_public(place.get()) {
            let here = search.with_untracked(|query| query.on(&path.get_untracked()));
            nav::replace(&sign_in_and_return(&here));
        }
    });
}

/// Tries again every five seconds while the connection is lost.
fn reconnect(state: State) {
    Effect::new(move |_| {
        if !state.online.get() {
            spawn_local(async move {
                while !state.online.get_untracked() {
                    TimeoutFuture::new(5000).await;
                    try_connection().await;
                }
            });
        }
    });
}

async fn try_connection() {
    // Any answer shows that the server is back; the client notes it.
    drop(api::get::<SessionView>("/session").await);
}

fn lost() -> AnyView {
    view! {
        <div class="banner bad lost" role="alert">
            <p>"The connection to the server is lost. It is tried again every five seconds."</p>
            {button("Retry", Look::Plain, || spawn_local(try_connection()))}
        </div>
    }
    .into_any()
}

fn warn_before_unload(state: State) {
    let handle = window_event_listener(ev::beforeunload, move |event| {
        if state.dirty.get_untracked() {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Leaving unsaved work asks first.
fn keep_unsaved(state: State, event: &web_sys::MouseEvent) {
    if !state.dirty.get_untracked() {
        return;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]:not([rel=external])").ok().flatten());
    if link.is_none() {
        return;
    }
    let leave = window().confirm_with_message("Leave without saving?").unwrap_or(true);
    if leave {
        state.dirty.set(false);
    } else {
        event.prevent_default();
    }
}

fn frame(state: State, place: Memo<Place>) -> AnyView {
    let folded = RwSignal::new(true);
    let path = nav::path();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        folded.set(true);
        if before.as_ref().is_some_and(|before| *before != now) {
            state.dirty.set(false);
            focus_content();
        }
        now
    });
    view! {
        <header class="top">
            <button
                type="button"
                class="button quiet menu"
                aria-expanded=move || (!folded.get()).to_string()
                aria-controls="navigation"
                on:click=move |_| folded.update(|folded| *folded = !*folded)
            >
                "Menu"
            </button>
            <a class="brand" href="/">"CMS"</a>
            {scope(state)}
            <div class="actions">{palette()} {theme_switch()} {alerts(state)} {account(state)}</div>
        </header>
        <div class="body">
            <nav id="navigation" class="side" class:folded=move || folded.get() aria-label="Main">
                {navigation(state, place)}
            </nav>
            <main id="main" tabindex="-1">{move || few_codes(state)} {move || pages::page(place.get())}</main>
        </div>
    }
    .into_any()
}

/// Below three recovery codes it is said on every page (I-33).
fn few_codes(state: State) -> Option<AnyView> {
    let left = state
        .session
        .with(|session| session.as_ref().and_then(|view| view.recovery_codes_left))?;
    (left < 3).then(|| {
        let sentence = format!("Recovery codes left: {left}. Make new ones before you need them.");
        view! { <div class="banner warn"><p>{sentence}</p><a href=Place::Profile.path()>"Profile"</a></div> }.into_any()
    })
}

/// A new page takes the focus, so that it is read out and the next Tab starts there.
fn focus_content() {
    request_animation_frame(|| {
        let main = document().get_element_by_id("main");
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            // The page scrolls on its own account.
            let _ = main.focus();
        }
    });
}

/// The menus of the how-to, word for word; an entry appears only when the role may use it.
fn navigation(state: State, place: Memo<Place>) -> AnyView {
    let link = |label: &'static str, target: Place| state.can(target.operation()).then(|| entry(label, target, place));
    let billing = link("Invoices", Place::Invoices)
        .map(|invoices| view! { <li><span>"Billing"</span><ul>{invoices}</ul></li> }.into_any());
    let explorer = view! { <li><a href="/api/explorer/" rel="external">"API explorer"</a></li> }.into_any();
    vec![
        menu("", vec![link("Dashboard", Place::Dashboard)]),
        menu(
            "Relationships",
            vec![
                link("Distributors", Place::Entities(Kind::Distributor)),
                link("Partners", Place::Entities(Kind::Partner)),
                link("Tenants", Place::Entities(Kind::Tenant)),
            ],
        ),
        menu(
            "Administration",
            vec![
                link("Regions", Place::Regions),
                link("Subscriptions", Place::Subscriptions),
                link("Pricing", Place::PriceLists),
                billing,
                link("Usage", Place::UsageRecords),
                link("Jobs", Place::Jobs),
                link("System Settings", Place::Settings),
                link("Audit", Place::Audit),
            ],
        ),
        menu(
            "Settings",
            vec![
                link("Users", Place::Users),
                link("Service Accounts", Place::ServiceAccounts),
                link("Profile", Place::Profile),
            ],
        ),
        menu("Help", vec![link("Permissions", Place::Permissions), Some(explorer)]),
    ]
    .into_any()
}

/// One menu; without entries it is not there.
fn menu(title: &'static str, entries: Vec<Option<AnyView>>) -> AnyView {
    let entries: Vec<AnyView> = entries.into_iter().flatten().collect();
    if entries.is_empty() {
        return ().into_any();
    }
    let heading = (!title.is_empty()).then(|| view! { <h2>{title}</h2> });
    view! { {heading} <ul>{entries}</ul> }.into_any()
}

fn entry(label: &'static str, target: Place, place: Memo<Place>) -> AnyView {
    let prefix = target.path();
    let path = nav::path();
    let current = move || {
        let here = place.get() == target;
        let below =
            prefix.len() > 1 && path.with(|path| path.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with('/')));
        if here {
            Some("page")
        } else if below {
            Some("true")
        } else {
            None
        }
    };
    view! { <li><a href=target.path() aria-current=current>{label}</a></li> }.into_any()
}
