//! One labelled control: label above, help below, the error beside it.

use super::form::{Form, whole};
use super::picker::{Ask, picker};
use crate::api::{Load, Named, load};
use crate::state;
use api_types::Page;
use leptos::prelude::*;

/// Values and labels of a choice.
pub type Options = Signal<Vec<(String, String)>>;

/// How a value is entered.
#[derive(Clone, Copy)]
pub enum Input {
    /// An `input` of this type.
    Of(&'static str),
    /// Several lines.
    Area,
    /// One of a list.
    Select(Options),
    /// One record of the list at this address of the API, found by name.
    Lookup(Signal<String>),
    /// On (`true`) or off.
    Switch,
}

/// Description of a field.
#[derive(Clone)]
pub struct Field {
    label: String,
    pointer: String,
    help: String,
    required: bool,
    off: bool,
    unit: &'static str,
    complete: &'static str,
    input: Input,
}

impl Field {
    /// A line of text that belongs to `pointer` of the request.
    pub fn new(label: &str, pointer: &str) -> Self {
        Self {
            label: label.to_owned(),
            pointer: pointer.to_owned(),
            help: String::new(),
            required: false,
            off: false,
            unit: "",
            complete: "off",
            input: Input::Of("text"),
        }
    }

    /// Must be filled in.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Cannot be changed when `off`.
    pub fn off(mut self, off: bool) -> Self {
        self.off = off;
        self
    }

    /// A sentence below the control.
    pub fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut self.help);
        self
    }

    /// The unit beside the control.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// What the browser may fill in.
    pub fn complete(mut self, complete: &'static str) -> Self {
        self.complete = complete;
        self
    }

    /// How the value is entered.
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// An `input` of this type.
    pub fn of(self, kind: &'static str) -> Self {
        self.input(Input::Of(kind))
    }
}

/// Fixed options.
pub fn options(pairs: &[(&str, &str)]) -> Input {
    let pairs = pairs
        .iter()
        .map(|(value, label)| ((*value).to_owned(), (*label).to_owned()))
        .collect::<Vec<_>>();
    Input::Select(Signal::stored(pairs))
}

/// One record of a list of the API that does not change.
pub fn lookup(list: &'static str) -> Input {
    Input::Lookup(Signal::stored(list.to_owned()))
}

/// Options read from a list of the API, after an empty first one.
pub fn remote_options(address: impl Fn() -> String + 'static, none: &'static str) -> Options {
    let loader = load::<Page<Named>>(address);
    Signal::derive(move || {
        let mut pairs = vec![(String::new(), none.to_owned())];
        loader.state.with(|state| {
            if let Load::Ready(page) = state {
                pairs.extend(page.items.iter().map(|item| (item.id.clone(), item.name.clone())));
            }
        });
        pairs
    })
}

/// The field.
pub fn field(form: Form, spec: Field, value: RwSignal<String>) -> AnyView {
    let id = form.field_id(&spec.pointer);
    let pointer = spec.pointer.clone();
    let wrong = Signal::derive(move || {
        form.error.with(|error| {
            let fields = error.as_ref()?.fields();
            fields
                .iter()
                .find(|field| whole(&field.pointer) == pointer)
                .map(|field| field.detail.clone())
        })
    });
    let described = format!("{id}-help");
    let about = if spec.help.is_empty() {
        None
    } else {
        Some(described.clone())
    };
    let control = control(&spec, id.clone(), about, value, wrong);
    let help = spec.help.clone();
    let unit = spec.unit;
    let switch = matches!(spec.input, Input::Switch);
    view! {
        <div class=if switch { "field switch" } else { "field" }>
            <label for=id>
                {spec.label}
                {(!spec.required && !switch && !spec.off).then(|| view! { <span class="muted">" (optional)"</span> })}
            </label>
            <div class="control">
                {control}
                {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
            </div>
            {(!help.is_empty()).then(|| view! { <p class="help" id=described>{help}</p> })}
            {move || wrong.get().map(|sentence| view! { <p class="wrong">{sentence}</p> })}
        </div>
    }
    .into_any()
}

fn control(
    spec: &Field,
    id: String,
    about: Option<String>,
    value: RwSignal<String>,
    wrong: Signal<Option<String>>,
) -> AnyView {
    let invalid = move || wrong.with(Option::is_some).then_some("true");
    let (required, off) = (spec.required, spec.off);
    let write = move |text: String| value.set(text);
    match spec.input {
        Input::Of(kind) => view! {
            <input
                id=id
                type=kind
                autocomplete=spec.complete
                required=required
                disabled=off
                aria-invalid=invalid
                aria-describedby=about
                prop:value=move || value.get()
                on:input=move |event| write(event_target_value(&event))
            />
        }
        .into_any(),
        Input::Area => view! {
            <textarea
                id=id
                rows="4"
                required=required
                disabled=off
                aria-invalid=invalid
                aria-describedby=about
                prop:value=move || value.get()
                on:input=move |event| write(event_target_value(&event))
            ></textarea>
        }
        .into_any(),
        Input::Select(pairs) => view! {
            <select
                id=id
                required=required
                disabled=off
                aria-invalid=invalid
                aria-describedby=about
                on:change=move |event| write(event_target_value(&event))
            >
                {move || choices(pairs, value)}
            </select>
        }
        .into_any(),
        Input::Lookup(address) => picker(Ask {
            id,
            address,
            value: value.into(),
            choose: Callback::new(move |id: String| {
                state::set_dirty(true);
                value.set(id);
            }),
            none: "Select …",
            about,
            required,
            off,
            wrong: Signal::derive(move || wrong.with(Option::is_some)),
        }),
        Input::Switch => view! {
            <input
                id=id
                type="checkbox"
                role="switch"
                disabled=off
                aria-describedby=about
                prop:checked=move || value.with(|value| value == "true")
                on:change=move |event| write(event_target_checked(&event).to_string())
            />
        }
        .into_any(),
    }
}

fn choices(pairs: Options, value: RwSignal<String>) -> Vec<AnyView> {
    pairs
        .get()
        .into_iter()
        .map(|(key, label)| {
            let mine = key.clone();
            let chosen = move || value.with(|value| *value == mine);
            view! { <option value=key prop:selected=chosen>{label}</option> }.into_any()
        })
        .collect()
}
