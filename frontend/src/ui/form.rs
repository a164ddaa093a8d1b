//! Forms: what was refused, whether it is being sent, and the frame around the fields.

use super::basic::failure;
use crate::api::ApiError;
use crate::state;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// State of one form.
#[derive(Clone, Copy)]
pub struct Form {
    /// Start of the ids of its fields.
    pub id: &'static str,
    /// What was refused at the last try.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether it is being sent.
    pub busy: RwSignal<bool>,
    /// Whether what is shown is what is stored since the last Save.
    pub saved: RwSignal<bool>,
}

impl Form {
    /// An untouched form.
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            saved: RwSignal::new(false),
        }
    }

    /// Id of the control of a field; an entry of a list that is one field belongs to the list.
    pub fn field_id(self, pointer: &str) -> String {
        format!("{}{}", self.id, whole(pointer).replace(['/', '.'], "-"))
    }

    /// Notes a refusal made in the browser.
    pub fn refuse(self, pointer: &str, sentence: &str) {
        self.error.set(Some(ApiError::field(pointer, sentence)));
    }

    /// Sends something once; shows a refusal; calls `done` with the answer.
    pub fn run<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        self.saved.set(false);
        spawn_local(async move {
            let answer = call.await;
            self.busy.try_set(false);
            match answer {
                Ok(value) => {
                    state::set_dirty(false);
                    self.saved.try_set(true);
                    done(value);
                }
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }
}

/// The pointer without the number of an entry at its end.
pub fn whole(pointer: &str) -> &str {
    match pointer.rsplit_once('/') {
        Some((list, entry)) if !entry.is_empty() && entry.bytes().all(|byte| byte.is_ascii_digit()) => list,
        _ => pointer,
    }
}

/// The frame: fields, refusals with links to the fields, and the buttons.
pub fn form(
    form: Form,
    save: &'static str,
    fields: Vec<AnyView>,
    others: Vec<AnyView>,
    submit: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let submit = Callback::new(move |()| submit());
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
            on:input=move |_| {
                state::set_dirty(true);
                form.saved.set(false);
            }
        >
            {move || form.error.with(|error| error.as_ref().map(|error| refusal(form, error)))}
            {fields}
            <div class="actions bar">
                <button type="submit" class="button primary" disabled=move || form.busy.get()>
                    {move || if form.busy.get() { format!("{save} …") } else { save.to_owned() }}
                </button>
                {others}
                <span role="status" class="muted">{move || form.saved.get().then_some("Saved.")}</span>
            </div>
        </form>
    }
    .into_any()
}

/// The sentence, and a link to each wrong field.
fn refusal(form: Form, error: &ApiError) -> AnyView {
    let links = error
        .fields()
        .iter()
        .map(|field| {
            let href = format!("#{}", form.field_id(&field.pointer));
            view! { <li><a href=href rel="external">{field.detail.clone()}</a></li> }.into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <div>
            {failure(error, None)}
            {(!links.is_empty()).then(|| view! { <ul class="wrong">{links}</ul> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_a_list_belongs_to_the_field_of_the_list() {
        assert_eq!(whole("/profile/billing_contacts/3"), "/profile/billing_contacts");
        assert_eq!(whole("/tiers/0/rate"), "/tiers/0/rate");
        assert_eq!(whole("/name"), "/name");
    }
}
