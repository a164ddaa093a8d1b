//! Import of files without manifest (U-93, S-65).

use cms_app::usage::{BadRow, ImportFile, import};
use serde_json::json;

use super::world::{World, administrator, code, worlds};

fn row(start: &str, quantity: &str) -> String {
    let instance = json!({"Microsoft.Resources": {"resourceUri": "/subscriptions/x/resourceGroups/g/providers/P/t/n"}});
    format!(
        r#"{{"properties":{{"subscriptionId":"5e8d2f10-0000-4000-8000-000000000001","usageStartTime":"{start}","usageEndTime":"2026-10-03T09:00:00+00:00","instanceData":{},"quantity":{quantity},"meterId":"vm-hours"}}}}"#,
        json!(instance.to_string())
    )
}

fn file(name: &str, content: impl Into<String>) -> ImportFile {
    ImportFile {
        name: name.into(),
        content: content.into().into_bytes(),
    }
}

async fn stored(world: &World) -> Vec<String> {
    let sql = "SELECT w.reported_on || ' ' || r.quantity FROM usage_record r JOIN usage_window w ON w.id = r.window_id \
               WHERE w.in_force = 1 ORDER BY 1";
    world.database.texts(sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_merged_by_the_day_of_use_and_nothing_is_removed_u93() {
    for world in worlds().await {
        world.region("zrh1", "s").await;
        let by = administrator();
        let page = |rows: &[String]| format!(r#"{{"value":[{}],"nextLink":null}}"#, rows.join(","));
        let first = page(&[
            row("2026-10-02T08:00:00+00:00", "1"),
            row("2026-10-03T08:00:00+00:00", "2"),
        ]);
        let summary = import(&world.app, &by, "zrh1", vec![file("a.json", first.clone())])
            .await
            .unwrap();
        assert_eq!(
            (summary.rows, summary.added, summary.days),
            (2, 2, 2),
            "{}: {summary:?}",
            world.database.name
        );
        let again = import(&world.app, &by, "zrh1", vec![file("a.json", first)])
            .await
            .unwrap();
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2));
        let bare = format!(
            "[{},{}]",
            row("2026-10-02T08:00:00Z", "1.5"),
            row("2026-10-02T07:00:00Z", "4")
        );
        let third = import(&world.app, &by, "zrh1", vec![file("b.json", bare)])
            .await
            .unwrap();
        assert_eq!((third.added, third.changed, third.unchanged), (1, 1, 0));
        assert_eq!(stored(&world).await, ["2026-10-02 1.5", "2026-10-02 4", "2026-10-03 2"]);
        let read = "SELECT reported_on FROM usage_window WHERE read_at IS NOT NULL";
        assert!(world.database.texts(read).await.is_empty(), "an import is no reading");
        let history = world.database.texts("SELECT quantity FROM usage_history").await;
        assert_eq!(history, ["1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_named_by_file_and_row_and_the_others_are_stored_s65() {
    for world in worlds().await {
        world.region("zrh1", "s").await;
        let rows = [
            row("2026-10-02T08:00:00Z", "1"),
            row("2026-10-02T07:00:00Z", "-1"),
            row("yesterday", "1"),
            row("2999-10-02T08:00:00Z", "1"),
            "7".to_owned(),
        ];
        let content = format!("[{}]", rows.join(","));
        let summary = import(&world.app, &administrator(), "zrh1", vec![file("bad.json", content)])
            .await
            .unwrap();
        assert_eq!(
            (summary.rows, summary.added, summary.quarantined, summary.refused),
            (5, 1, 1, 3),
            "{summary:?}"
        );
        let mut bad: Vec<_> = summary
            .bad_rows
            .iter()
            .map(|BadRow { row, reason, .. }| (*row, reason.as_str()))
            .collect();
        bad.sort_unstable();
        let expected = [
            (2, "quantity_negative"),
            (3, "usage_time_invalid"),
            (4, "usage_time_future"),
            (5, "instance_data_invalid"),
        ];
        assert_eq!(bad, expected, "{}", world.database.name);
        assert!(summary.bad_rows.iter().all(|bad| bad.file == "bad.json"));
        assert_eq!(stored(&world).await, ["2026-10-02 1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_usage_refuses_all_files_and_stores_nothing() {
    for world in worlds().await {
        world.region("zrh1", "s").await;
        let good = format!("[{}]", row("2026-10-02T08:00:00Z", "1"));
        for content in ["<html></html>", "{\"value\": 1}", "[{\"properties\":", ""] {
            let files = vec![file("good.json", good.clone()), file("other.json", content)];
            let result = import(&world.app, &administrator(), "zrh1", files).await;
            if content.is_empty() {
                assert_eq!(result.unwrap().rows, 1, "an empty file holds no rows");
            } else {
                assert_eq!(code(result), "usage_document_invalid", "{content}");
                assert!(stored(&world).await.is_empty(), "{}", world.database.name);
            }
        }
        assert_eq!(
            code(import(&world.app, &administrator(), "nowhere", Vec::new()).await),
            "not_found"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_waits_for_nobody_it_is_refused_while_a_job_works_on_the_region_u62() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.queue(id, "2026-10-02", "2026-10-02").await;
        let tx = world.app.store().begin().await.unwrap();
        tx.jobs().claim("other", 600, 6).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let content = format!("[{}]", row("2026-10-02T08:00:00Z", "1"));
        let refused = import(&world.app, &administrator(), "zrh1", vec![file("a.json", content)]).await;
        assert_eq!(code(refused), "job_running", "{}", world.database.name);
        assert!(stored(&world).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_replaces_what_was_imported_for_its_day() {
    for world in worlds().await {
        let id = world.ready_region().await;
        let content = format!("[{}]", row("2026-10-02T08:00:00Z", "1"));
        import(&world.app, &administrator(), "zrh1", vec![file("a.json", content)])
            .await
            .unwrap();
        let job = world.update(id, "2026-10-02", "2026-10-02").await;
        assert_eq!(
            (job.state.as_str(), job.result["removed"].as_u64()),
            ("succeeded", Some(1)),
            "{job:?}"
        );
        assert_eq!(
            world.sums().await,
            world.truth("2026-10-02", "2026-10-03"),
            "{}",
            world.database.name
        );
    }
}
