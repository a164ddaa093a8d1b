//! One user: what the account is, its form, and the acts on its credentials.

use super::common::{Deletion, delete};
use super::history;
use super::users::state_of;
use crate::api::{self, Loader, load};
use crate::format;
use crate::forms::user_edit::user_edit;
use crate::paths::Place;
use crate::state;
use crate::ui::{
    Form, Look, back, badge, button, button_link, confirm, fact, facts, head, instant, note, section, show, stack,
    text, text_or_dash,
};
use api_types::user::UserView;
use leptos::prelude::*;
use serde_json::json;
use uuid::Uuid;

/// The page.
pub fn page(id: Uuid) -> AnyView {
    let loader = load::<UserView>(move || format!("/users/{id}"));
    let frame = Form::new("user");
    let said = RwSignal::new("");
    let notice = move || (!said.get().is_empty()).then(|| note("good", said.get()));
    stack(vec![
        back("Users", Place::Users.path()),
        show(loader, move |user| content(frame, user, loader, said)),
        view! { <div role="status">{notice}</div> }.into_any(),
    ])
}

fn content(frame: Form, user: &UserView, loader: Loader<UserView>, said: RwSignal<&'static str>) -> AnyView {
    let own = state::user().is_some_and(|me| me.id == user.id);
    let edits = !own && state::can("user.update");
    let mut actions = vec![];
    if !own && state::can("user.delete") {
        actions.push(deletion(user));
    }
    if own {
        actions.push(button_link("Profile", Look::Plain, Place::Profile.path()));
    }
    let name = format!("{} {}", user.first_name, user.last_name);
    let mut parts = vec![head(name, text(&user.email_address), actions), key_facts(user, !edits)];
    if own {
        parts.push(note(
            "info",
            "This is your own account. Names, address, password and authenticator are changed under Profile; another \
             administrator changes the rest.",
        ));
    }
    if edits {
        let done = Callback::new(move |user: UserView| {
            said.set("");
            loader.set(user);
        });
        parts.push(user_edit(frame, user, done));
        parts.push(section("Sign-in", acts(user, loader, said)));
    }
    parts.push(history::history("user", user.id));
    stack(parts)
}

fn key_facts(user: &UserView, all: bool) -> AnyView {
    let yes = |value: bool| text(if value { "Yes" } else { "No" });
    let scope = user.anchor.as_ref().map_or("Platform", |anchor| anchor.name.as_str());
    let mut items = vec![
        fact("State", badge(state_of(user))),
        fact("User Role", text(&format::title(&user.role))),
        fact("Scope", text(scope)),
        fact(
            "Authenticator",
            text(if user.mfa_enrolled { "Registered" } else { "None" }),
        ),
    ];
    if all {
        items.extend([
            fact("Phone Number", text_or_dash(user.phone_number.as_deref())),
            fact("MFA Required", yes(user.mfa_required)),
            fact("Federated Only", yes(user.federated_only)),
            fact("Disabled", yes(user.disabled)),
            fact("Locked Out", yes(user.locked_out)),
        ]);
    }
    items.push(fact("Added", instant(Some(&user.created_at))));
    facts(items)
}

fn deletion(user: &UserView) -> AnyView {
    delete(Deletion {
        id: "delete",
        title: format!("Delete user {} {}", user.first_name, user.last_name),
        consequences: [
            "Name, address, credentials and sessions are erased at once. This cannot be undone.",
            "The audit log keeps an entry without personal data.",
            "The address can be used for a new user.",
        ]
        .map(str::to_owned)
        .to_vec(),
        name: user.email_address.clone(),
        address: format!("/users/{}", user.id),
        etag: None,
        after: Place::Users.path(),
    })
}

/// An act on the credentials: button, sentence, question.
struct Act {
    operation: &'static str,
    label: &'static str,
    path: &'static str,
    sentence: &'static str,
    done: &'static str,
}

const RESET_MFA: Act = Act {
    operation: "user.reset_mfa",
    label: "Reset MFA",
    path: "reset-mfa",
    sentence: "Discards the authenticator and the recovery codes and signs the user out. The user registers again at the \
               next sign-in with a code sent by mail.",
    done: "The authenticator is discarded",
};

const PASSWORD_RESET: Act = Act {
    operation: "user.send_password_reset",
    label: "Send Password Reset",
    path: "send-password-reset",
    sentence: "Sends a link that sets a new password and is valid for one hour. The present password works until then.",
    done: "The link is on its way",
};

const ACTIVATION: Act = Act {
    operation: "user.resend_activation",
    label: "Send Activation Again",
    path: "resend-activation",
    sentence: "Sends a new invitation. The link and the code sent before stop working.",
    done: "The invitation is on its way",
};

const SIGN_OUT: Act = Act {
    operation: "user.revoke_sessions",
    label: "Sign Out Everywhere",
    path: "revoke-sessions",
    sentence: "Ends every session of this user at once. The user may sign in again.",
    done: "Every session is ended",
};

/// The acts that make sense in the present state.
fn acts(user: &UserView, loader: Loader<UserView>, said: RwSignal<&'static str>) -> AnyView {
    let invited = user.state == "invited";
    let all = [
        (ACTIVATION, invited),
        (PASSWORD_RESET, !invited && !user.federated_only && !user.disabled),
        (RESET_MFA, user.mfa_required),
        (SIGN_OUT, !invited),
    ];
    let rows = all
        .into_iter()
        .filter(|(act, fits)| *fits && state::can(act.operation))
        .map(|(act, _)| act_row(act, user.id, loader, said))
        .collect::<Vec<_>>();
    view! { <div class="acts">{rows}</div> }.into_any()
}

fn act_row(act: Act, id: Uuid, loader: Loader<UserView>, said: RwSignal<&'static str>) -> AnyView {
    let open = RwSignal::new(false);
    let form = Form::new(act.path);
    let send = move || {
        let path = format!("/users/{id}/{}", act.path);
        form.run(
            async move { api::post::<_, UserView>(&path, &json!({})).await },
            move |user| {
                open.try_set(false);
                said.try_set(act.done);
                loader.set(user);
            },
        );
    };
    view! {
        <div class="act">
            {button(act.label, Look::Plain, move || open.set(true))}
            <p class="muted">{act.sentence}</p>
            {confirm(open, act.label, act.label, Look::Primary, form, move || text(act.sentence), send)}
        </div>
    }
    .into_any()
}
