//! The dashboard.

use cms_app::invoices::issue;
use cms_app::reports;
use domain::role::{Anchor, Role};

use crate::world::{VM_HOURS, actor, administrator, tiered, worlds};

#[tokio::test]
async fn the_dashboard_counts_what_is_in_scope() {
    for world in worlds().await {
        world.price(&[tiered(VM_HOURS)]).await;
        world.use_on("2026-10-01", VM_HOURS, "a", "6200").await;
        world.generate().await;
        let id = world.only().await.figures.row.id;
        let all = reports::dashboard(&world.app, &administrator()).await.unwrap();
        assert_eq!(
            (all.distributors, all.partners, all.tenants, all.subscriptions),
            (1, 2, 1, 1)
        );
        assert_eq!((all.regions.len(), all.months.len()), (1, 1));
        assert_eq!((all.months[0].previews, all.months[0].issued), (1, 0));
        let other = actor(Role::PartnerReader, Anchor::Partner(world.other_partner));
        let none = reports::dashboard(&world.app, &other).await.unwrap();
        assert_eq!(
            (none.tenants, none.subscriptions, none.months.len(), none.regions.len()),
            (0, 0, 0, 0)
        );
        issue(&world.app, &administrator(), id, None, None).await.unwrap();
        let after = reports::dashboard(&world.app, &administrator()).await.unwrap();
        assert_eq!((after.months[0].previews, after.months[0].issued), (0, 1));
        assert_eq!(after.months[0].totals[0].amount_text(), "576.00");
        let tenant = actor(Role::TenantReader, Anchor::Tenant(world.tenant));
        let own = reports::dashboard(&world.app, &tenant).await.unwrap();
        assert_eq!((own.months[0].previews, own.months[0].issued), (0, 1));
    }
}
