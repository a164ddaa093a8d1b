//! Collection: complete, repeatable, resumable, and never half (U-20 to U-44, F-02 to F-26).

use cms_app::jobs::{Runner, StepOutcome};
use cms_app::regions::{self, UpdateUsage};
use cms_app::usage;
use persistence::PageRequest;
use region_simulator::FaultKind;
use serde_json::json;

use super::world::{FIRST, LAST, administrator, code, day, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_collected_range_holds_exactly_what_the_stamp_reported_u25() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(
            (job.state.as_str(), &job.reason),
            ("succeeded", &None),
            "{}: {job:?}",
            world.database.name
        );
        let truth = world.stamp.truth(day(FIRST), day("2026-10-05"));
        assert!(truth.hourly_rows > 60, "several pages a day");
        assert_eq!(u64::try_from(world.state().await.len()).unwrap(), truth.hourly_rows);
        assert_eq!(
            world.sums().await,
            world.truth(FIRST, "2026-10-05"),
            "every quantity, digit by digit"
        );
        assert_eq!(job.result["added"], json!(truth.hourly_rows));
        let details = regions::read(&world.app, &administrator(), id).await.unwrap();
        assert_eq!(details.usage.rows, truth.hourly_rows);
        assert_eq!(details.usage.first_reported_on.as_deref(), Some(FIRST));
        assert_eq!(details.unmapped.len(), 2, "nobody has registered the subscriptions");
        assert_eq!(details.health.identifier(), "healthy");
        let page = PageRequest::first(10, "reported_on");
        let windows = regions::read_health(&world.app, &administrator(), id, None, None, &page)
            .await
            .unwrap();
        assert_eq!(windows.items.len(), 3);
        assert!(
            windows
                .items
                .iter()
                .all(|window| window.in_force && window.read_at.is_some())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn collecting_the_same_again_writes_no_row_u33() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.update(id, FIRST, LAST).await;
        let (state, writes) = (world.state().await, world.writes().await);
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(job.state, "succeeded", "{}", world.database.name);
        assert_eq!(job.result["unchanged"], json!(state.len()));
        assert_eq!((&job.result["added"], &job.result["changed"]), (&json!(0), &json!(0)));
        assert_eq!(world.state().await, state);
        assert_eq!(world.writes().await, writes, "no row was written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_rows_empty_pages_and_failing_answers_leave_the_same_rows() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let faults = world.stamp.faults();
        faults.add(FaultKind::RepeatedRows, 1, 1);
        faults.add(FaultKind::EmptyPage, 0, 1);
        faults.add(FaultKind::TokenExpired, 5, 1);
        faults.add(
            FaultKind::Status {
                status: 503,
                retry_after: Some("0".into()),
            },
            6,
            1,
        );
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(job.state, "succeeded", "{}: {job:?}", world.database.name);
        assert_ne!(job.result["duplicate_rows"], json!(0));
        assert_eq!(world.sums().await, world.truth(FIRST, "2026-10-05"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_between_two_pages_is_taken_over_and_doubles_nothing_r12() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.queue(id, FIRST, LAST).await;
        // The third page makes the run wait, so that it dies with pages stored and others not.
        world.stamp.faults().add(
            FaultKind::Status {
                status: 503,
                retry_after: Some("500".into()),
            },
            2,
            1,
        );
        let app = world.app.clone();
        let dying = tokio::spawn(async move { Runner::new(app).step().await });
        while world.state().await.len() < 40 {
            tokio::task::yield_now().await;
        }
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        assert_eq!(
            Runner::new(world.app.clone()).step().await.unwrap(),
            StepOutcome::Idle,
            "the lease still holds"
        );
        let details = regions::read(&world.app, &administrator(), id).await.unwrap();
        assert_eq!(details.usage.rows, 0, "nothing of an unread window counts (U-25)");
        world
            .database
            .execute("UPDATE job SET lease_until = 0 WHERE state = 'running'")
            .await;
        let served = world.stamp.requests_served();
        let outcome = Runner::new(world.app.clone()).step().await.unwrap();
        assert!(
            matches!(outcome, StepOutcome::Ended { state: "succeeded", .. }),
            "{}: {outcome:?}",
            world.database.name
        );
        let job = world.newest_job().await;
        assert_eq!(job.attempt, 2);
        assert_eq!(world.sums().await, world.truth(FIRST, "2026-10-05"));
        assert_eq!(
            job.result["duplicate_rows"],
            json!(0),
            "the stored pages were not read again"
        );
        let pages = job.result["pages"].as_u64().unwrap();
        assert!(
            world.stamp.requests_served() - served < pages,
            "it went on at the resume point"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_is_replaced_and_kept_in_the_history_u33() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.update(id, FIRST, FIRST).await;
        let state = world.state().await;
        let one = "(SELECT MIN(id) FROM usage_record)";
        world
            .database
            .execute(&format!("UPDATE usage_record SET quantity = '999' WHERE id = {one}"))
            .await;
        let job = world.update(id, FIRST, FIRST).await;
        assert_eq!(
            (&job.result["changed"], &job.result["added"]),
            (&json!(1), &json!(0)),
            "{}",
            world.database.name
        );
        assert_eq!(world.state().await, state);
        let history = world
            .database
            .texts("SELECT change || ' ' || quantity FROM usage_history")
            .await;
        assert_eq!(history, ["changed 999"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_with_fewer_rows_is_held_back_and_the_next_full_one_ends_that_u37() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.update(id, FIRST, FIRST).await;
        let state = world.state().await;
        world.stamp.faults().add(FaultKind::FewerRows { count: 1 }, 0, 1);
        let job = world.update(id, FIRST, FIRST).await;
        assert_eq!(job.state, "completed_with_errors", "{}", world.database.name);
        assert_eq!(world.state().await, state, "the stored rows stay");
        let held = "SELECT reported_on FROM usage_window WHERE held_back = 1";
        assert_eq!(world.database.texts(held).await, [FIRST]);
        let alerts = "SELECT kind FROM alert WHERE state = 'open' AND kind = 'usage_window_shrunk'";
        assert_eq!(world.database.texts(alerts).await.len(), 1);
        world.update(id, FIRST, FIRST).await;
        assert!(world.database.texts(held).await.is_empty());
        assert!(
            world.database.texts(alerts).await.is_empty(),
            "the alert closes with its cause (U-82)"
        );
        assert_eq!(world.state().await, state);
    }
}

fn row(quantity: &str, start: &str, meter: &str) -> String {
    let instance = json!({"Microsoft.Resources": {"resourceUri": "/subscriptions/x/resourceGroups/g/providers/P/t/n"}});
    format!(
        r#"{{"properties":{{"subscriptionId":"5E8D2F10-0000-4000-8000-000000000001","usageStartTime":"{start}","usageEndTime":"2026-10-02T09:00:00+00:00","instanceData":{},"quantity":{quantity},"meterId":"{meter}"}}}}"#,
        json!(instance.to_string())
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_billed_are_kept_aside_with_their_reason_u44() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let start = "2026-10-02T08:00:00+00:00";
        let bad = [
            (row("-1", start, "m"), "quantity_negative"),
            (row("\"NaN\"", start, "m"), "quantity_invalid"),
            (row("1e308", start, "m"), "quantity_out_of_range"),
            (row("1", "2026-10-02T09:30:00+00:00", "m"), "usage_time_invalid"),
            (row("1", "2026-10-02T08:00:00", "m"), "usage_time_invalid"),
            (row("1", start, ""), "meter_invalid"),
        ];
        for ((row, _), after) in bad.iter().zip(0..) {
            world
                .stamp
                .faults()
                .add(FaultKind::ExtraRow { row: row.clone() }, after, 1);
        }
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(
            job.result["quarantined"],
            json!(bad.len()),
            "{}: {job:?}",
            world.database.name
        );
        assert_eq!(
            world.sums().await,
            world.truth(FIRST, "2026-10-05"),
            "the rest is stored"
        );
        let list = usage::list_quarantine(&world.app, &administrator(), Some(id), &PageRequest::first(50, "id"))
            .await
            .unwrap();
        let mut reasons: Vec<_> = list.items.iter().map(|row| row.reason.as_str()).collect();
        let mut expected: Vec<_> = bad.iter().map(|(_, reason)| *reason).collect();
        reasons.sort_unstable();
        expected.sort_unstable();
        assert_eq!(reasons, expected);
        world.update(id, FIRST, LAST).await;
        let list = usage::list_quarantine(&world.app, &administrator(), None, &PageRequest::first(50, "id"))
            .await
            .unwrap();
        assert_eq!(list.total, Some(0), "a reading without them replaces them (U-45)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn different_quantities_of_one_key_are_added_up_in_ascending_order_u32() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let start = "2026-10-02T08:00:00+00:00";
        for (quantity, after) in [("3", 0), ("1", 1), ("2", 2), ("1", 3)] {
            world.stamp.faults().add(
                FaultKind::ExtraRow {
                    row: row(quantity, start, "odd-meter"),
                },
                after,
                1,
            );
        }
        let job = world.update(id, FIRST, FIRST).await;
        assert_eq!(
            (&job.result["repeated_keys"], &job.result["duplicate_rows"]),
            (&json!(1), &json!(1)),
            "{job:?}"
        );
        let stored =
            "SELECT ordinal || ' ' || quantity FROM usage_record WHERE meter_id = 'odd-meter' ORDER BY ordinal";
        assert_eq!(
            world.database.texts(stored).await,
            ["1 1", "2 2", "3 3"],
            "{}",
            world.database.name
        );
        // Read again in another order, with one quantity changed.
        for (quantity, after) in [("2", 0), ("4", 1), ("3", 2)] {
            world.stamp.faults().add(
                FaultKind::ExtraRow {
                    row: row(quantity, start, "odd-meter"),
                },
                after,
                1,
            );
        }
        let job = world.update(id, FIRST, FIRST).await;
        assert_eq!(job.state, "succeeded", "{job:?}");
        assert_eq!(world.database.texts(stored).await, ["1 2", "2 3", "3 4"]);
        assert!(
            world
                .database
                .texts("SELECT quantity FROM usage_staged")
                .await
                .is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_usage_fail_the_run_clearly_and_leave_nothing_in_force() {
    for world in worlds().await {
        let id = world.ready_region().await;
        for (fault, told) in [
            (FaultKind::Html, "usage service"),
            (FaultKind::ForeignNextLink, "another host"),
            (FaultKind::RoleGone, "role Reader"),
            (FaultKind::Redirect, "redirect"),
            (FaultKind::Loop, "circle"),
        ] {
            world.stamp.faults().add(fault, 1, 100);
            let job = world.update(id, FIRST, FIRST).await;
            let message = job.message.clone().unwrap_or_default();
            assert_eq!(
                (job.state.as_str(), job.reason.as_deref()),
                ("failed", Some("source_error")),
                "{job:?}"
            );
            assert!(
                message.starts_with(FIRST) && message.contains(told),
                "{told}: {message}"
            );
            world.stamp.faults().set(Vec::new());
            let details = regions::read(&world.app, &administrator(), id).await.unwrap();
            assert_eq!(
                (details.usage.rows, details.region.last_error.as_deref()),
                (0, Some(message.as_str()))
            );
        }
        let details = regions::read(&world.app, &administrator(), id).await.unwrap();
        assert_eq!(
            details.health.identifier(),
            "unhealthy",
            "three failures in a row (U-75)"
        );
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(job.state, "succeeded", "{}", world.database.name);
        assert_eq!(
            world.sums().await,
            world.truth(FIRST, "2026-10-05"),
            "the run converges when the fault ends (R-23)"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_not_ready_stays_unread_u26() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.stamp.faults().add(FaultKind::NotYet, 0, 1);
        let job = world.update(id, FIRST, LAST).await;
        assert_eq!(job.state, "completed_with_errors", "{}: {job:?}", world.database.name);
        assert!(world.state().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identical_request_joins_and_a_wrong_range_is_refused_u24() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let by = administrator();
        let input = |first: &str, last: &str| UpdateUsage {
            first_on: first.into(),
            last_on: last.into(),
        };
        let first = regions::update_usage(&world.app, &by, id, &input(FIRST, LAST))
            .await
            .unwrap();
        let again = regions::update_usage(&world.app, &by, id, &input(FIRST, LAST))
            .await
            .unwrap();
        assert_eq!(
            (again.job_id, first.joined, again.joined),
            (first.job_id, false, true),
            "{}",
            world.database.name
        );
        assert_eq!(
            code(regions::update_usage(&world.app, &by, id, &input(LAST, FIRST)).await),
            "range_reversed"
        );
        let future = regions::update_usage(&world.app, &by, id, &input("2026-11-22", "2026-11-30")).await;
        assert_eq!(code(future), "range_in_future");
        let cut = regions::update_usage(&world.app, &by, id, &input("2026-11-20", "2026-11-30"))
            .await
            .unwrap();
        assert_eq!((cut.notices, cut.last_on), (vec!["range_cut"], day("2026-11-21")));
    }
}
