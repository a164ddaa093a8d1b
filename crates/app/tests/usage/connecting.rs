//! Connections: tested step by step, credentials sealed and destroyed with their endpoint (U-4, U-7, U-10, S-57, S-58).

use cms_app::regions;
use domain::role::{Anchor, Role};

use super::world::{World, actor, administrator, code, region_input, worlds};

async fn secrets(world: &World) -> usize {
    world
        .database
        .texts("SELECT owner_id FROM secret WHERE owner_kind = 'region'")
        .await
        .len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successful_test_makes_the_region_ready_and_shows_what_was_found_u7() {
    for world in worlds().await {
        let before = world.region("zrh1", world.stamp.client_secret()).await;
        assert_eq!(
            (before.region.state.as_str(), before.health.identifier()),
            ("not_ready", "unknown")
        );
        let id = before.region.id;
        let test = regions::test_connection(&world.app, &administrator(), id)
            .await
            .unwrap();
        let steps: Vec<_> = test.steps.iter().map(|step| (step.step, step.succeeded)).collect();
        let expected = ["name", "address", "tls", "metadata", "token", "role", "usage"].map(|step| (step, true));
        assert_eq!(
            (test.succeeded, steps),
            (true, expected.to_vec()),
            "{}",
            world.database.name
        );
        let after = regions::read(&world.app, &administrator(), id).await.unwrap().region;
        assert_eq!(
            (after.state.as_str(), after.identity_system.as_deref()),
            ("ready", Some("entra"))
        );
        assert!(after.provider_subscription_id.is_some() && after.connection.login_endpoint.is_some());
        assert!(
            world
                .database
                .texts("SELECT quantity FROM usage_record")
                .await
                .is_empty(),
            "a test stores no usage"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_test_names_the_step_and_what_to_mend_u7() {
    for world in worlds().await {
        let id = world.region("zrh1", "wrong").await.region.id;
        let test = regions::test_connection(&world.app, &administrator(), id)
            .await
            .unwrap();
        let last = test.steps.last().unwrap();
        assert_eq!(
            (test.succeeded, last.step, last.succeeded),
            (false, "token", false),
            "{}",
            world.database.name
        );
        assert!(last.message.contains("check client id and secret"), "{}", last.message);
        let after = regions::read(&world.app, &administrator(), id).await.unwrap().region;
        assert_eq!(after.state, "not_ready");
        let range = regions::UpdateUsage {
            first_on: "2026-10-02".into(),
            last_on: "2026-10-02".into(),
        };
        let update = regions::update_usage(&world.app, &administrator(), id, &range).await;
        assert_eq!(code(update), "connection_not_tested");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_goes_to_a_confirmed_login_host_only_u10() {
    for world in worlds().await {
        let by = administrator();
        let mut connection = world.connection(Some(world.stamp.client_secret()));
        connection.login_endpoint = None;
        let region = regions::create(&world.app, &by, &region_input("zrh1"), &connection)
            .await
            .unwrap()
            .region;
        let test = regions::test_connection(&world.app, &by, region.id).await.unwrap();
        let steps: Vec<_> = test.steps.iter().map(|step| (step.step, step.succeeded)).collect();
        let until = ["name", "address", "tls", "metadata"].map(|step| (step, true));
        assert_eq!(steps, [until.as_slice(), &[("token", false)]].concat());
        let last = &test.steps[4].message;
        assert!(
            last.contains("Confirm this address"),
            "no answer of the login host: {last}"
        );
        let named = test.login_to_confirm.unwrap();
        assert_eq!(named, world.stamp.login_endpoint(), "{}", world.database.name);
        let still = regions::read(&world.app, &by, region.id).await.unwrap().region;
        assert_eq!(
            (still.state.as_str(), still.connection.login_endpoint),
            ("not_ready", None)
        );

        connection.login_endpoint = Some(named);
        connection.client_secret = None;
        regions::set_connection(&world.app, &by, region.id, still.version, &connection)
            .await
            .unwrap();
        let test = regions::test_connection(&world.app, &by, region.id).await.unwrap();
        assert!(test.succeeded, "the stored secret was kept: {:?}", test.steps);

        let ready = regions::read(&world.app, &by, region.id).await.unwrap().region;
        connection.login_endpoint = Some("https://login.elsewhere.example/".into());
        let moved = regions::set_connection(&world.app, &by, region.id, ready.version, &connection)
            .await
            .unwrap();
        assert_eq!(
            moved.credential_set_at, None,
            "another login host drops the secret (S-57)"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_fails_at_tls_until_its_authority_is_given_f22() {
    for database in testkit::databases().await {
        let world = World::new(database, true).await;
        let mut untrusted = world.connection(Some(world.stamp.client_secret()));
        untrusted.private_ca_pem = None;
        let by = administrator();
        let region = regions::create(&world.app, &by, &region_input("zrh1"), &untrusted)
            .await
            .unwrap()
            .region;
        let test = regions::test_connection(&world.app, &by, region.id).await.unwrap();
        let last = test.steps.last().unwrap();
        assert_eq!((last.step, last.succeeded), ("tls", false), "{}", last.message);
        let trusted = world.connection(None);
        regions::set_connection(&world.app, &by, region.id, region.version, &trusted)
            .await
            .unwrap();
        let test = regions::test_connection(&world.app, &by, region.id).await.unwrap();
        assert!(
            test.succeeded,
            "the stored secret was kept, for no endpoint changed: {:?}",
            test.steps
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_endpoint_destroys_the_secret_unless_a_new_one_is_given_s57() {
    for world in worlds().await {
        let by = administrator();
        let region = world.region("zrh1", "first").await.region;
        assert_eq!(secrets(&world).await, 1);
        let mut moved = world.connection(None);
        moved.admin_endpoint = "https://adminmanagement.elsewhere.example".into();
        let after = regions::set_connection(&world.app, &by, region.id, region.version, &moved)
            .await
            .unwrap();
        assert_eq!(
            (after.credential_set_at, after.region.connection.credential_kind),
            (None, None)
        );
        assert_eq!(secrets(&world).await, 0, "{}", world.database.name);
        let stale = regions::set_connection(&world.app, &by, region.id, region.version, &moved).await;
        assert_eq!(code(stale), "stale");
        let missing = regions::test_connection(&world.app, &by, region.id).await;
        assert_eq!(code(missing), "credential_missing");
        let mut given = world.connection(Some("second"));
        given.admin_endpoint = "https://adminmanagement.third.example".into();
        let after = regions::set_connection(&world.app, &by, region.id, after.region.version, &given)
            .await
            .unwrap();
        assert!(after.credential_set_at.is_some());
        let stored = world
            .database
            .texts("SELECT key_id FROM secret WHERE owner_kind = 'region'")
            .await;
        assert_eq!(stored.len(), 1);
        let everything = format!("{after:?}");
        assert!(!everything.contains("second"), "a secret is never returned (S-58)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_values_are_all_named_and_nothing_is_stored() {
    for world in worlds().await {
        let mut input = region_input(" ");
        input.time_zone = Some("Mars/Olympus".into());
        input.lookback_days = Some(32);
        let mut connection = world.connection(None);
        connection.admin_endpoint = "ftp://x".into();
        let error = regions::create(&world.app, &administrator(), &input, &connection)
            .await
            .unwrap_err();
        let cms_app::Error::Invalid(fields) = error else {
            panic!("{error:?}")
        };
        let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_str()).collect();
        for expected in [
            "/name",
            "/time_zone",
            "/lookback_days",
            "/connection/admin_endpoint",
            "/connection/client_secret",
        ] {
            assert!(pointers.contains(&expected), "{expected}: {pointers:?}");
        }
        assert!(world.database.texts("SELECT name FROM region").await.is_empty());
        world.region("zrh1", "s").await;
        let twice = regions::create(
            &world.app,
            &administrator(),
            &region_input("zrh1"),
            &world.connection(Some("s")),
        )
        .await;
        assert_eq!(code(twice), "name_taken", "{}", world.database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_belong_to_the_platform_and_credentials_need_a_fresh_proof_pm20() {
    for world in worlds().await {
        let id = world.region("zrh1", "s").await.region.id;
        let partner = actor(Role::PartnerAdministrator, Anchor::Partner(uuid::Uuid::now_v7().into()));
        assert_eq!(code(regions::read(&world.app, &partner, id).await), "not_permitted");
        assert_eq!(
            regions::list_names(&world.app, &partner).await.unwrap().len(),
            1,
            "names are for every role"
        );
        let unproved = actor(Role::PlatformAdministrator, Anchor::Platform);
        let create = regions::create(
            &world.app,
            &unproved,
            &region_input("muc1"),
            &world.connection(Some("s")),
        )
        .await;
        assert_eq!(code(create), "step_up_required", "{}", world.database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_with_usage_is_not_removed_and_one_without_loses_its_secret_u9() {
    for world in worlds().await {
        let id = world.ready_region().await;
        world.update(id, "2026-10-02", "2026-10-02").await;
        assert_eq!(
            code(regions::delete(&world.app, &administrator(), id).await),
            "has_uninvoiced_usage"
        );
        let empty = world.region("muc1", "s").await.region.id;
        regions::delete(&world.app, &administrator(), empty).await.unwrap();
        assert_eq!(
            code(regions::read(&world.app, &administrator(), empty).await),
            "not_found"
        );
        assert_eq!(
            secrets(&world).await,
            1,
            "{}: only the live region has one",
            world.database.name
        );
    }
}
