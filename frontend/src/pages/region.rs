//! One region: facts, usage, coverage of reported days, schedule, endpoints and credentials.

mod connection_test;

use super::common::{Deletion, delete, given, held};
use super::history;
use crate::api::{self, Loader, errors, load};
use crate::format;
use crate::forms::region::{connection_form, create_form, update_form};
use crate::paths::Place;
use crate::query::Query;
use crate::state;
use crate::ui::{
    Column, Field, Filter, FilterInput, Form, List, Look, back, badge, button, date, dialog, empty, fact, facts, field,
    form, head, instant, job, link, list, nav, note, section, show, show_more, stack, table, tabs, text, text_or_dash,
};
use api_types::region::{RegionView, UnmappedView, UpdateUsage, UpdateUsageStarted, WindowView};
use connection_test::ConnectionTesting;
use leptos::prelude::*;
use uuid::Uuid;

/// The page that adds one.
pub fn create() -> AnyView {
    let done = Callback::new(|region: RegionView| nav::go(&Place::Region(region.id).path()));
    stack(vec![
        back("Regions", Place::Regions.path()),
        head(
            "Create region",
            text("Test the connection on the region's page afterwards."),
            vec![],
        ),
        create_form(done),
    ])
}

/// What outlives a reading of the region.
#[derive(Clone, Copy)]
struct Shown {
    loader: Loader<RegionView>,
    test: ConnectionTesting,
    started: RwSignal<Option<UpdateUsageStarted>>,
    asking: RwSignal<bool>,
    query: Memo<Query>,
}

/// The page of one.
pub fn page(id: Uuid) -> AnyView {
    let shown = Shown {
        loader: load(move || format!("/regions/{id}")),
        test: ConnectionTesting::new(),
        started: RwSignal::new(None),
        asking: RwSignal::new(false),
        query: nav::query(),
    };
    stack(vec![
        back("Regions", Place::Regions.path()),
        show(shown.loader, move |region| top(region, shown)),
        update_dialog(id, shown),
        running(shown),
        shown.test.result(id, shown.loader),
        region_tabs(id, shown),
    ])
}

fn top(region: &RegionView, shown: Shown) -> AnyView {
    let id = region.id;
    let mut actions = vec![];
    if state::can("region.update_usage") {
        actions.push(button("Update Usage", Look::Primary, move || {
            shown.asking.set(true);
        }));
    }
    if state::can("region.test_connection") {
        actions.push(shown.test.button(id, shown.loader));
    }
    if state::can("region.delete") {
        actions.push(delete(Deletion {
            id: "delete",
            title: format!("Delete region {}", region.name),
            consequences: vec![
                "Its credentials are destroyed and no more usage is collected.".to_owned(),
                "The region is archived with its usage; issued invoices stay as they are.".to_owned(),
                "It is refused while it has subscriptions, usage that is not invoiced, or a running job.".to_owned(),
            ],
            name: region.name.clone(),
            address: format!("/regions/{id}"),
            etag: Some(region.etag.clone()),
            after: Place::Regions.path(),
        }));
    }
    let items = vec![
        fact("State", badge(&region.state)),
        fact("Health", badge(&region.health)),
        fact("Scheduled collection", text(if region.enabled { "On" } else { "Off" })),
        fact("Last run", instant(region.last_run_at.as_deref())),
        fact("Last success", instant(region.last_success_at.as_deref())),
        fact("Usage rows", text(&format::count(region.usage_rows))),
        fact("Reported days", text(&days(region))),
    ];
    let wrong = region
        .last_error
        .as_ref()
        .map(|error| note("warn", format!("The newest failed run said: {error}")));
    stack(vec![
        head(region.name.clone(), text(&region.details), actions),
        facts(items),
        wrong.into_any(),
    ])
}

fn days(region: &RegionView) -> String {
    match (&region.first_reported_on, &region.last_reported_on) {
        (Some(first), Some(last)) => format!("{} to {}", format::date(first), format::date(last)),
        _ => String::new(),
    }
}

/// Update Usage: the range of reported days, by default the last complete month up to today.
fn update_dialog(id: Uuid, shown: Shown) -> AnyView {
    let frame = Form::new("update-usage");
    let first = held(format::month_days(&format::shift_month(&state::this_month(), -1)).0);
    let last = held(state::today());
    dialog(shown.asking, "Update Usage", move || {
        let fields = vec![
            field(frame, Field::new("First day", "/first_on").of("date").required(), first),
            field(
                frame,
                Field::new("Last day", "/last_on")
                    .of("date")
                    .required()
                    .help("Inclusive. Days are UTC days of reported time."),
                last,
            ),
        ];
        let cancel = button("Cancel", Look::Plain, move || shown.asking.set(false));
        form(frame, "Update Usage", fields, vec![cancel], move || {
            let body = UpdateUsage {
                first_on: given(first),
                last_on: given(last),
            };
            if body.last_on < body.first_on {
                frame.refuse("/last_on", "The last day is before the first.");
                return;
            }
            frame.run(
                async move { api::post(&format!("/regions/{id}/update-usage"), &body).await },
                move |started: UpdateUsageStarted| {
                    state::announce("Update Usage started");
                    shown.started.try_set(Some(started));
                    shown.asking.try_set(false);
                },
            );
        })
    })
}

fn running(shown: Shown) -> AnyView {
    (move || {
        shown.started.get().map(|started| {
            let mut lines = started
                .notices
                .iter()
                .map(|code| errors::notice(code))
                .collect::<Vec<_>>();
            if started.joined {
                lines.push(errors::notice("joined"));
            }
            let lines = lines.into_iter().map(|line| note("info", line)).collect::<Vec<_>>();
            let ended = Callback::new(move |_| shown.loader.reload());
            stack(vec![lines.into_any(), job::job_card(started.job_id, Some(ended))])
        })
    })
    .into_any()
}

fn region_tabs(id: Uuid, shown: Shown) -> AnyView {
    let name = |key: &str, label: &str| (key.to_owned(), label.to_owned());
    let mut names = vec![name("parked", "Parked usage")];
    if state::can("region.read_health") {
        names.push(name("coverage", "Coverage"));
    }
    if state::can("region.update") {
        names.push(name("details", "Details"));
    }
    names.push(name("connection", "Endpoints and Credentials"));
    if history::is_shown() {
        names.push(name("history", "History"));
    }
    let (details_frame, connection_frame) = (Form::new("region"), Form::new("connection"));
    let tab = Memo::new(move |_| shown.query.with(|query| query.get("tab").to_owned()));
    let content = move || match tab.get().as_str() {
        "coverage" => untrack(|| coverage(id)),
        "details" => show_more(shown.loader, move |region| {
            update_form(
                details_frame,
                region,
                Callback::new(move |region| shown.loader.set(region)),
            )
        }),
        "history" => untrack(|| history::entries("region", id)),
        "connection" => show_more(shown.loader, move |region| connection(region, connection_frame, shown)),
        _ => show_more(shown.loader, parked),
    };
    stack(vec![tabs("Region", "tab", names, shown.query), content.into_any()])
}

fn connection(region: &RegionView, frame: Form, shown: Shown) -> AnyView {
    if state::can("region.set_connection") {
        return connection_form(frame, region, Callback::new(move |region| shown.loader.set(region)));
    }
    facts(vec![
        fact("Admin Endpoint", text(&region.admin_endpoint)),
        fact("Tenant Endpoint", text_or_dash(region.tenant_endpoint.as_deref())),
        fact("Identity system", text_or_dash(region.identity_system.as_deref())),
        fact("Directory", text_or_dash(region.directory.as_deref())),
        fact("Login Endpoint", text_or_dash(region.login_endpoint.as_deref())),
        fact("Client Id", text_or_dash(region.client_id.as_deref())),
        fact("Credential", text(if region.credential_set { "Stored" } else { "" })),
    ])
}

/// Coverage of reported days.
fn coverage(id: Uuid) -> AnyView {
    let spec = List {
        address: format!("/regions/{id}/health"),
        fixed: vec![],
        search: false,
        columns: vec![
            Column::new("Reported day"),
            Column::new("State"),
            Column::new("Rows").number(),
            Column::new("Added").number(),
            Column::new("Changed").number(),
            Column::new("Removed").number(),
            Column::new("Unchanged").number(),
            Column::new("Quarantined").number(),
            Column::new("Read"),
        ],
        filters: vec![
            Filter {
                name: "first_on",
                label: "First day",
                input: FilterInput::Date,
            },
            Filter {
                name: "last_on",
                label: "Last day",
                input: FilterInput::Date,
            },
        ],
        noun: ("reported day", "reported days"),
        empty: "No reported day has been read. Update Usage reads them.",
        next_step: None,
    };
    list::<WindowView>(spec, |window| {
        let figure = |value: u64| text(&format::count(value));
        vec![
            date(Some(&window.reported_on)),
            badge(&window.state),
            figure(window.rows),
            figure(window.added),
            figure(window.changed),
            figure(window.removed),
            figure(window.unchanged),
            figure(window.quarantined),
            instant(window.read_at.as_deref()),
        ]
    })
    .1
}

/// Usage that is stored but cannot be billed as it is.
fn parked(region: &RegionView) -> AnyView {
    let unmapped = if region.unmapped.is_empty() {
        empty("Every platform subscription with usage is registered.", None)
    } else {
        unmapped_table(region)
    };
    let unpriced = if region.unpriced_meters.is_empty() {
        empty("Every meter with usage has a price.", None)
    } else {
        let names = region
            .unpriced_meters
            .iter()
            .map(|name| view! { <li><bdi>{name.clone()}</bdi></li> }.into_any())
            .collect::<Vec<_>>();
        view! { <ul class="plain">{names}</ul> }.into_any()
    };
    let aside = if region.quarantined_rows == 0 {
        empty("No rows are in quarantine.", None)
    } else {
        let count = format::counted(region.quarantined_rows, "row is", "rows are");
        let href = Query::default()
            .with("region_id", &region.id.to_string())
            .on(&Place::Quarantine.path());
        let more = state::can("usage.list_quarantine").then(|| link("Show the rows", href));
        view! { <p>{format!("{count} in quarantine. ")}{more}</p> }.into_any()
    };
    stack(vec![
        section("Unmapped", unmapped),
        section("Meters without a price", unpriced),
        section("Quarantine", aside),
    ])
}

fn unmapped_table(region: &RegionView) -> AnyView {
    let columns = [
        Column::new("Platform subscription"),
        Column::new("Rows").number(),
        Column::new("First usage"),
        Column::new("Last usage"),
        Column::new("Next step"),
    ];
    let id = region.id;
    let row = |parked: &UnmappedView| {
        let href = Query::default()
            .with("region_id", &id.to_string())
            .with("platform_subscription_id", &parked.platform_subscription_id.to_string())
            .on(&Place::SubscriptionCreate.path());
        let register = if state::can("subscription.create") {
            link("Register", href)
        } else {
            text("")
        };
        vec![
            text(&parked.platform_subscription_id.to_string()),
            text(&format::count(parked.rows)),
            instant(parked.first_usage_at.as_deref()),
            instant(parked.last_usage_at.as_deref()),
            register,
        ]
    };
    table("unmapped usage", &columns, region.unmapped.iter().map(row).collect())
}
