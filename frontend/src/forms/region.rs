//! Create a region, or edit its details and schedule.

use crate::api;
use crate::forms::connection::{ConnectionDraft, connection_fields};
use crate::forms::entity::group;
use crate::pages::common::{given, held, optional};
use crate::ui::{Field, Form, Input, field, form, options};
use api_types::region::{RegionInput, RegionUpdate, RegionView};
use leptos::prelude::*;

/// The texts being edited.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    details: RwSignal<String>,
    time_zone: RwSignal<String>,
    start: RwSignal<String>,
    end: RwSignal<String>,
    lookback: RwSignal<String>,
    granularity: RwSignal<String>,
    enabled: RwSignal<String>,
}

impl Draft {
    /// The defaults of U-2 when there is no region yet.
    fn of(region: Option<&RegionView>) -> Self {
        let own =
            |pick: fn(&RegionView) -> String, default: &str| held(region.map_or_else(|| default.to_owned(), pick));
        Self {
            name: own(|region| region.name.clone(), ""),
            details: own(|region| region.details.clone(), ""),
            time_zone: own(|region| region.time_zone.clone(), "UTC"),
            start: own(|region| region.run_window_start.clone(), "01:00"),
            end: own(|region| region.run_window_end.clone(), "06:00"),
            lookback: own(|region| region.lookback_days.to_string(), "3"),
            granularity: own(|region| region.granularity.clone(), "hourly"),
            enabled: own(|region| region.enabled.to_string(), "false"),
        }
    }

    fn lookback(self, frame: Form) -> Option<i64> {
        let days = given(self.lookback).parse().ok().filter(|days| (1..=31).contains(days));
        if days.is_none() {
            frame.refuse("/lookback_days", "Enter a whole number of days, 1 to 31.");
        }
        days
    }
}

fn identity(frame: Form, draft: Draft) -> Vec<AnyView> {
    vec![
        field(frame, Field::new("Region Name", "/name").required(), draft.name),
        field(
            frame,
            Field::new("Details", "/details").input(Input::Area),
            draft.details,
        ),
    ]
}

fn schedule(frame: Form, draft: Draft) -> Vec<AnyView> {
    let granularities = options(&[("hourly", "Hourly"), ("daily", "Daily")]);
    vec![
        field(
            frame,
            Field::new("Default Time Zone", "/time_zone")
                .required()
                .help("IANA name, for example Europe/Zurich."),
            draft.time_zone,
        ),
        field(
            frame,
            Field::new("Collection Window Start", "/run_window_start")
                .of("time")
                .required(),
            draft.start,
        ),
        field(
            frame,
            Field::new("Collection Window End", "/run_window_end")
                .of("time")
                .required(),
            draft.end,
        ),
        field(
            frame,
            Field::new("Look-back", "/lookback_days")
                .of("number")
                .unit("days")
                .required()
                .help("Reported days every run reads again."),
            draft.lookback,
        ),
        field(
            frame,
            Field::new("Granularity", "/granularity")
                .required()
                .input(granularities),
            draft.granularity,
        ),
    ]
}

/// The form that adds a region.
pub fn create_form(done: Callback<RegionView>) -> AnyView {
    let frame = Form::new("region");
    let draft = Draft::of(None);
    let connection = ConnectionDraft::of(None);
    let groups = vec![
        group("Region", identity(frame, draft)),
        group(
            "Endpoints and Credentials",
            connection_fields(frame, connection, "/connection", false),
        ),
        group("Schedule", schedule(frame, draft)),
    ];
    form(frame, "Save", groups, vec![], move || {
        let Some(lookback) = draft.lookback(frame) else {
            return;
        };
        let body = RegionInput {
            name: given(draft.name),
            details: optional(draft.details),
            connection: connection.input(),
            time_zone: optional(draft.time_zone),
            run_window_start: optional(draft.start),
            run_window_end: optional(draft.end),
            lookback_days: Some(lookback),
            granularity: optional(draft.granularity),
        };
        frame.run(async move { api::post("/regions", &body).await }, move |region| {
            done.run(region);
        });
    })
}

/// The form that edits details and schedule.
pub fn update_form(frame: Form, region: &RegionView, done: Callback<RegionView>) -> AnyView {
    let draft = Draft::of(Some(region));
    let (id, etag) = (region.id, region.etag.clone());
    let ready = region.state == "ready";
    let help = if ready {
        "Scheduled collection runs in the window."
    } else {
        "Can be on only when the connection test has passed."
    };
    let enabled = Field::new("Enabled", "/enabled")
        .input(Input::Switch)
        .off(!ready)
        .help(help);
    let mut second = schedule(frame, draft);
    second.push(field(frame, enabled, draft.enabled));
    let groups = vec![group("Region", identity(frame, draft)), group("Schedule", second)];
    form(frame, "Save", groups, vec![], move || {
        let Some(lookback_days) = draft.lookback(frame) else {
            return;
        };
        let body = RegionUpdate {
            name: given(draft.name),
            details: given(draft.details),
            time_zone: given(draft.time_zone),
            run_window_start: given(draft.start),
            run_window_end: given(draft.end),
            lookback_days,
            granularity: given(draft.granularity),
            enabled: given(draft.enabled) == "true",
        };
        let etag = etag.clone();
        frame.run(
            async move { api::put(&format!("/regions/{id}"), &etag, &body).await },
            move |region| done.run(region),
        );
    })
}

/// The form that replaces endpoints and credentials.
pub fn connection_form(frame: Form, region: &RegionView, done: Callback<RegionView>) -> AnyView {
    let draft = ConnectionDraft::of(Some(region));
    let (id, etag) = (region.id, region.etag.clone());
    let groups = vec![group(
        "Endpoints and Credentials",
        connection_fields(frame, draft, "", region.credential_set),
    )];
    form(frame, "Save", groups, vec![], move || {
        let (body, etag) = (draft.input(), etag.clone());
        frame.run(
            async move { api::put(&format!("/regions/{id}/connection"), &etag, &body).await },
            move |region| done.run(region),
        );
    })
}
