//! The path at the top: the own scope, and the branch below it that lists are narrowed to.

use crate::api::{self, Named};
use crate::branch::{Branch, PARAMETER};
use crate::paths::Kind;
use crate::query::Query;
use crate::state::{self, State};
use crate::ui::{Field, Form, Look, button, dialog, field, form, lookup, nav};
use api_types::organisation::PartnerView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// One level of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    name: String,
    branch: Option<Branch>,
}

/// Keeps the branch in the address: a link that does not name one does not leave it.
pub fn keep_branch(state: State) {
    let (query, path) = (nav::query(), nav::path());
    Effect::new(move |_| {
        path.track();
        let named = query.with(|query| query.get(PARAMETER).to_owned());
        if let Some(branch) = Branch::parse(&named) {
            if state.branch.get_untracked() != Some(branch) {
                state.branch.set(Some(branch));
            }
        } else if let Some(branch) = state.branch.get_untracked()
            && state.session.with_untracked(Option::is_some)
        {
            let there = query.with_untracked(|query| query.with(PARAMETER, &branch.write()));
            nav::replace_query(&there.on(&path.get_untracked()));
        }
    });
}

/// Where the path stands; signals of the address, which handlers of events cannot ask for themselves.
#[derive(Clone, Copy)]
struct Here {
    state: State,
    query: Memo<Query>,
    path: Memo<String>,
}

impl Here {
    fn address(self, branch: Option<Branch>) -> String {
        let value = branch.map(Branch::write).unwrap_or_default();
        let there = self.query.get().with(PARAMETER, &value).with("cursor", "");
        there.on(&self.path.get())
    }

    /// Narrows every list, or stops doing so.
    fn choose(self, branch: Option<Branch>) {
        self.state.branch.set(branch);
        nav::go_query(&untrack(|| self.address(branch)));
    }
}

/// The path.
pub fn scope(state: State) -> AnyView {
    let here = Here {
        state,
        query: nav::query(),
        path: nav::path(),
    };
    let own = state::user()
        .and_then(|user| user.anchor)
        .map_or_else(|| "Platform".to_owned(), |anchor| anchor.name);
    let below = RwSignal::new(Vec::<Level>::new());
    Effect::new(move |_| match state.branch.get() {
        None => below.set(Vec::new()),
        Some(branch) => read_names(branch, below),
    });
    let opens = state::can("partner.list");
    let asking = RwSignal::new(false);
    let levels = move || {
        let last = below.with(Vec::len);
        let mut all = vec![level(here, own.clone(), None, last == 0)];
        for (index, one) in below.get().into_iter().enumerate() {
            all.push(view! { <span aria-hidden="true">"/"</span> }.into_any());
            all.push(level(here, one.name, one.branch, index.saturating_add(1) == last));
        }
        all
    };
    view! {
        <nav class="scope" aria-label="Scope">
            {levels}
            {opens.then(|| button("Narrow", Look::Quiet, move || asking.set(true)))}
        </nav>
        {dialog(asking, "Narrow every list", move || narrow(here, asking))}
    }
    .into_any()
}

/// A level is a link to itself, so it can be opened in another tab as well.
fn level(here: Here, name: String, branch: Option<Branch>, current: bool) -> AnyView {
    let href = move || here.address(branch);
    let click = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            event.stop_propagation();
            here.choose(branch);
        }
    };
    view! { <a href=href aria-current=current.then_some("true") on:click=click><bdi>{name}</bdi></a> }.into_any()
}

/// Reads the names of the levels from the own scope down to the branch.
fn read_names(branch: Branch, below: RwSignal<Vec<Level>>) {
    let own_level = state::user().map_or(0, |user| crate::forms::scope::level(&user.role));
    spawn_local(async move {
        let levels = match branch.kind {
            Kind::Partner => {
                let path = format!("/partners/{}", branch.id);
                api::get::<PartnerView>(&path).await.map(|partner| {
                    let distributor = Level {
                        name: partner.distributor.name,
                        branch: Some(Branch {
                            kind: Kind::Distributor,
                            id: partner.distributor.id,
                        }),
                    };
                    let mut levels = vec![];
                    if own_level == 0 {
                        levels.push(distributor);
                    }
                    levels.push(Level {
                        name: partner.name,
                        branch: Some(branch),
                    });
                    levels
                })
            }
            kind => {
                let path = format!("/{}/{}", kind.plural(), branch.id);
                api::get::<Named>(&path).await.map(|one| {
                    vec![Level {
                        name: one.name,
                        branch: Some(branch),
                    }]
                })
            }
        };
        // A branch that is not visible narrows to nothing; the path says so.
        let levels = levels.unwrap_or_else(|_| {
            vec![Level {
                name: "not in your scope".to_owned(),
                branch: Some(branch),
            }]
        });
        below.try_set(levels);
    });
}

fn narrow(here: Here, asking: RwSignal<bool>) -> AnyView {
    let frame = Form::new("narrow");
    let (distributor, partner) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let mut fields = vec![];
    if state::can("distributor.list") && state::user().is_some_and(|user| user.anchor.is_none()) {
        let spec = Field::new("Distributor", "/distributor").input(lookup("/distributors"));
        fields.push(field(frame, spec, distributor));
    }
    let spec = Field::new("Partner", "/partner").input(lookup("/partners"));
    fields.push(field(frame, spec, partner));
    let all = button("Show everything", Look::Plain, move || {
        asking.set(false);
        here.choose(None);
    });
    form(frame, "Narrow", fields, vec![all], move || {
        let of = |kind: Kind, text: RwSignal<String>| {
            let id = Uuid::parse_str(&text.get_untracked()).ok()?;
            Some(Branch { kind, id })
        };
        let chosen = of(Kind::Partner, partner).or_else(|| of(Kind::Distributor, distributor));
        state::set_dirty(false);
        asking.set(false);
        here.choose(chosen);
    })
}
