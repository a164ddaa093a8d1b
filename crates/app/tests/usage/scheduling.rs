//! Scheduled collection: once a day and region, again after a failure (U-21, R-54).

use cms_app::jobs::{Runner, StepOutcome, queue_due};
use cms_app::regions::{self, RegionInput};

use super::world::{administrator, instant, region_input, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_collected_once_in_its_window_and_again_half_an_hour_after_a_failure_u21() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.clock.set(instant("2026-11-22T00:30:00Z"));
        assert_eq!(queue_due(&world.app).await.unwrap(), 0, "the region is not enabled");
        let version = regions::read(&world.app, &administrator(), id)
            .await
            .unwrap()
            .region
            .version;
        let input = RegionInput {
            time_zone: Some("Europe/Zurich".into()),
            enabled: true,
            ..region_input("zrh1")
        };
        regions::update(&world.app, &administrator(), id, version, &input)
            .await
            .unwrap();
        assert_eq!(queue_due(&world.app).await.unwrap(), 1, "{}", world.database.name);
        assert_eq!(queue_due(&world.app).await.unwrap(), 0, "one occurrence, one job");
        world.stamp.faults().add(region_simulator::FaultKind::Html, 0, 1);
        let outcome = Runner::new(world.app.clone()).step().await.unwrap();
        assert!(
            matches!(outcome, StepOutcome::Ended { state: "failed", .. }),
            "{outcome:?}"
        );
        assert_eq!(queue_due(&world.app).await.unwrap(), 0, "half an hour has not passed");
        world
            .database
            .execute("UPDATE job SET finished_at = finished_at - 1800000000")
            .await;
        assert_eq!(queue_due(&world.app).await.unwrap(), 1);
        let outcome = Runner::new(world.app.clone()).step().await.unwrap();
        assert!(
            matches!(outcome, StepOutcome::Ended { state: "succeeded", .. }),
            "{outcome:?}"
        );
        world
            .database
            .execute("UPDATE job SET finished_at = finished_at - 1800000000")
            .await;
        assert_eq!(queue_due(&world.app).await.unwrap(), 0, "the day is done");
        let days = world
            .database
            .texts("SELECT reported_on FROM usage_window WHERE read_at IS NOT NULL ORDER BY 1")
            .await;
        assert_eq!(
            days,
            ["2026-11-19", "2026-11-20", "2026-11-21"],
            "from the first usage day to yesterday (U-22, U-23)"
        );
        world.clock.set(instant("2026-11-23T00:30:00Z"));
        assert_eq!(queue_due(&world.app).await.unwrap(), 1, "the next day has its own");
    }
}
