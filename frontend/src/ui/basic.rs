//! Small pieces: buttons, links, badges, banners, facts, page heads, tabs.

use super::nav;
use crate::api::{ApiError, Load, Loader};
use crate::format;
use leptos::prelude::*;

/// How loud a button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The main action of the page.
    Primary,
    /// Any other action.
    Plain,
    /// Takes something away.
    Danger,
    /// Looks like text; inside tables.
    Quiet,
}

impl Look {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// A button that does something.
pub fn button(label: impl Into<String>, look: Look, action: impl Fn() + Send + Sync + 'static) -> AnyView {
    pressed(
        label.into(),
        look,
        Callback::new(move |()| action()),
        Signal::stored(false),
    )
}

/// A button that can be off.
pub fn button_when(
    label: &str,
    look: Look,
    off: impl Fn() -> bool + Send + Sync + 'static,
    action: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    pressed(
        label.to_owned(),
        look,
        Callback::new(move |()| action()),
        Signal::derive(off),
    )
}

fn pressed(label: String, look: Look, action: Callback<()>, off: Signal<bool>) -> AnyView {
    view! {
        <button type="button" class=look.class() disabled=move || off.get() on:click=move |_| action.run(())>
            {label}
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
pub fn button_link(label: &str, look: Look, href: String) -> AnyView {
    view! { <a class=look.class() href=href>{label.to_owned()}</a> }.into_any()
}

/// A file to download.
pub fn download(label: &str, href: String) -> AnyView {
    view! { <a class="button" href=href download="" rel="external">{label.to_owned()}</a> }.into_any()
}

/// A link to another page; the text comes from people.
pub fn link(text: &str, href: String) -> AnyView {
    view! { <a href=href><bdi>{text.to_owned()}</bdi></a> }.into_any()
}

/// Text that comes from people; a dash when there is none.
pub fn text(value: &str) -> AnyView {
    if value.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    view! { <bdi>{value.to_owned()}</bdi> }.into_any()
}

/// Text that may be absent.
pub fn text_or_dash(value: Option<&str>) -> AnyView {
    text(value.unwrap_or_default())
}

/// An instant that may be absent.
pub fn instant(value: Option<&str>) -> AnyView {
    when(&value.map(format::instant).unwrap_or_default())
}

/// A date that may be absent.
pub fn date(value: Option<&str>) -> AnyView {
    when(&value.map(format::date).unwrap_or_default())
}

/// A moment, a day or a month, kept on one line.
pub fn when(shown: &str) -> AnyView {
    if shown.is_empty() {
        return text("");
    }
    view! { <span class="figure one-line">{shown.to_owned()}</span> }.into_any()
}

/// A quantity; all digits on hover.
pub fn quantity(exact: &str) -> AnyView {
    view! { <span class="figure" title=exact.to_owned()>{format::quantity(exact)}</span> }.into_any()
}

/// An amount of money.
pub fn money(value: &api_types::common::Money) -> AnyView {
    view! { <span class="figure">{format::money(value)}</span> }.into_any()
}

/// A state as text and shape, never colour alone.
pub fn badge(code: &str) -> AnyView {
    let (class, shape) = match code {
        "succeeded" | "ready" | "healthy" | "issued" | "paid" | "active" | "enabled" | "read" | "published"
        | "in_force" => ("badge good", "●"),
        "degraded"
        | "completed_with_errors"
        | "held_back"
        | "preview"
        | "invited"
        | "not_ready"
        | "stale"
        | "incomplete"
        | "draft"
        | "locked_out"
        | "warning" => ("badge warn", "▲"),
        "failed" | "unhealthy" | "blocked" | "disabled" | "void" | "critical" => ("badge bad", "■"),
        "running" | "reading" | "queued" => ("badge busy", "◐"),
        _ => ("badge", "○"),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{shape}</span>
            " "
            <span>{format::words(code)}</span>
        </span>
    }
    .into_any()
}

/// What went wrong, with the request id to copy and a way to try again.
pub fn failure(error: &ApiError, again: Option<Callback<()>>) -> AnyView {
    let request = error
        .request_id()
        .map(|id| view! { <p class="muted small">"Request "<code>{id.to_owned()}</code></p> }.into_any());
    let retry = again.map(|again| button("Retry", Look::Plain, move || again.run(())));
    view! {
        <div class="banner bad" role="alert">
            <div>
                <p>{error.sentence()}</p>
                {request}
            </div>
            {retry}
        </div>
    }
    .into_any()
}

/// Something to know, not an error.
pub fn note(class: &'static str, content: impl Into<String>) -> AnyView {
    view! { <p class=format!("banner {class}")>{content.into()}</p> }.into_any()
}

/// Grey bars that show after 150 ms.
pub fn skeleton() -> AnyView {
    view! {
        <div class="skeleton" aria-busy="true">
            <span class="hidden-text">"Loading"</span>
            <i></i><i></i><i></i><i></i>
        </div>
    }
    .into_any()
}

/// Why there is nothing, and the next step.
pub fn empty(sentence: impl Into<String>, action: Option<AnyView>) -> AnyView {
    view! { <div class="empty"><p>{sentence.into()}</p>{action}</div> }.into_any()
}

/// Shows what is loaded, or that it is not here yet, or why not.
pub fn show<T: Send + Sync + 'static>(
    loader: Loader<T>,
    view: impl Fn(&T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    (move || {
        loader.state.with(|state| match state {
            Load::Waiting => skeleton(),
            Load::Failed(error) if matches!(error.status(), 403 | 404) => refused(error.status()),
            Load::Failed(error) => failure(error, Some(Callback::new(move |()| loader.reload()))),
            Load::Ready(value) => untrack(|| view(value)),
        })
    })
    .into_any()
}

/// A further part of a page whose head already shows waiting and refusals.
pub fn show_more<T: Send + Sync + 'static>(
    loader: Loader<T>,
    view: impl Fn(&T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    (move || {
        loader.state.with(|state| match state {
            Load::Ready(value) => untrack(|| view(value)),
            _ => ().into_any(),
        })
    })
    .into_any()
}

/// The page for what cannot be seen.
pub fn refused(status: u16) -> AnyView {
    let (title, sentence) = if status == 403 {
        (
            "Not allowed",
            "Your role does not allow this page. Ask an administrator above you if you need it.",
        )
    } else {
        (
            "Not found",
            "Nothing with this address exists, or it is outside your scope.",
        )
    };
    view! {
        <div class="empty">
            <h1 tabindex="-1">{title}</h1>
            <p>{sentence}</p>
            <a class="button" href="/">"Go to Dashboard"</a>
        </div>
    }
    .into_any()
}

/// Title, one line about the page, and its actions.
pub fn head(title: impl Into<String>, lead: AnyView, actions: Vec<AnyView>) -> AnyView {
    let title = title.into();
    document().set_title(&format!("{title} · CMS"));
    view! {
        <header class="page-head">
            <div>
                <h1 tabindex="-1"><bdi>{title}</bdi></h1>
                <div class="lead">{lead}</div>
            </div>
            <div class="actions">{actions}</div>
        </header>
    }
    .into_any()
}

/// A way back above a page of one thing.
pub fn back(label: &str, href: String) -> AnyView {
    view! { <nav class="back" aria-label="Back"><a href=href>"‹ "{label.to_owned()}</a></nav> }.into_any()
}

/// One key fact.
pub fn fact(label: &str, value: AnyView) -> AnyView {
    view! { <div><dt>{label.to_owned()}</dt><dd>{value}</dd></div> }.into_any()
}

/// Key facts in a row.
pub fn facts(items: Vec<AnyView>) -> AnyView {
    view! { <dl class="facts">{items}</dl> }.into_any()
}

/// A titled part of a page.
pub fn section(title: &str, content: AnyView) -> AnyView {
    view! { <section class="section"><h2>{title.to_owned()}</h2>{content}</section> }.into_any()
}

/// Several views as one.
pub fn stack(views: Vec<AnyView>) -> AnyView {
    views.into_any()
}

/// Tabs kept in the address as `parameter`; the first is the one without it.
pub fn tabs(
    label: &str,
    parameter: &'static str,
    names: Vec<(String, String)>,
    query: Memo<crate::query::Query>,
) -> AnyView {
    let path = nav::path();
    let first = names.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let items = names
        .into_iter()
        .map(|(key, name)| {
            let value = if key == first { String::new() } else { key };
            let (here, target) = (value.clone(), value);
            let href = move || crate::query::Query::default().with(parameter, &target).on(&path.get());
            let current = move || (query.with(|query| query.get(parameter) == here)).then_some("page");
            view! { <li><a href=href aria-current=current>{name}</a></li> }.into_any()
        })
        .collect::<Vec<_>>();
    view! { <nav class="tabs" aria-label=label.to_owned()><ul>{items}</ul></nav> }.into_any()
}
