//! Subscriptions: registered once, in scope, behind their switches (U-41, U-48 to U-52, PM-6).

use cms_app::organisation::{Profile, distributors, partners, tenants};
use cms_app::subscriptions::{self, SubscriptionInput, SubscriptionUpdate};
use cms_app::{App, regions};
use domain::ids::{PartnerId, RegionId, TenantId};
use domain::role::{Anchor, Role};
use persistence::PageRequest;
use persistence::subscription::SubscriptionFilter;
use serde_json::json;
use uuid::Uuid;

use super::world::{actor, administrator, code, worlds};

async fn tree(app: &App) -> (PartnerId, TenantId, TenantId) {
    let by = administrator();
    let named = |name: &str| (name.to_owned(), Some("EUR".to_owned()), Profile::default());
    let (name, currency, profile) = named("Alpine");
    let distributor = distributors::DistributorInput {
        name,
        currency,
        profile,
    };
    let distributor_id = distributors::create(app, &by, &distributor).await.unwrap().id;
    let mut made = Vec::new();
    for partner in ["Glacier", "Summit"] {
        let (name, currency, profile) = named(partner);
        let input = partners::PartnerInput {
            name,
            distributor_id,
            currency,
            profile,
        };
        let partner_id = partners::create(app, &by, &input).await.unwrap().id;
        let input = tenants::TenantInput {
            name: "Harbour".into(),
            partner_id,
            currency: Some("EUR".into()),
            payment_terms_days: None,
            tax_treatment: None,
            tax_rate: None,
            tax_label: None,
            tax_note: None,
            profile: Profile::default(),
        };
        made.push((partner_id, tenants::create(app, &by, &input).await.unwrap().id));
    }
    (made[0].0, made[0].1, made[1].1)
}

fn input(tenant_id: TenantId, region_id: RegionId, platform: Uuid) -> SubscriptionInput {
    SubscriptionInput {
        name: "erp-prod".into(),
        tenant_id,
        region_id,
        platform_subscription_id: platform.into(),
        directory_id: "harbour.example".into(),
        owner: "ops@harbour.example".into(),
        description: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_maps_the_parked_usage_by_itself_and_works_once_u42() {
    for world in worlds().await {
        let (_, tenant, _) = tree(&world.app).await;
        let id = world.ready_region().await;
        world.update(id, "2026-10-02", "2026-10-02").await;
        let by = administrator();
        let unmapped = regions::read(&world.app, &by, id).await.unwrap().unmapped;
        let missing = "SELECT kind FROM alert WHERE kind = 'subscription_missing' AND state = 'open'";
        assert_eq!((unmapped.len(), world.database.texts(missing).await.len()), (2, 2));
        let platform = unmapped[0].platform_subscription_id.uuid();
        let row = subscriptions::create(&world.app, &by, &input(tenant, id, platform))
            .await
            .unwrap();
        assert_eq!(
            (row.state.as_str(), row.tenant_name.as_str(), row.region_name.as_str()),
            ("enabled", "Harbour", "zrh1")
        );
        let unmapped = regions::read(&world.app, &by, id).await.unwrap().unmapped;
        assert_eq!(
            (unmapped.len(), world.database.texts(missing).await.len()),
            (1, 1),
            "{}",
            world.database.name
        );
        let twice = subscriptions::create(&world.app, &by, &input(tenant, id, platform)).await;
        assert_eq!(code(twice), "already_registered");
        subscriptions::delete(&world.app, &by, row.id).await.unwrap();
        let again = subscriptions::create(&world.app, &by, &input(tenant, id, platform)).await;
        assert_eq!(
            code(again),
            "already_registered",
            "an archived one is not created a second time (U-52)"
        );
        let unmapped = regions::read(&world.app, &by, id).await.unwrap().unmapped;
        assert_eq!(unmapped.len(), 1, "its usage stays billable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_subscriptions_are_created_under_the_configured_tenant_u41() {
    for world in worlds().await {
        let (_, tenant, _) = tree(&world.app).await;
        let tx = world.app.store().begin().await.unwrap();
        let now = world.app.clock().now();
        let key = "subscriptions.auto_created_subscription_tenant_id";
        tx.settings().save(key, &json!(tenant.to_string()), now).await.unwrap();
        tx.settings()
            .save("subscriptions.auto_create_missing_subscriptions", &json!(true), now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let id = world.ready_region().await;
        for _ in 0..2 {
            world.update(id, "2026-10-02", "2026-10-02").await;
            let page = PageRequest::first(50, "name");
            let list = subscriptions::list(&world.app, &administrator(), SubscriptionFilter::default(), &page)
                .await
                .unwrap();
            assert_eq!(list.items.len(), 2, "{}: once each", world.database.name);
            let named = |name: &str| {
                world
                    .stamp
                    .estate()
                    .subscriptions
                    .iter()
                    .any(|known| known.name == name)
            };
            assert!(
                list.items
                    .iter()
                    .all(|row| row.auto_created && row.tenant_id == tenant && named(&row.name))
            );
        }
        assert!(
            regions::read(&world.app, &administrator(), id)
                .await
                .unwrap()
                .unmapped
                .is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_registers_in_its_own_branch_only_and_only_while_switched_on_pm6() {
    for world in worlds().await {
        let (partner, own, foreign) = tree(&world.app).await;
        let id = world.ready_region().await;
        let by = actor(Role::PartnerAdministrator, Anchor::Partner(partner));
        let outside = subscriptions::create(&world.app, &by, &input(foreign, id, Uuid::now_v7())).await;
        assert_eq!(code(outside), "unknown_reference");
        let row = subscriptions::create(&world.app, &by, &input(own, id, Uuid::now_v7()))
            .await
            .unwrap();
        let other = subscriptions::create(&world.app, &administrator(), &input(foreign, id, Uuid::now_v7()))
            .await
            .unwrap();
        assert_eq!(code(subscriptions::read(&world.app, &by, other.id).await), "not_found");
        let page = PageRequest::first(50, "name");
        let list = subscriptions::list(&world.app, &by, SubscriptionFilter::default(), &page)
            .await
            .unwrap();
        assert_eq!(
            list.items.iter().map(|row| row.id).collect::<Vec<_>>(),
            [row.id],
            "{}",
            world.database.name
        );
        let tx = world.app.store().begin().await.unwrap();
        tx.settings()
            .save(
                "subscriptions.partner_provisioning",
                &json!(false),
                world.app.clock().now(),
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let off = subscriptions::create(&world.app, &by, &input(own, id, Uuid::now_v7())).await;
        assert_eq!(code(off), "switched_off");
        let outside = subscriptions::create(&world.app, &by, &input(foreign, id, Uuid::now_v7())).await;
        assert_eq!(
            code(outside),
            "unknown_reference",
            "what is outside the scope is not even switched off (PM-6)"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_name_their_version_and_a_region_has_to_be_ready_u49() {
    for world in worlds().await {
        let (_, tenant, _) = tree(&world.app).await;
        let untested = world.region("muc1", "s").await.region.id;
        let by = administrator();
        let early = subscriptions::create(&world.app, &by, &input(tenant, untested, Uuid::now_v7())).await;
        assert_eq!(code(early), "region_not_ready");
        let id = world.ready_region().await;
        let row = subscriptions::create(&world.app, &by, &input(tenant, id, Uuid::now_v7()))
            .await
            .unwrap();
        let texts = |name: &str| SubscriptionUpdate {
            name: name.into(),
            description: String::new(),
            owner: "x@y.example".into(),
        };
        let after = subscriptions::update(&world.app, &by, row.id, row.version, &texts("crm"))
            .await
            .unwrap();
        assert_eq!(
            (after.name.as_str(), after.version),
            ("crm", row.version + 1),
            "{}",
            world.database.name
        );
        assert_eq!(
            code(subscriptions::update(&world.app, &by, row.id, row.version, &texts("x")).await),
            "stale"
        );
        assert_eq!(
            code(subscriptions::update(&world.app, &by, row.id, after.version, &texts(" ")).await),
            "required"
        );
    }
}
