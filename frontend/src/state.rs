//! What the whole app knows: who is signed in, whether the server answers, whether a form has unsaved work.

use crate::branch::Branch;
use crate::format;
use api_types::profile::ProfileView;
use api_types::session::{SessionUser, SessionView};
use leptos::prelude::*;
use std::cell::Cell;

thread_local! {
    static STATE: Cell<Option<State>> = const { Cell::new(None) };
}

/// Signals that live as long as the app.
#[derive(Clone, Copy)]
pub struct State {
    /// Who is signed in; `None` until known and after sign-out. [`State::take`] changes it.
    pub session: RwSignal<Option<SessionView>>,
    /// Whether the question who is signed in has been answered.
    pub asked: RwSignal<bool>,
    /// Whether the last call reached the server.
    pub online: RwSignal<bool>,
    /// Whether a form has unsaved work.
    pub dirty: RwSignal<bool>,
    /// Read out by screen readers.
    pub announcement: RwSignal<String>,
    /// The branch lists are narrowed to.
    pub branch: RwSignal<Option<Branch>>,
    /// Whether a request waits for a fresh proof of identity.
    pub proving: RwSignal<bool>,
    /// Grows when an alert was changed.
    pub alerts: RwSignal<u32>,
}

impl State {
    /// Makes the state; called once, by the root component.
    pub fn start() -> Self {
        let state = Self {
            session: RwSignal::new(None),
            asked: RwSignal::new(false),
            online: RwSignal::new(true),
            dirty: RwSignal::new(false),
            announcement: RwSignal::new(String::new()),
            branch: RwSignal::new(None),
            proving: RwSignal::new(false),
            alerts: RwSignal::new(0),
        };
        STATE.with(|cell| cell.set(Some(state)));
        state
    }

    /// Takes who is signed in, or that nobody is. How they read figures and instants comes first, so that whatever is
    /// drawn because of the session is drawn their way.
    pub fn take(self, session: Option<SessionView>) {
        let user = session.as_ref().map(|view| &view.user);
        format::show_for(
            user.and_then(|user| user.locale.as_deref()),
            user.and_then(|user| user.time_zone.as_deref()),
        );
        self.session.try_set(session);
    }

    /// Whether the signed-in role may do this (the server decides; this only hides what it would refuse).
    pub fn can(self, operation: &str) -> bool {
        operation.is_empty()
            || self.session.with_untracked(|session| {
                session
                    .as_ref()
                    .is_some_and(|view| view.operations.iter().any(|known| known == operation))
            })
    }
}

/// An alert was changed: they are counted again.
pub fn alerts_changed() {
    with(|state| state.alerts.update(|count| *count = count.wrapping_add(1)));
}

fn with(action: impl FnOnce(State)) {
    if let Some(state) = STATE.with(Cell::get) {
        action(state);
    }
}

/// Whether the signed-in role may do this.
pub fn can(operation: &str) -> bool {
    STATE.with(Cell::get).is_some_and(|state| state.can(operation))
}

/// Notes whether the last call reached the server.
pub fn set_online(online: bool) {
    with(|state| {
        if state.online.try_get_untracked() != Some(online) {
            state.online.try_set(online);
        }
    });
}

/// Forgets the session; the shell then goes to sign-in.
pub fn signed_out() {
    with(|state| {
        state.dirty.try_set(false);
        state.asked.try_set(true);
        state.branch.try_set(None);
        state.take(None);
    });
}

/// Says something to screen readers.
pub fn announce(text: impl Into<String>) {
    let text = text.into();
    with(|state| {
        state.announcement.try_set(text);
    });
}

/// Whether a form has unsaved work; follows it.
pub fn is_dirty() -> bool {
    STATE.with(Cell::get).is_some_and(|state| state.dirty.get())
}

/// Notes whether a form has unsaved work.
pub fn set_dirty(dirty: bool) {
    with(|state| {
        if state.dirty.try_get_untracked() != Some(dirty) {
            state.dirty.try_set(dirty);
        }
    });
}

/// Whether a form has unsaved work at this moment.
pub fn was_dirty() -> bool {
    STATE
        .with(Cell::get)
        .is_some_and(|state| state.dirty.try_get_untracked() == Some(true))
}

/// Opens or closes the question for a fresh proof of identity.
pub fn set_proving(proving: bool) {
    with(|state| {
        if state.proving.try_get_untracked() != Some(proving) {
            state.proving.try_set(proving);
        }
    });
}

/// Takes a session: after sign-in, after a proof, after an activation.
pub fn signed_in(view: SessionView) {
    with(|state| {
        state.take(Some(view));
        state.asked.try_set(true);
    });
}

/// Takes what the signed-in user changed about themselves.
pub fn changed(profile: &ProfileView) {
    with(|state| {
        let Some(Some(mut view)) = state.session.try_get_untracked() else {
            return;
        };
        let user = &mut view.user;
        profile.first_name.clone_into(&mut user.first_name);
        profile.last_name.clone_into(&mut user.last_name);
        profile.locale.clone_into(&mut user.locale);
        profile.time_zone.clone_into(&mut user.time_zone);
        state.take(Some(view));
    });
}

/// The signed-in user.
pub fn user() -> Option<SessionUser> {
    let state = STATE.with(Cell::get)?;
    state
        .session
        .with_untracked(|session| session.as_ref().map(|view| view.user.clone()))
}

/// Currency offered first in new records.
pub fn default_currency() -> String {
    STATE
        .with(Cell::get)
        .and_then(|state| {
            state
                .session
                .with_untracked(|session| session.as_ref().map(|view| view.flags.default_currency.clone()))
        })
        .unwrap_or_default()
}

/// Now, as the browser's clock says, RFC 3339 in UTC.
pub fn now() -> String {
    String::from(js_sys::Date::new_0().to_iso_string())
}

/// The current month in UTC.
pub fn this_month() -> String {
    now().get(..7).unwrap_or_default().to_owned()
}

/// Today in UTC.
pub fn today() -> String {
    now().get(..10).unwrap_or_default().to_owned()
}
