//! Jobs on both databases: claim, lease, fence, lock, join (R-50 to R-56, U-62).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use cms_persistence::job::{Claim, Claimed, Ending, JobFilter, NewJob};
use cms_persistence::{PageRequest, Store};
use domain::ids::JobId;
use domain::role::Anchor;
use domain::scope::Scope;
use serde_json::json;
use testkit::TestDatabase;
use uuid::Uuid;

const LEASE_S: i64 = 600;

async fn stores() -> Vec<(TestDatabase, Store)> {
    let mut opened = Vec::new();
    for database in testkit::databases().await {
        let store = Store::connect(&database.url).await.unwrap();
        store.migrate().await.unwrap();
        opened.push((database, store));
    }
    opened
}

fn job(title: &str) -> NewJob {
    NewJob {
        id: JobId::new(Uuid::now_v7()),
        kind: "usage_update",
        title: title.to_owned(),
        payload: json!({"first_on": "2026-10-01"}),
        business_key: None,
        lock_key: None,
        join_key: None,
        requested_by: None,
        tenant_id: None,
        region_id: None,
    }
}

async fn queue(store: &Store, job: &NewJob) -> bool {
    let tx = store.begin().await.unwrap();
    let queued = tx.jobs().insert(job).await.unwrap();
    tx.commit().await.unwrap();
    queued
}

async fn claim(store: &Store) -> Option<Claimed> {
    let tx = store.begin().await.unwrap();
    let claimed = tx.jobs().claim("worker", LEASE_S, 6).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn finish(store: &Store, claim: Claim) -> bool {
    let ending = Ending {
        state: "succeeded",
        reason: None,
        message: None,
        result: json!({"rows": 1}),
    };
    let tx = store.begin().await.unwrap();
    let finished = tx.jobs().finish(claim, &ending).await.unwrap();
    tx.commit().await.unwrap();
    finished
}

fn everything() -> Scope {
    Scope::of(Anchor::Platform)
}

#[tokio::test]
async fn a_job_is_claimed_once_and_ends_with_its_result() {
    for (database, store) in stores().await {
        let queued = job("one");
        assert!(queue(&store, &queued).await);
        let claimed = claim(&store).await.unwrap();
        assert_eq!(
            (claimed.claim.job_id, claimed.claim.fence, claimed.attempt),
            (queued.id, 1, 1)
        );
        assert_eq!(claimed.payload, queued.payload);
        assert_eq!(
            claim(&store).await,
            None,
            "{}: a running job is not claimed again",
            database.name
        );
        assert!(finish(&store, claimed.claim).await);
        let tx = store.read().await.unwrap();
        let stored = tx.jobs().find(everything(), None, queued.id).await.unwrap().unwrap();
        assert_eq!(
            (stored.state.as_str(), stored.result),
            ("succeeded", json!({"rows": 1}))
        );
        assert!(stored.started_at.is_some() && stored.finished_at.is_some());
        assert!(!tx.jobs().is_any_due().await.unwrap());
    }
}

#[tokio::test]
async fn an_expired_lease_is_taken_over_and_the_old_claim_writes_nothing_r52() {
    for (database, store) in stores().await {
        queue(&store, &job("taken over")).await;
        let old = claim(&store).await.unwrap();
        database.execute("UPDATE job SET lease_until = 0").await;
        let tx = store.begin().await.unwrap();
        assert!(
            !tx.jobs().fence(old.claim).await.unwrap(),
            "an expired lease proves nothing"
        );
        assert_eq!(tx.jobs().heartbeat(old.claim, LEASE_S, 6).await.unwrap(), None);
        drop(tx);
        let new = claim(&store).await.unwrap();
        assert_eq!((new.claim.fence, new.attempt), (old.claim.fence + 1, 2));
        let tx = store.begin().await.unwrap();
        assert!(!tx.jobs().fence(old.claim).await.unwrap());
        assert!(tx.jobs().fence(new.claim).await.unwrap());
        drop(tx);
        assert!(!finish(&store, old.claim).await, "{}", database.name);
        assert!(finish(&store, new.claim).await);
        let tx = store.begin().await.unwrap();
        assert!(
            !tx.jobs().fence(new.claim).await.unwrap(),
            "an ended job accepts no writes"
        );
    }
}

#[tokio::test]
async fn jobs_with_the_same_lock_run_one_after_the_other_in_order_of_arrival_u62() {
    for (_database, store) in stores().await {
        let locked = |title: &str, key: &str| NewJob {
            lock_key: Some(key.to_owned()),
            ..job(title)
        };
        let first = locked("first", "region:a");
        let second = locked("second", "region:a");
        let other = locked("other", "region:b");
        for job in [&first, &second, &other] {
            queue(&store, job).await;
        }
        let running = claim(&store).await.unwrap();
        assert_eq!(running.claim.job_id, first.id);
        assert_eq!(
            claim(&store).await.unwrap().claim.job_id,
            other.id,
            "another region does not wait"
        );
        assert_eq!(claim(&store).await, None, "the second waits for its lock");
        assert!(finish(&store, running.claim).await);
        assert_eq!(claim(&store).await.unwrap().claim.job_id, second.id);
    }
}

#[tokio::test]
async fn the_lock_of_a_dead_worker_stays_with_its_job_until_that_is_taken_over() {
    for (database, store) in stores().await {
        let locked = |title: &str| NewJob {
            lock_key: Some("region:a".to_owned()),
            ..job(title)
        };
        let (first, second) = (locked("first"), locked("second"));
        queue(&store, &first).await;
        queue(&store, &second).await;
        claim(&store).await.unwrap();
        database
            .execute("UPDATE job SET lease_until = 0 WHERE state = 'running'")
            .await;
        assert_eq!(claim(&store).await.unwrap().claim.job_id, first.id);
        assert_eq!(claim(&store).await, None);
    }
}

#[tokio::test]
async fn an_identical_open_job_is_found_and_not_queued_twice_u62() {
    for (_database, store) in stores().await {
        let keyed = || NewJob {
            join_key: Some("region:a|1|2".to_owned()),
            ..job("joined")
        };
        let first = keyed();
        assert!(queue(&store, &first).await);
        assert!(!queue(&store, &keyed()).await);
        let tx = store.read().await.unwrap();
        assert_eq!(
            tx.jobs().open_with("usage_update", "region:a|1|2").await.unwrap(),
            Some(first.id)
        );
        drop(tx);
        let claimed = claim(&store).await.unwrap();
        assert!(!queue(&store, &keyed()).await, "a running job is open too");
        finish(&store, claimed.claim).await;
        assert!(queue(&store, &keyed()).await, "an ended job is not joined");
    }
}

#[tokio::test]
async fn a_business_key_is_used_once_for_ever_r54() {
    for (_database, store) in stores().await {
        let occurrence = || NewJob {
            business_key: Some("zrh1|2026-11-05".to_owned()),
            ..job("scheduled")
        };
        assert!(queue(&store, &occurrence()).await);
        let claimed = claim(&store).await.unwrap();
        finish(&store, claimed.claim).await;
        assert!(!queue(&store, &occurrence()).await);
    }
}

#[tokio::test]
async fn cancel_ends_a_queued_job_at_once_and_tells_a_running_one_u68() {
    for (database, store) in stores().await {
        let (first, second) = (job("first"), job("second"));
        queue(&store, &first).await;
        let running = claim(&store).await.unwrap();
        queue(&store, &second).await;
        let tx = store.begin().await.unwrap();
        assert!(tx.jobs().cancel(second.id).await.unwrap());
        assert!(!tx.jobs().cancel(second.id).await.unwrap(), "it has ended");
        assert!(tx.jobs().cancel(first.id).await.unwrap());
        let beat = tx.jobs().heartbeat(running.claim, LEASE_S, 6).await.unwrap().unwrap();
        assert_eq!((beat.cancel_requested, beat.overdue), (true, false));
        tx.commit().await.unwrap();
        database
            .execute("UPDATE job SET started_at = 0 WHERE state = 'running'")
            .await;
        let tx = store.begin().await.unwrap();
        let beat = tx.jobs().heartbeat(running.claim, LEASE_S, 6).await.unwrap().unwrap();
        assert!(beat.overdue, "the deadline counts from the first start (U-67)");
    }
}

#[tokio::test]
async fn a_payload_of_a_newer_form_is_left_alone_r56() {
    for (database, store) in stores().await {
        queue(&store, &job("newer")).await;
        database.execute("UPDATE job SET payload_version = 2").await;
        assert_eq!(claim(&store).await, None);
    }
}

#[tokio::test]
async fn a_given_back_lease_is_free_at_once_r62() {
    for (_database, store) in stores().await {
        queue(&store, &job("given back")).await;
        let claimed = claim(&store).await.unwrap();
        let tx = store.begin().await.unwrap();
        tx.jobs().give_back(claimed.claim).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(&store).await.unwrap().attempt, 1);
    }
}

#[tokio::test]
async fn the_list_pages_newest_first_and_shows_others_only_what_they_asked_for_pm18() {
    for (_database, store) in stores().await {
        for number in 0..3 {
            queue(&store, &job(&format!("job {number}"))).await;
        }
        let person = Uuid::now_v7();
        let asked = NewJob {
            requested_by: Some(person),
            ..job("asked for")
        };
        queue(&store, &asked).await;
        let mut page = PageRequest::first(3, "created_at");
        page.descending = true;
        let tx = store.read().await.unwrap();
        let first = tx
            .jobs()
            .list(everything(), None, &JobFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!(
            (first.items[0].id, first.items.len(), first.total),
            (asked.id, 3, Some(4))
        );
        page.after = first.next;
        let last = tx
            .jobs()
            .list(everything(), None, &JobFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!((last.items[0].title.as_str(), last.next), ("job 0", None));
        let partner = Scope::of(Anchor::Partner(Uuid::now_v7().into()));
        let page = PageRequest::first(50, "created_at");
        let own = tx
            .jobs()
            .list(partner, Some(person), &JobFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!(own.items.iter().map(|job| job.id).collect::<Vec<_>>(), [asked.id]);
        assert_eq!(tx.jobs().find(partner, None, asked.id).await.unwrap(), None);
    }
}
